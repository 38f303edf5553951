"""Members and the team through their doors: what agents read, what administrators do, and what becomes of the work."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.accounts.models import PasswordLink, User
from helpdesk.accounts.person import Person
from helpdesk.chat import service as chat
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail.models import Mail
from helpdesk.tickets import counts, service
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.chat.talking import chat_of
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]


@pytest.fixture
def boss(make: Make) -> Person:
    return make.admin("sam", name="Sam")  # type: ignore[return-value]


@pytest.fixture
def desk(as_person: SignedIn, boss: Person) -> Client:
    return as_person(boss)


def account(make: Make, person: Person) -> User:
    return make.look(lambda: db.session.get_one(User, person.id))  # type: ignore[return-value]


def test_an_agent_finds_and_reads_a_member_and_is_offered_nothing_to_administer(as_person, make: Make) -> None:
    member, agent = make.member("elin", name="Elin Ödberg"), as_person(make.agent())
    ticket = make.ticket(member, "My page is blank")
    make.change(lambda: chat_of(member))
    found = read(agent.fragment("/desk/members?q=odb"))
    assert "Elin Ödberg" in found.html and "<html" not in found.html
    page = agent.get(f"/desk/members/{member.id}").text
    assert "My page is blank" in page and "Chat of" in page and str(ticket.number) in page
    assert "Set the rank" not in page and "Disable the account" not in page
    assert read(agent.get("/desk/admin")).all("h1")[0].text and agent.get("/desk/admin").status_code == 403
    assert agent.post(f"/desk/members/{member.id}/rank", data={"rank": "Manager"}).status_code == 403
    assert account(make, member).rank == "Gold"


def test_a_lower_rank_counts_from_the_next_request_on(desk: Client, as_person: SignedIn, make: Make) -> None:
    member = make.member()
    theirs = as_person(member)
    assert theirs.get("/technical-issues").status_code == 200
    assert desk.post(f"/desk/members/{member.id}/rank", data={"rank": "manager"}).status_code == 303
    assert theirs.get("/technical-issues").status_code == 403
    assert desk.post(f"/desk/members/{member.id}/rank", data={"rank": "Emperor"}).status_code == 422
    assert account(make, member).rank == "Manager"


def test_who_is_disabled_or_signed_out_is_so_at_once(desk: Client, as_person: SignedIn, make: Make) -> None:
    member = make.member()
    theirs = as_person(member)
    assert desk.post(f"/desk/members/{member.id}/sign-out").status_code == 303
    assert theirs.get("/technical-issues").location.startswith("/sign-in")
    theirs.sign_in(member)
    assert desk.post(f"/desk/members/{member.id}/disabling").status_code == 303
    assert theirs.get("/technical-issues").location.startswith("/sign-in")
    assert theirs.post("/sign-in", data={"username": member.username, "password": builders.PASSWORD}).status_code == 422
    assert "The account is disabled." in desk.get(f"/desk/members/{member.id}").text
    assert desk.post(f"/desk/members/{member.id}/link").status_code == 409
    assert desk.post(f"/desk/members/{member.id}/enabling").status_code == 303
    theirs.sign_in(member)


def test_a_link_is_shown_once_where_there_is_no_mail_and_works(desk: Client, client: Client, make: Make) -> None:
    member = make.member(password_hash=None)
    answer = desk.post(f"/desk/members/{member.id}/link")
    address = re.search(r"/set-password/[\w-]+", answer.text)
    assert address and answer.headers["Cache-Control"] == "no-store"
    assert address[0] not in desk.get(f"/desk/members/{member.id}").text
    assert address[0] not in desk.get("/desk/admin/audit").text
    assert client.get(address[0]).status_code == 200


@pytest.mark.parametrize(
    "settings",
    [{"mail_server": "127.0.0.1", "mail_from": "a@example.org", "public_url": "http://localhost:5000"}],
)
def test_with_a_mail_server_the_link_goes_by_mail_and_nobody_else_sees_it(desk: Client, make: Make) -> None:
    member = make.member()
    answer = desk.post(f"/desk/members/{member.id}/link")
    assert answer.status_code == 303
    queued = make.look(lambda: db.session.scalars(select(Mail)).all())
    assert [(mail.kind, mail.user_id) for mail in queued] == [("set_password", member.id)]
    assert make.look(lambda: db.session.scalars(select(PasswordLink)).all()) == []


def test_nobody_administers_themselves_and_is_told_so_in_words(desk: Client, boss: Person, make: Make) -> None:
    make.admin()
    doors = ((f"/desk/members/{boss.id}/disabling", {}), (f"/desk/admin/team/{boss.id}/role", {"role": "member"}))
    for path, words in doors:
        answer = desk.post(path, data={"heir": "", **words})
        assert (answer.status_code, "You cannot do this to your own account." in answer.text) == (422, True)
    assert "somebody else must change its role" in desk.get(f"/desk/members/{boss.id}").text
    assert account(make, boss).role == "admin"


def _in_hand(make: Make, agent: Person) -> tuple[Ticket, int]:
    member = make.member()
    ticket = make.ticket(member)

    def take() -> int:
        mine = db.session.get_one(Ticket, ticket.id)
        service.assign(mine, db.session.get_one(User, agent.id), by=agent, at=now())
        chat.set_available(agent, True, at=now())
        talk = chat_of(member)
        chat.claim(talk, by=agent, at=now())
        return talk.id

    return ticket, make.change(take)  # type: ignore[return-value]


@pytest.mark.parametrize("to_colleague", [True, False])
def test_who_leaves_the_team_leaves_their_work_to_the_others(
    desk: Client, as_person: SignedIn, make: Make, to_colleague: bool
) -> None:
    agent, heir = make.agent("maja", name="Maja"), make.agent("alex", name="Alex")
    theirs = as_person(agent)
    ticket, talk = _in_hand(make, agent)
    said = read(desk.get(f"/desk/admin/team/{agent.id}")).html
    assert "They look after 1 open ticket." in said and "1 chat of theirs goes back" in said

    sent = {"role": "member", "heir": str(heir.id) if to_colleague else ""}
    assert desk.post(f"/desk/admin/team/{agent.id}/role", data=sent).status_code == 303

    assert theirs.get("/desk").location.startswith("/sign-in")
    to = heir.id if to_colleague else None
    assert make.look(lambda: db.session.get_one(Ticket, ticket.id).assignee_id) == to
    kept = make.look(lambda: counts.read([counts.of_assignee(to), counts.of_assignee(agent.id)]))
    assert [sum(one.values()) for one in kept.values()] == [1, 0]
    assert make.look(lambda: db.session.get_one(Chat, talk).state) == "waiting"
    assert make.look(lambda: db.session.get_one(AgentPresence, agent.id).available) is False


def test_a_member_who_becomes_an_agent_works_at_the_desk(desk: Client, as_person: SignedIn, make: Make) -> None:
    member = make.member("nina")
    theirs = as_person(member)
    assert theirs.get("/desk").status_code == 403
    assert desk.post(f"/desk/admin/team/{member.id}/role", data={"role": "agent", "heir": ""}).status_code == 303
    theirs.sign_in(member)
    assert (theirs.get("/desk").status_code, theirs.get("/desk/admin").status_code) == (200, 403)
    work = {"languages": ["sv", "fr", "xx"], "takes_tickets": "y"}
    assert desk.post(f"/desk/admin/team/{member.id}/work", data=work).status_code == 422
    refused = desk.post(f"/desk/admin/team/{member.id}/work", data={"takes_tickets": "y"})
    assert refused.status_code == 422
    assert "Choose the languages in which they can be given tickets." in refused.text
    work["languages"] = ["sv", "fr"]
    assert desk.post(f"/desk/admin/team/{member.id}/work", data=work).status_code == 303
    team = read(desk.get("/desk/admin/team"))
    assert [one.text for one in team.all("span") if one.attributes.get("lang") == "sv"][-1] == "Svenska"
    assert desk.post(f"/desk/admin/team/{member.id}/role", data={"role": "king", "heir": ""}).status_code == 422
