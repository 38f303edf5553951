"""Tells of what happens to a ticket, by the bell and by mail. The words are made when they are read or leave."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.models import AgentProfile, User
from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.notices import service as notices
from helpdesk.ranks import Role
from helpdesk.tickets import audience
from helpdesk.tickets.audience import Actor, Whom
from helpdesk.tickets.models import Ticket

NEW_TICKET = "agent_new_ticket"
_user, _profile = User.__table__.c, AgentProfile.__table__.c
_TEAM = (
    select(_user.id, _profile.languages)
    .outerjoin_from(User.__table__, AgentProfile.__table__, _profile.agent_id == _user.id)
    .where(_user.role.in_((Role.AGENT.value, Role.ADMIN.value)), _user.disabled_at.is_(None))
)


def tell(
    ticket: Ticket, what: str, seq: int, *, by: Person | None, at: datetime, about_id: int | None = None
) -> None:  # fmt: skip
    """Tells of the event `seq` of a ticket those who are to hear of it; `about_id` is whom the event names."""
    actor = _actor(ticket, by)
    key, actor_id = f"ticket:{ticket.id}:{seq}", by.id if by else None
    if audience.settles(what, actor):
        notices.settle(NEW_TICKET, ticket_id=ticket.id, at=at)
    for one in audience.told(what, actor):
        people = _people(ticket, one.whom, about_id)
        if one.bell:
            others = [person for person in people if person != actor_id]
            notices.give(one.bell, to=others, key=key, at=at, ticket_id=ticket.id, actor_id=actor_id)
        if one.mail:
            _mail(one.mail, people, ticket, seq, at=at, but=actor_id if one.bell else None)


def _actor(ticket: Ticket, by: Person | None) -> Actor:
    if by is None:
        return Actor.TIME
    return Actor.OWNER if by.id == ticket.owner_id else Actor.TEAM


def _people(ticket: Ticket, whom: Whom, about_id: int | None) -> list[int]:
    if whom is Whom.WRITERS:
        # Given to somebody at once, by the rules: they hear of that, and nobody else has to look.
        return [] if ticket.assignee_id is not None else _writers(ticket.language)
    one = {Whom.OWNER: ticket.owner_id, Whom.ASSIGNEE: ticket.assignee_id, Whom.ABOUT: about_id}[whom]
    return [one] if one is not None else []


def _writers(language: str) -> list[int]:
    team = {row.id: row.languages or "" for row in db.session.execute(_TEAM)}
    return audience.writers(team, language)


def _mail(kind: str, people: list[int], ticket: Ticket, seq: int, *, at: datetime, but: int | None) -> None:
    facts: outbox.Facts = {"ticket": ticket.id, "seq": seq}
    key, others = f"ticket:{ticket.id}:{seq}", [person for person in people if person != but]
    # What goes to several, or may go to the same person twice for one event, has each one's own key.
    if kind.startswith("agent_"):
        outbox.put_all(kind, to=others, facts=facts, key=key, at=at)
        return
    for person in others:
        outbox.put(kind, to=person, facts=facts, key=key, at=at)
