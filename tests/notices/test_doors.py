"""The bell through its doors: the number, the page, what is read, and that nobody reads another one's."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import janitor
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.notices import service
from helpdesk.notices.models import Notice
from tests import builders
from tests.conftest import Client, Make
from tests.house.test_queries import counted
from tests.web.page import read

SignedIn = Callable[[Person], Client]


@pytest.fixture
def app(either: Flask) -> Flask:
    return either


class Bell:
    """A member and an agent, their browsers, a ticket; and a way to ring."""

    def __init__(self, make: Make, as_person: SignedIn) -> None:
        self.make = make
        self.member, self.agent = make.member(language="fr"), make.agent(name="Maja")
        self.theirs, self.ours = as_person(self.member), as_person(self.agent)
        self.ticket = make.ticket(self.member)
        make.change(lambda: service.read_all(by=self.agent, at=now()))

    def ring(self, person: Person, kind: str, many: int = 1, **facts: object) -> None:
        facts = {"ticket_id": self.ticket.id, "actor_id": self.agent.id, **facts}
        self.make.change(
            lambda: [service.give(kind, to=[person.id], key=builders.token(), at=now(), **facts) for _ in range(many)]
        )

    def ids(self, person: Person) -> list[int]:
        rows = select(Notice.id).where(Notice.user_id == person.id, Notice.read_at.is_(None)).order_by(Notice.id)
        return self.make.look(lambda: list(db.session.scalars(rows)))


@pytest.fixture
def bell(make: Make, as_person: SignedIn) -> Bell:
    return Bell(make, as_person)


def test_the_bell_rings_until_its_ticket_is_opened(bell: Bell) -> None:
    bell.ring(bell.member, "ticket_replied")

    page = read(bell.theirs.get("/technical-issues"))
    assert page.title.startswith("(1) ")
    assert "1 notification non lue" in bell.theirs.get("/").text
    listed = bell.theirs.get("/notices").text
    assert "Maja a répondu dans le ticket n°\u00a01001." in listed and 'href="/technical-issues/1001"' in listed

    opened = bell.theirs.get("/technical-issues/1001")
    assert "<title>(" not in opened.text, "the page itself says so already"
    assert bell.ids(bell.member) == []
    assert bell.theirs.fragment("/notices/unread?seen=0.0").status_code == 204


def test_a_thread_that_comes_anew_is_read_too(bell: Bell) -> None:
    bell.ring(bell.agent, "agent_mentioned")
    assert bell.ours.fragment("/desk/tickets/1001/messages?seen=0").status_code == 200
    assert bell.ids(bell.agent) == []


def test_more_than_nine_are_not_counted(bell: Bell) -> None:
    bell.ring(bell.member, "ticket_replied", 12)
    assert "<title>(9+) " in bell.theirs.get("/technical-issues").text

    bell.theirs.get("/technical-issues/1001")
    assert "<title>(" not in bell.theirs.get("/technical-issues").text


def test_a_silent_bell_costs_no_query_and_an_unchanged_one_the_session_alone(app: Flask, bell: Bell) -> None:
    with counted(app) as silent:
        bell.theirs.get("/help")
    bell.ring(bell.member, "ticket_replied")
    with counted(app) as loud:
        bell.theirs.get("/help")
    newest = bell.ids(bell.member)[-1]
    with counted(app) as polled:
        assert bell.theirs.fragment(f"/notices/unread?seen=1.{newest}").status_code == 204

    assert len(silent) == len(loud) == len(polled) == 1


def test_what_belongs_to_somebody_else_is_not_there(bell: Bell) -> None:
    bell.ring(bell.agent, "agent_mentioned")
    (mine,) = bell.ids(bell.agent)

    assert bell.theirs.post(f"/notices/{mine}/reading").status_code == 404
    assert bell.theirs.post("/notices/999999999/reading").status_code == 404
    assert bell.theirs.post("/notices/reading").status_code == 303
    assert "1001" not in bell.theirs.get("/notices").text
    assert bell.ids(bell.agent) == [mine]

    assert bell.ours.post(f"/notices/{mine}/reading").status_code == 303
    assert bell.ids(bell.agent) == []


def test_a_member_never_sees_what_the_team_is_told(bell: Bell) -> None:
    """Nor does who was an agent once, and is a member now."""
    bell.ring(bell.member, "agent_mentioned")
    bell.ring(bell.member, "agent_new_ticket")

    assert "<title>(" not in bell.theirs.get("/technical-issues").text
    assert "1001" not in bell.theirs.get("/notices").text
    assert "1001" not in bell.theirs.fragment("/notices/latest").text
    assert "data-says" not in bell.theirs.fragment("/notices/unread?seen=7.0").text


def test_the_desk_is_told_what_the_browser_may_show_and_no_text(bell: Bell) -> None:
    bell.ring(bell.agent, "agent_mentioned", actor_id=bell.member.id)
    shown = bell.ours.fragment("/notices/unread?seen=0.0").text
    assert (
        f"{bell.member.name} mentioned you in ticket no. 1001." in shown and 'data-leads="/desk/tickets/1001"' in shown
    )
    assert "The order" not in shown

    bell.ring(bell.agent, "agent_new_ticket")
    newest = bell.ids(bell.agent)[0]
    assert "data-says" not in bell.ours.fragment(f"/notices/unread?seen=1.{newest}").text, "for the bell alone"


def test_the_pages_go_on_and_back(bell: Bell) -> None:
    assert "Vous n’avez aucune notification." in bell.theirs.get("/notices").text
    bell.ring(bell.member, "ticket_replied", 60)
    ids = bell.ids(bell.member)

    def rows(path: str) -> list[int]:
        return [int(found) for found in re.findall(r"/notices/(\d+)/reading", bell.theirs.get(path).text)]

    first, second = rows("/notices"), rows(f"/notices?before={ids[-25]}")
    assert first == ids[:-26:-1] and second == ids[-26:-51:-1]
    assert rows(f"/notices?after={second[0]}") == first
    assert rows("/notices?before=x&after=99999999999") == first, "what is no number is not asked for"


def test_what_was_read_is_kept_for_90_days(app: Flask, bell: Bell, make: Make) -> None:
    bell.ring(bell.member, "ticket_replied", 2)
    first, _ = bell.ids(bell.member)
    make.change(lambda: service.read_one(first, by=bell.member, at=now() - timedelta(days=91)))

    janitor.clean(app, at=now())

    left = make.look(lambda: db.session.scalar(select(func.count(Notice.id)).where(Notice.user_id == bell.member.id)))
    assert left == 1
