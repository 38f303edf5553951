"""The operator's commands for mail: to send beside another process, and to try again what was set aside."""

import click
from flask import current_app
from flask.cli import with_appcontext

from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.mail import outbox, worker


@click.command("send-mail")
@click.option("--once", is_flag=True, help="Try everything that is due, and end.")
@with_appcontext
def send_mail(once: bool) -> None:
    """Send queued mail until it is stopped."""
    config: Config = current_app.config["HELPDESK"]
    if not config.mail_server:
        raise click.ClickException("There is no mail server: set HELPDESK_MAIL_SERVER.")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not once:
        worker.keep_sending(app)
    if worker.send_due(app):
        raise click.ClickException(f"The mail server {config.mail_server} cannot be reached. The mail is kept.")


@click.command("retry-mail")
@with_appcontext
def retry_mail() -> None:
    """Queue anew the mail that was set aside."""
    intend_to_write()
    again = outbox.try_again(at=now())
    db.session.commit()
    click.echo(f"Mails that are tried again: {again}")
