"""The operator's commands for accounts, each a few lines over a service. They speak plain English."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy.exc import DBAPIError, IntegrityError

from helpdesk.accounts import administration, directory, importing, labels, passwords, queries, service
from helpdesk.accounts.models import User
from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.refusals import Refusal
from helpdesk.site import service as site

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

MOST_SHOWN = 200
# A link for a new account may travel for a week; one that replaces a password is used at once (trust.md, T53).
RESET_HOURS = 1


class Command(click.Command):
    """A command whose refusals end in one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            with force_locale("en"):
                raise click.ClickException(labels.sentence(refusal)) from refusal
        except directory.BadFile as fault:
            raise click.ClickException(str(fault)) from fault
        except IntegrityError as fault:
            raise click.ClickException("Accounts were changed meanwhile: nothing was done. Try again.") from fault
        except DBAPIError as fault:
            advice = "Try again in a moment." if "locked" in str(fault.orig) else "Has `flask prepare` been run?"
            raise click.ClickException(f"The database refuses: {fault.orig}. {advice}") from fault
        except BrokenPipeError:
            raise  # the reader of our output has gone: click knows what to do
        except OSError as fault:
            raise click.ClickException(f"{fault.filename or 'The file'}: {fault.strerror}.") from fault


def command(function: Callable[..., None]) -> click.Command:
    """Makes a function a command of its name."""
    return click.command(cls=Command)(with_appcontext(function))


def _account_command(role: Role, name: str, summary: str) -> click.Command:
    @click.command(name, cls=Command, help=summary)
    @click.option("--username", prompt="Username", help="The name to sign in with.")
    @click.option("--email", prompt="E-mail address", help="The person's e-mail address.")
    @click.option("--name", prompt="Name", help="The person's name, as others read it.")
    @click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    @with_appcontext
    def create(username: str, email: str, name: str, password_stdin: bool) -> None:
        try:
            person = directory.username(username.strip()), directory.email(email.strip()), directory.person_name(name)
        except ValueError as fault:
            raise click.ClickException(str(fault).rstrip(".") + ".") from fault
        _create(role, *person, password=_password(from_stdin=password_stdin))

    return create


create_admin = _account_command(Role.ADMIN, "create-admin", "Create an administrator's account.")
create_agent = _account_command(Role.AGENT, "create-agent", "Create an agent's account.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt="Password again")


def _create(role: Role, username: str, email: str, name: str, *, password: str) -> None:
    passwords.check_strength(password, words=[username, email.split("@")[0], *name.split(), _config().organisation])
    password_hash = passwords.hash_password(password)
    intend_to_write()
    user = service.create_account(
        username=username, email=email, name=name, role=role, password_hash=password_hash, origin="command", at=now()
    )
    site.record("account_created", by=None, about=user.id, at=now(), facts={"role": role.value})
    db.session.commit()
    click.echo(f"{username} can sign in now.")


@command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partial", is_flag=True, help="Import the good lines even if others are bad.")
@click.option("--links", type=click.Path(path_type=Path), help="Where to write new members' links to set a password.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def import_members(file: Path, partial: bool, links: Path | None, dry_run: bool) -> None:
    """Add and update members from a CSV file. Its columns are in docs/members.md."""
    found = _compare(file)
    for bad in found.bad[:MOST_SHOWN]:
        click.echo(f"{file.name}, line {bad.line}: {bad.reason}", err=True)
    if len(found.bad) > MOST_SHOWN:
        click.echo(f"… and {len(found.bad) - MOST_SHOWN} more bad lines.", err=True)
    if found.bad and not partial:
        raise click.ClickException(f"Nothing was imported: {found}. --partial leaves the bad lines out.")
    if dry_run:
        click.echo(f"Nothing was written. It would be: {found}")
        return
    if found.new or found.changed:
        _write(found, links or _config().instance / f"set-password-links-{now():%Y%m%dT%H%M%SZ}.csv")
    click.echo(str(found))


def _compare(file: Path) -> importing.Comparison:
    with file.open("rb") as lines, _bar("Reading", file.stat().st_size) as bar:
        members = directory.Directory(_advancing(lines, bar), current_app.config["RANKS"])
        if members.unused:
            click.echo(f"Columns that are not used: {', '.join(map(repr, members.unused))}", err=True)
        found = importing.compare(members)
    db.session.rollback()  # what follows begins a write transaction of its own, as short as it can be
    return found


def _write(found: importing.Comparison, path: Path) -> None:
    intend_to_write()
    with (
        _bar("Writing", len(found.new) + len(found.changed)) as bar,
        importing.LinksFile(path, _config().site) as links,
    ):
        importing.write(found, links=links, at=now(), advance=bar.update)
        counted = {"new": len(found.new), "changed": len(found.changed)}
        site.record("members_imported", by=None, at=now(), facts=counted)
        links.keep()
        db.session.commit()
    if links.count:
        click.echo(f"{links.count} links to set a password are in {path}: keep it safe, then delete it.")


def _advancing(lines: IO[bytes], bar: "ProgressBar[bytes]") -> Iterator[bytes]:
    for line in lines:
        bar.update(len(line))
        yield line


def _bar(label: str, length: int) -> "ProgressBar[bytes]":
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


@command
@click.argument("username")
def set_password_link(username: str) -> None:
    """Print a one-time link to set a password."""
    at = now()
    with _changing(username) as user:
        hours = service.LINK_HOURS if user.password_hash is None else RESET_HOURS
        token = administration.issue_link(user, by=None, at=at, hours=hours)
    click.echo(importing.set_password_url(_config().site, token))
    click.echo(f"For one use, until {at + timedelta(hours=hours):%Y-%m-%d %H:%M} UTC. Older links are void.", err=True)


@command
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Remove an account's second step."""
    with _changing(username) as user:
        administration.reset_factors(user, by=None, at=now())
    click.echo(f"{username} signs in with the password alone until a new second step is set up.")


@command
@click.argument("username")
def disable_member(username: str) -> None:
    """Close an account and end its sessions."""
    with _changing(username) as user:
        administration.disable(user, by=None, at=now())
    click.echo(f"{user.username} can no longer sign in; all their sessions have ended.")


@command
@click.argument("username")
def enable_member(username: str) -> None:
    """Open a disabled account again."""
    with _changing(username) as user:
        administration.enable(user, by=None, at=now())
    click.echo(f"{user.username} can sign in again.")


@command
@click.argument("username")
@click.argument("rank", nargs=-1, required=True)
def set_rank(username: str, rank: tuple[str, ...]) -> None:
    """Give a member another rank, at once."""
    with _changing(username) as user:
        administration.set_rank(user, " ".join(rank), ranks=current_app.config["RANKS"], by=None, at=now())
    click.echo(f"{user.username} is {user.rank} now.")


@contextmanager
def _changing(name: str) -> Iterator[User]:
    """The account with this username, e-mail address or member ID, to be changed and then committed.

    Without such an account the command ends with a sentence.
    """
    intend_to_write()
    user = queries.user_by_name(name)
    if user is None:
        raise click.ClickException(f"There is no account {name!r}.")
    yield user
    db.session.commit()


def _config() -> Config:
    return current_app.config["HELPDESK"]
