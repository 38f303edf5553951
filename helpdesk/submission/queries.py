"""Looking drafts up: everybody has at most one, and sees only their own."""

from sqlalchemy import bindparam, select

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.refusals import NotFound
from helpdesk.submission.models import Draft

_draft = Draft.__table__.c
_UNFINISHED = select(_draft.submission).where(
    _draft.member_id == bindparam("member_id"), (_draft.title != "") | (_draft.description != "")
)


def draft_of(person: Person) -> Draft | None:
    """The person's unfinished ticket, if there is one."""
    return db.session.scalar(select(Draft).where(Draft.member_id == person.id))


def unfinished(person: Person) -> str | None:
    """The submission token of the person's unfinished ticket, once something has been filled in."""
    return db.session.scalar(_UNFINISHED, {"member_id": person.id})


def visible_draft(person: Person, submission: str) -> Draft:
    """The person's draft with this token. Raises NotFound for a missing and for a foreign one alike."""
    same = (Draft.member_id == person.id) & (Draft.submission == submission)
    draft = db.session.scalar(select(Draft).where(same))
    if draft is None:
        raise NotFound()
    return draft
