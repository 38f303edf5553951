"""The operator's commands for people's data: erasing a member, and keeping one for a court. Plain English."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from helpdesk.accounts import queries
from helpdesk.accounts.models import User
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.privacy import rounds
from helpdesk.privacy.erasing import service as erasing
from helpdesk.privacy.models import LegalHold
from helpdesk.refusals import WrongState
from helpdesk.site import service as site

REASONS = {
    "erasure_team": "This account belongs to the team: make it a member's account first, in the desk.",
    "erasure_held": "This account is held: run `flask hold-member --release` first, if the law allows it.",
}


@click.command("erase-member")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase_member(username: str, yes: bool) -> None:
    """Erase a member with everything they have sent."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    user_id = _member(username).id
    if not yes:
        click.confirm(f"Erase {username} with all tickets, chats and files? This cannot be undone", abort=True)
    db.session.remove()
    intend_to_write()
    try:
        erasing.ask(erasing.account(user_id), by=None, at=now(), at_once=True)
    except WrongState as refusal:
        raise click.ClickException(REASONS[refusal.code]) from None
    db.session.commit()
    db.session.remove()
    rounds.erase(app, user_id, at=now())
    rounds.scrub(app, now())
    click.echo(f"Erased. The account is number {user_id} and has no name any more.")


@click.command("hold-member")
@click.argument("username")
@click.option("--release", is_flag=True, help="Nothing needs to be kept any more.")
@with_appcontext
def hold_member(username: str, release: bool) -> None:
    """Keep all data of a member because the law asks for it."""
    intend_to_write()
    user, at = _member(username), now()
    held = db.session.get(LegalHold, user.id)
    if release and held is not None:
        db.session.delete(held)
        site.record("hold_released", by=None, about=user.id, at=at)
    if not release and held is None:
        db.session.add(LegalHold(user_id=user.id, made_at=at))
        site.record("hold_made", by=None, about=user.id, at=at)
    db.session.commit()
    click.echo("Released." if release else "Held: nothing of this member is erased until you release it.")


def _member(username: str) -> User:
    found = queries.user_by_name(username)
    if found is None:
        raise click.ClickException(f"There is no account {username!r}.")
    return found
