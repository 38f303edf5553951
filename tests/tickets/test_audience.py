"""Who hears of what: every event with every actor, as a table; and that it is carried out."""

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import agents
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.kinds import KINDS
from helpdesk.mail.models import Mail
from helpdesk.notices import kinds, labels
from helpdesk.notices.models import Notice
from helpdesk.tickets import audience, changes, service
from helpdesk.tickets.audience import Actor, Whom
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.builders import NOON

OWNER, TEAM, TIME = Actor.OWNER, Actor.TEAM, Actor.TIME
# Event, actor: by the bell and by mail.
SAID = [
    (
        "submitted", OWNER, [("writers", "agent_new_ticket")],
        [("owner", "ticket_submitted"), ("writers", "agent_new_ticket")],
    ),
    ("replied", OWNER, [("assignee", "agent_member_replied")], [("assignee", "agent_member_replied")]),
    ("reopened", OWNER, [("assignee", "agent_member_reopened")], [("assignee", "agent_member_replied")]),
    *(
        (what, TEAM, [("owner", kind)], [("owner", kind)])
        for what, kind in (
            ("replied", "ticket_replied"), ("requested_information", "ticket_requested_information"),
            ("closed", "ticket_closed"), ("reopened", "ticket_reopened"), ("close_undone", "ticket_reopened"),
            ("merged", "ticket_merged"),
        )
    ),
    *((what, TIME, [("owner", kind)], [("owner", kind)]) for what, kind in (
        ("reminded", "ticket_reminder"), ("auto_closed", "ticket_auto_closed"),
    )),
    *((what, who, [("about", kind)], [("about", kind)]) for what, who, kind in (
        ("assigned", TEAM, "agent_assigned"), ("assigned", TIME, "agent_assigned"),
        ("mentioned", TEAM, "agent_mentioned"),
    )),
    *((what, who, [], []) for what, who in (
        ("closed", OWNER), ("thanked", OWNER), ("noted", TEAM), ("unassigned", TEAM), ("priority_changed", TEAM),
        ("tagged", TEAM), ("untagged", TEAM), ("merged_from", TEAM), ("linked", TEAM), ("nonsense", TIME),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("what", "actor", "bell", "mail"), SAID)
def test_who_hears_of_what(what: str, actor: Actor, bell: list[object], mail: list[object]) -> None:
    told = audience.told(what, actor)

    assert [(one.whom.value, one.bell) for one in told if one.bell] == bell
    assert [(one.whom.value, one.mail) for one in told if one.mail] == mail


def test_the_table_above_is_the_whole_one() -> None:
    assert {(what, actor) for what, actor, bell, mail in SAID if bell or mail} == set(audience.TABLE)


def test_every_kind_has_its_sentence_and_its_side() -> None:
    told = [one for row in audience.TABLE.values() for one in row]
    rung = {one.bell for one in told if one.bell} | {"agent_chat_waiting"}

    assert rung == {*kinds.OF_MEMBERS, *kinds.OF_TEAM} == set(labels.SENTENCES)
    assert {one.mail for one in told if one.mail} <= set(KINDS)
    assert all(kind.startswith("ticket_") for kind in kinds.OF_MEMBERS), "the session's look-up counts by this"
    assert all(kind.startswith("agent_") for kind in kinds.OF_TEAM)
    for one in told:
        members = one.whom is Whom.OWNER
        assert not one.bell or (one.bell in kinds.OF_MEMBERS) == members, "a member hears nothing of the desk"


def test_a_language_is_written_by_some_or_else_by_all() -> None:
    team = {1: "fr,sv", 2: "en", 3: ""}

    assert audience.writers(team, "fr") == [1]
    assert audience.writers(team, "es") == [1, 2, 3]
    assert audience.writers({}, "fr") == []


class Desk:
    """A member with a ticket, two agents, and what the bell and the mail have for each."""

    def __init__(self) -> None:
        outbox.use(db.engine)
        self.member, self.maja, self.ben = builders.member(), builders.agent(name="Maja"), builders.agent(name="Ben")
        self.ticket = builders.ticket(self.member)
        self.clear()

    def do(self, verb: object, *arguments: object, by: Person | None, **words: object) -> None:
        intend_to_write()
        ticket = db.session.get_one(Ticket, self.ticket.id)
        verb(ticket, *arguments, by=by, at=NOON, **words)
        db.session.commit()

    def clear(self) -> None:
        intend_to_write()
        db.session.execute(db.delete(Notice))
        db.session.execute(db.delete(Mail))
        db.session.commit()

    def heard(self, person: Person) -> tuple[list[str], list[str]]:
        bell = select(Notice.kind).where(Notice.user_id == person.id, Notice.read_at.is_(None)).order_by(Notice.id)
        mail = select(Mail.kind).where(Mail.user_id == person.id).order_by(Mail.id)
        return list(db.session.scalars(bell)), list(db.session.scalars(mail))


@pytest.fixture
def desk(on_both: Flask) -> Desk:
    return Desk()


NOTHING: tuple[list[str], list[str]] = ([], [])


def test_a_new_ticket_is_told_to_those_who_write_its_language(desk: Desk) -> None:
    intend_to_write()
    agents.set_profile(desk.maja.id, languages=["fr"], takes_tickets=False)
    db.session.commit()

    builders.ticket(desk.member, language="fr")

    assert desk.heard(desk.maja) == (["agent_new_ticket"], ["agent_new_ticket"])
    assert desk.heard(desk.ben) == NOTHING
    assert desk.heard(desk.member) == ([], ["ticket_submitted"]), "the receipt is a mail and no notice"


def test_a_new_ticket_that_somebody_sees_to_is_no_news_for_the_others(desk: Desk) -> None:
    desk.ticket = builders.ticket(desk.member)
    assert desk.heard(desk.ben)[0] == desk.heard(desk.maja)[0] == ["agent_new_ticket"]

    desk.do(service.assign, db.session.get_one(User, desk.maja.id), by=desk.maja)

    assert desk.heard(desk.ben)[0] == desk.heard(desk.maja)[0] == [], "who takes it is not told that they have it"


def test_nobody_is_told_of_their_own_act(desk: Desk) -> None:
    desk.do(service.assign, db.session.get_one(User, desk.maja.id), by=desk.ben)
    assert desk.heard(desk.maja) == (["agent_assigned"], ["agent_assigned"])
    assert desk.heard(desk.ben) == NOTHING
    desk.clear()

    desk.do(service.reply_as_agent, "Try again.", submission=builders.token(), by=desk.maja)
    assert desk.heard(desk.member) == (["ticket_replied"], ["ticket_replied"])
    assert desk.heard(desk.maja) == desk.heard(desk.ben) == NOTHING
    desk.clear()

    desk.do(service.reply_as_owner, "It works.", submission=builders.token(), by=desk.member, reopen_days=30)
    assert desk.heard(desk.maja) == (["agent_member_replied"], ["agent_member_replied"])
    assert desk.heard(desk.member) == desk.heard(desk.ben) == NOTHING
    desk.clear()

    desk.do(service.close, by=desk.member)
    assert desk.heard(desk.member) == desk.heard(desk.maja) == NOTHING


def test_who_is_mentioned_hears_of_it_and_the_member_does_not(desk: Desk) -> None:
    desk.do(service.add_note, "Ask @Ben.", submission=builders.token(), by=desk.maja)
    desk.do(changes.remember, "mentioned", by=desk.maja, about_id=desk.ben.id)

    assert desk.heard(desk.ben) == (["agent_mentioned"], ["agent_mentioned"])
    assert desk.heard(desk.member) == desk.heard(desk.maja) == NOTHING


def test_time_reminds_the_owner_and_nobody_else(desk: Desk) -> None:
    desk.do(changes.remember, "reminded", by=None)

    assert desk.heard(desk.member) == (["ticket_reminder"], ["ticket_reminder"])
    assert desk.heard(desk.maja) == desk.heard(desk.ben) == NOTHING
