"""The reports' page and files: what stands there, for whom, for which days, and what a file never holds."""

import csv
import io
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import serving
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.desk.reports import ages, labels
from helpdesk.extensions import db
from helpdesk.reports.models import ReportCell
from helpdesk.tickets import changes, service
from helpdesk.tickets.models import Tag, TicketTag
from tests import builders
from tests.conftest import Client, Make
from tests.house.test_queries import counted
from tests.web.page import Page, read, squeezed

FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def team(make: Make) -> list[Person]:
    return [make.agent(name="Alex Martin"), make.agent(name=FORMULA), make.admin(name="Zoë Ådén")]


@pytest.fixture
def worked(make: Make, team: list[Person]) -> None:
    """Two tickets of yesterday, one closed by each agent after an hour, with a tag that is a formula."""
    owner = make.member()

    def work() -> None:
        at = now() - timedelta(hours=26)
        tag = Tag(name="＝1+1", key="=1+1")
        db.session.add(tag)
        db.session.flush()
        for agent, language in zip(team[:2], ("fr", "en"), strict=True):
            ticket = service.submit(
                submission=builders.token(), language=language, title="It stops", description="So.", by=owner, at=at
            )
            service.assign(ticket, accounts.agent(agent.id), by=agent, at=at)
            db.session.add(TicketTag(ticket_id=ticket.id, tag_id=tag.id, status=ticket.status, updated_at=at))
            changes.remember(ticket, "tagged", by=agent, at=at, detail=tag.name)
            service.close(ticket, by=agent, at=at + timedelta(hours=1))

    make.change(work)


def section(page: Page, name: str) -> str:
    """What a section of the report says."""
    return squeezed(next(one.text for one in page.all("section") if one.id == name))


def rows(answer: TestResponse, separator: str = ",") -> list[list[str]]:
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def test_an_empty_desk_says_that_nothing_was_counted(make: Make, as_person: Callable[[Person], Client]) -> None:
    page = read(as_person(make.agent()).get("/desk/reports"))
    for name in ("opened-closed", "first-response", "ages", "agents", "chats", "satisfaction"):
        assert "Nothing was counted in this time." in section(page, name)
    assert not [one for one in page.all("svg") if one.attributes.get("role") == "img"]


@pytest.mark.usefixtures("worked")
def test_each_chart_has_its_words_and_a_table_behind_it(team: list[Person], as_person) -> None:
    page = read(as_person(team[0]).get("/desk/reports?range=7"))

    assert "2 tickets opened and 2 closed." in section(page, "opened-closed")
    assert "Half within 58 min, 9 of 10 within 58 min." in section(page, "resolution")
    drawn = [one for one in page.all("svg") if one.attributes.get("role") == "img"]
    tables = page.all("table")
    assert len(drawn) == len(tables) == 6, "a chart for each table; nothing is open and nobody chatted"
    for one in drawn:
        assert one.attributes["aria-labelledby"] in {title.id for title in page.all("title")}
    assert len(page.all("caption")) == len(tables)
    assert {one.attributes.get("scope") for table in tables for one in page.all("th")} == {"col", "row"}
    assert "2 more than in the period before" in squeezed(page.html)


@pytest.mark.usefixtures("worked")
def test_agents_see_their_own_figures_and_administrators_everybodys(team: list[Person], as_person) -> None:
    own = read(as_person(team[0]).get("/desk/reports?range=7"))
    assert "Alex Martin" in section(own, "agents") and "HYPERLINK" not in section(own, "agents")
    everybodys = read(as_person(team[2]).get("/desk/reports?range=7"))
    assert "Alex Martin" in section(everybodys, "agents") and "HYPERLINK" in section(everybodys, "agents")

    other = f"/desk/reports?range=7&of=agent:{team[1].id}"
    assert "The whole team’s" in chosen(read(as_person(team[0]).get(other)))
    assert "HYPERLINK" in chosen(read(as_person(team[2]).get(other)))
    file = f"/desk/reports/agents.csv?range=7&of=agent:{team[1].id}"
    assert [row[0] for row in rows(as_person(team[0]).get(file))[1:]] == ["Alex Martin"]


def chosen(page: Page) -> str:
    selected = [squeezed(one.text) for one in page.all("option") if "selected" in one.attributes]
    return selected[0] if selected else "The whole team’s"


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("of", "there", "missing"),
    [
        ("language:fr", {"opened-closed", "resolution", "handed-over"}, {"ages", "agents", "chats"}),
        ("agent:{me}", {"opened-closed", "resolution", "waiting", "satisfaction"}, {"ages", "tags", "chats"}),
        ("tag:1", {"opened-closed", "first-response"}, {"ages", "languages", "waiting"}),
        ("tag:99", {"ages", "languages", "agents", "tags"}, set()),
        ("rank:Gold' OR 1=1", {"ages", "languages"}, set()),
    ],
)
def test_one_language_agent_or_tag_has_what_is_counted_for_it(
    team: list[Person], as_person, of: str, there: set[str], missing: set[str]
) -> None:
    browser = as_person(team[0])
    page = read(browser.get("/desk/reports", query_string={"range": "7", "of": of.format(me=team[0].id)}))
    names = {one.id for one in page.all("section")}
    assert there <= names and not missing & names
    for name in missing:
        path = f"/desk/reports/{name}.csv"
        assert browser.get(path, query_string={"of": of.format(me=team[0].id)}).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-03-05", "2026-03-01", "The last day must not be before the first one."),
        ("2026-02-30", "", "Enter both days, like 2026-03-31."),
        ("1999-01-01", "2026-03-01", "Choose days from the year 2000 until today."),
    ],
)
def test_days_that_are_no_range_come_back_with_the_reason(
    make: Make, as_person, first: str, last: str, sentence: str
) -> None:
    browser = as_person(make.agent())
    days = {"first": first, "last": last}
    answer = browser.get("/desk/reports", query_string=days)
    page = read(answer)

    assert answer.status_code == 422
    assert page.title.startswith("Error: ")
    assert page.html.count(sentence) == 2, "in the summary and beside the fields"
    kept = {one.id: one.attributes.get("value") for one in page.all("input") if one.id in days}
    assert kept == days
    assert browser.get("/desk/reports/ages.csv", query_string=days).status_code == 404


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(("language", "separator", "title"), [("en", ",", "Tag"), ("sv", ";", "Etikett")])
def test_a_file_holds_the_table_in_the_readers_language_and_no_formula(
    make: Make, as_person, language: str, separator: str, title: str
) -> None:
    answer = as_person(make.admin(language=language)).get("/desk/reports/tags.csv?range=7")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="tags-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    found = rows(answer, separator)
    assert found[0][0] == title
    assert [row[:2] for row in found[1:]] == [["'＝1+1", "2"]]
    assert all(3400 < int(seconds) < 3800 for seconds in found[1][2:])


@pytest.mark.usefixtures("worked")
def test_every_section_has_its_file(team: list[Person], as_person) -> None:
    browser = as_person(team[2])
    page = read(browser.get("/desk/reports?range=12_months"))
    files = [one.attributes["href"] or "" for one in page.all("a") if ".csv" in (one.attributes.get("href") or "")]
    assert len(files) == 6
    for address in files:
        table = rows(browser.get(address))
        assert len({len(row) for row in table}) == 1 and len(table) > 1
    agents = rows(browser.get("/desk/reports/agents.csv?range=7"))
    assert {row[0] for row in agents[1:]} == {"Alex Martin", f"'{FORMULA}"}
    assert browser.get("/desk/reports/passwords.csv").status_code == 404


def test_ages_are_counted_no_further_than_the_page_tells(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch, as_person
) -> None:
    owner, agent = make.member(), make.agent()
    for days in (0, 2, 2, 2, 40):
        make.ticket(owner, at=now() - timedelta(days=days, minutes=1))
    make.awaiting(owner, agent, at=now() - timedelta(days=5))
    make.closed(owner, agent, at=now() - timedelta(days=5))
    groups = make.look(lambda: ages.open_by_age(at=now()))
    assert groups == [[1, 0], [3, 0], [0, 1], [0, 0], [1, 0], [0, 0]]

    monkeypatch.setattr(ages, "MOST", 2)
    browser = as_person(agent)
    with counted(app) as statements:
        page = read(browser.get("/desk/reports"))
    assert "Groups of more than 2 are not counted further." in section(page, "ages")
    # However many tickets: sums of cells, and one bounded look at the open ones.
    assert len([one for one in statements if "opened_at" in one]) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0, "0 sec"), (89, "89 sec"), (90, "2 min"), (600, "10 min"), (5400, "1.5 hr"), (86_400, "24 hr"),
     (130_000, "1.5 days"), (864_000, "10 days")],
)  # fmt: skip
def test_a_duration_reads_in_the_unit_that_fits(app: Flask, seconds: float | None, said: str) -> None:
    with app.test_request_context():
        assert labels.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(30, "30 s"), (60, "60 s"), (3600, "60 min"), (14_400, "4 h"), (86_400, "24 h")]
)
def test_a_bound_is_never_one_of_its_unit(app: Flask, seconds: float, said: str) -> None:
    """Where there is one, Spanish has no short word for an hour."""
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert labels.bound(seconds) == said


def test_what_has_changed_is_said_in_words(app: Flask) -> None:
    with app.test_request_context():
        assert labels.change(5, 2) == "3 more than in the period before"
        assert labels.change(2, 1005) == "1,003 fewer than in the period before"
        assert labels.change(2, 2) == "As many as in the period before"
        assert labels.change_of_duration(60, None) == "No figures in the period before"
        assert labels.change_of_duration(60, 600) == "Shorter than in the period before: 10 min then"
        assert labels.change_of_duration(None, 600) == ""
        assert labels.change_of_rating(4.5, 4.0) == "Better than in the period before: 4.0 then"


def test_administrators_also_see_who_has_left_the_team(
    app: Flask, make: Make, team: list[Person], worked: None, as_person
) -> None:
    make.change(lambda: setattr(db.session.get_one(User, team[0].id), "role", "member"))
    page = read(as_person(team[2]).get("/desk/reports?range=7"))
    assert "Alex Martin" in section(page, "agents")


def test_the_command_counts_anew_and_not_while_the_desk_serves(app: Flask, worked: None) -> None:
    def counted_cells() -> list[tuple[object, ...]]:
        with app.app_context():
            return sorted(tuple(row) for row in db.session.execute(select(ReportCell.__table__)))

    live, config = counted_cells(), app.config["HELPDESK"]
    handle = serving.claim(config)
    refused = app.test_cli_runner().invoke(args=["rebuild-reports"])
    os.close(handle)
    assert refused.exit_code == 1 and "The desk serves: stop it first" in refused.output

    done = app.test_cli_runner().invoke(args=["rebuild-reports"])
    assert (done.exit_code, done.output) == (0, "Counted: 2 tickets, 0 chats\n")
    assert counted_cells() == live
