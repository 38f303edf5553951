"""What can be done to a draft, one verb a function. Never commits, never reads the request."""

import secrets
from datetime import datetime

from helpdesk.accounts.person import Person
from helpdesk.extensions import db
from helpdesk.files import queries as staged_files
from helpdesk.files import service as files
from helpdesk.refusals import Invalid
from helpdesk.submission import queries, steps
from helpdesk.submission.models import Draft
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket


def new_submission() -> str:
    """A form's token: what makes sending it twice make one ticket or message."""
    return secrets.token_hex(16)


def begin(*, by: Person, language: str, at: datetime, follows: Ticket | None = None) -> Draft:
    """The person's draft: the one they have, or a new one. A follow-up starts with the earlier ticket's title."""
    draft = queries.draft_of(by)
    if draft is None:
        draft = Draft(
            member_id=by.id, submission=new_submission(), language=language, title="", description="", saved_at=at
        )
        db.session.add(draft)
    if follows is not None:
        draft.follows_id = follows.id
        if not draft.title:
            draft.language, draft.title = follows.language, follows.title
    db.session.flush()
    return draft


def save_title(draft: Draft, *, language: str, title: str, at: datetime) -> None:
    """Step A: the title, without its prefix, and its language."""
    draft.language, draft.title, draft.saved_at = language, title, at


def save_description(draft: Draft, description: str, *, at: datetime) -> None:
    """Step B: what happened."""
    draft.description, draft.saved_at = description, at


def discard(draft: Draft, *, by: Person) -> None:
    """The member does not want to submit this after all: the draft and its files go."""
    for file in staged_files.staged(by.id, draft.submission):
        files.remove(file, by=by)
    db.session.delete(draft)


def submit(draft: Draft, *, by: Person, at: datetime) -> Ticket:
    """Step D: the draft becomes a ticket with its files. Raises Invalid when a question is not answered."""
    answers = answers_of(draft)
    if steps.first_open(answers) is not steps.Step.SUBMIT:
        raise Invalid("draft_incomplete")
    ticket = tickets.submit(
        submission=draft.submission, language=answers.language or "", title=answers.title,
        description=answers.description, by=by, at=at, follows_id=draft.follows_id,
    )  # fmt: skip
    db.session.delete(draft)
    return ticket


def answers_of(draft: Draft) -> steps.Answers:
    """What the draft holds, as the rules of the steps see it."""
    return steps.Answers(draft.language, draft.title, draft.description)
