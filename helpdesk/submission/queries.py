"""Looking drafts up: everybody has at most one, and sees only their own."""

from sqlalchemy import select

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import NotFound
from helpdesk.submission.models import Draft


def draft_of(person: Person) -> Draft | None:
    """The person's unfinished ticket, if there is one."""
    return db.session.scalar(select(Draft).where(Draft.member_id == person.id))


def unfinished(person: Person) -> str | None:
    """The submission token of the person's unfinished ticket, once something has been filled in."""
    begun = (Draft.title != "") | (Draft.description != "")
    return db.session.scalar(select(Draft.submission).where(Draft.member_id == person.id, begun))


def visible_draft(person: Person, submission: str) -> Draft:
    """The person's draft with this token. Raises NotFound for a missing and for a foreign one alike."""
    same = (Draft.member_id == person.id) & (Draft.submission == submission)
    draft = db.session.scalar(select(Draft).where(same))
    if draft is None:
        raise NotFound()
    return draft
