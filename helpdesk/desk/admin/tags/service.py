"""What can be done to a tag. Each is written into the audit log. Never commits, never reads the request."""

from datetime import datetime

from sqlalchemy import delete, select, update

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import Invalid
from helpdesk.site import service as site
from helpdesk.tickets import search
from helpdesk.tickets.models import Tag, TicketTag

NAME_SIGNS = 40


def key_of(name: str) -> str:
    """What makes two names one tag: the same words, whatever their case and accents."""
    return search.fold(name)[:NAME_SIGNS]


def named(name: str) -> Tag | None:
    """The tag of this name, retired or not."""
    return db.session.scalar(select(Tag).where(Tag.key == key_of(name)))


def give_name(tag: Tag, name: str, *, by: Person, at: datetime) -> None:
    """Raises Invalid for a name without words, `tag_taken` for another tag's: they would have to be merged."""
    if not key_of(name):
        raise Invalid("tag_empty")
    other = named(name)
    if other is not None and other.id != tag.id:
        raise Invalid("tag_taken", name=other.name)
    if tag.name != name:
        site.record("tag_renamed", by=by.id, at=at, facts={"was": tag.name, "name": name})
    tag.name, tag.key = name, key_of(name)


def merge(tag: Tag, into: Tag, *, by: Person, at: datetime) -> None:
    """Every ticket with `tag` has `into` instead, and `tag` is gone. Raises Invalid for the same one."""
    if tag.id == into.id:
        raise Invalid("tag_same")
    site.record("tags_merged", by=by.id, at=at, facts={"name": tag.name, "into": into.name})
    have_both = select(TicketTag.ticket_id).where(TicketTag.tag_id == into.id)
    only_one = update(TicketTag).where(TicketTag.tag_id == tag.id, TicketTag.ticket_id.not_in(have_both))
    db.session.execute(only_one.values(tag_id=into.id).execution_options(synchronize_session=False))
    db.session.execute(delete(TicketTag).where(TicketTag.tag_id == tag.id))
    db.session.delete(tag)


def set_retired(tag: Tag, retired: bool, *, by: Person, at: datetime) -> None:
    """A retired tag stays on its tickets and is not offered any more."""
    if (tag.retired_at is not None) != retired:
        site.record("tag_retired" if retired else "tag_offered", by=by.id, at=at, facts={"name": tag.name})
    tag.retired_at = (tag.retired_at or at) if retired else None
