"""The agents' doors to what belongs together: what is chosen, shown, done, and refused in words."""

import pytest

from tests.builders import token
from tests.conftest import Client, Make


@pytest.fixture
def desk(make: Make, as_person) -> tuple[Client, object, object, object]:
    """An agent's browser, two tickets of one member, and a stranger's."""
    owner, team = make.member(), make.agent()
    first, second = make.ticket(owner, "It stops"), make.ticket(owner, "The same again")
    return as_person(team), first, second, make.ticket(make.member(), "Another one")


def test_a_merge_is_shown_before_it_is_done(desk) -> None:
    browser, first, second, _ = desk
    page = browser.get(f"/desk/tickets/{second.number}/merging").text
    assert f"number={first.number}" in page
    shown = browser.get(f"/desk/tickets/{second.number}/merging?number={first.number}").text
    assert "This cannot be undone." in shown
    assert "It stops" in shown
    answer = browser.post(f"/desk/tickets/{second.number}/merging", data={"number": str(first.number)})
    assert answer.location.endswith(f"/desk/tickets/{first.number}")
    assert f"Ticket no. {second.number} has been merged into this one." in browser.get(answer.location).text


@pytest.mark.parametrize("typed", ["", "9999", "no number", "first"])
def test_a_wrong_number_is_said_and_stays_in_its_field(desk, typed: str) -> None:
    browser, _, second, stranger = desk
    typed = str(stranger.number) if typed == "first" else typed
    page = browser.get(f"/desk/tickets/{second.number}/merging", query_string={"number": typed})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert f'value="{typed}"' in page.text
    assert browser.post(f"/desk/tickets/{second.number}/merging", data={"number": typed}).status_code == 422


def test_a_split_without_a_message_keeps_what_was_typed(desk) -> None:
    browser, first, *_ = desk
    browser.post(
        f"/desk/tickets/{first.number}/messages", data={"verb": "reply", "body": "Try this.", "submission": token()}
    )
    form = {"language": "fr", "title": "À part", "submission": token()}
    refused = browser.post(f"/desk/tickets/{first.number}/splitting", data=form)
    assert refused.status_code == 422
    assert "Select at least one message" in refused.text
    assert 'value="À part"' in refused.text


def test_links_are_made_by_number_and_refused_in_words(desk) -> None:
    browser, first, _, stranger = desk
    links = f"/desk/tickets/{first.number}/links"
    assert (
        "The tickets are linked."
        in browser.post(links, data={"number": f"#{stranger.number}"}, follow_redirects=True).text
    )
    told = browser.post(links, data={"number": "77"}, follow_redirects=True).text
    assert "There is no ticket with this number." in told
    told = browser.post(links, data={"number": str(first.number)}, follow_redirects=True).text
    assert "A ticket cannot be linked to itself." in told
    gone = browser.post(f"{links}/{stranger.number}/removal", follow_redirects=True).text
    assert "The link has been removed." in gone


def test_a_closed_ticket_is_followed_up_for_its_member(desk) -> None:
    browser, first, *_ = desk
    path = f"/desk/tickets/{first.number}/follow-up"
    form = {"language": "en", "title": "Once more", "description": "It is back.", "submission": token()}
    assert browser.post(path, data=form).status_code == 422
    browser.post(f"/desk/tickets/{first.number}/messages", data={"verb": "close", "submission": token()})
    answer = browser.post(path, data=form)
    assert answer.status_code == 303
    assert "Once more" in browser.get(answer.location).text


def test_the_owner_reads_where_a_merged_ticket_goes_on(make: Make, as_person) -> None:
    owner, team = make.member(), make.agent()
    first, second = make.ticket(owner), make.ticket(owner)
    as_person(team).post(f"/desk/tickets/{second.number}/merging", data={"number": str(first.number)})
    mine = as_person(owner)
    page = mine.get(f"/technical-issues/{second.number}").text
    assert f"This ticket goes on in no. {first.number}." in page
    assert "reply-form" not in page
    late = mine.post(
        f"/technical-issues/{second.number}/messages", data={"verb": "reply", "body": "More", "submission": token()}
    )
    assert late.status_code == 409
    assert f"This ticket goes on in no. {first.number}. Write there." in late.text
