"""The operator's command for mail: to try again what was set aside."""

import click
from flask.cli import with_appcontext

from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import outbox


@click.command("retry-mail")
@with_appcontext
def retry_mail() -> None:
    """Queue anew the mail that was set aside."""
    intend_to_write()
    again = outbox.try_again(at=now())
    db.session.commit()
    click.echo(f"Mails that are tried again: {again}")
