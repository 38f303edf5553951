"""What agents do with a ticket among themselves: a note that calls colleagues, and handing it over. Never commits."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from helpdesk.accounts.directory import username_key
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.tickets import changes, service
from helpdesk.tickets.lifecycle import Party, Verb
from helpdesk.tickets.models import Ticket

MOST_MENTIONED = 10
# Not inside a word or an address: anna@example.org calls nobody.
_CALLED = re.compile(r"(?<![\w.@+-])@([\w.+-]{1,80})")


def called(body: str, team: Iterable[User]) -> list[User]:
    """Whom of the team a note calls by @username, each once. A dot at the end belongs to the sentence."""
    by_name = {user.username_key: user for user in team}
    names = (username_key(name) for name in _CALLED.findall(body))
    found = [by_name.get(name) or by_name.get(name.rstrip(".-+")) for name in names]
    return list({user.id: user for user in found if user is not None}.values())[:MOST_MENTIONED]


def note(
    ticket: Ticket, body: str, *, mentioned: Sequence[User], submission: str, by: Person, at: datetime
) -> None:  # fmt: skip
    """An agent writes something that only agents can see; those who are mentioned hear of it, but not oneself."""
    if changes.is_repeated(ticket, submission, by):
        return
    service.add_note(ticket, body, submission=submission, by=by, at=at)
    for user in mentioned:
        if user.id != by.id:
            changes.remember(ticket, "mentioned", by=by, at=at, about_id=user.id)


def hand_over(
    ticket: Ticket, agent: User | None, *, body: str, mentioned: Sequence[User], submission: str, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """An agent gives the ticket to a colleague, or back to nobody, with a note where there is something to say."""
    if body:
        if changes.is_repeated(ticket, submission, by):
            return
        changes.move(ticket, Party.AGENT, Verb.NOTE, at=at)
        # Without the files: those wait for the message that is being written beside.
        changes.write(ticket, "note", body, submission=submission, by=by, at=at, with_files=False)
        changes.remember(ticket, "noted", by=by, at=at)
        for user in mentioned:
            if user.id not in (by.id, agent.id if agent else None):
                changes.remember(ticket, "mentioned", by=by, at=at, about_id=user.id)
    service.assign(ticket, agent, by=by, at=at)
