"""The operator's command for the reports: to count them anew from the tickets and chats."""

import os

import click
from flask import current_app
from flask.cli import with_appcontext

from helpdesk import serving
from helpdesk.desk.reports import rebuilding


@click.command("rebuild-reports")
@with_appcontext
def rebuild_reports() -> None:
    """Count the reports anew from all tickets and chats, while the desk does not serve."""
    try:
        handle = serving.claim(current_app.config["HELPDESK"])
    except serving.AlreadyServed:
        raise click.ClickException("The desk serves: stop it first, or its changes would be counted twice.") from None
    counted = {"tickets": 0, "chats": 0}

    def add(what: str, many: int) -> None:
        counted[what] += many

    try:
        rebuilding.rebuild(add)
    finally:
        if handle is not None:
            os.close(handle)
    click.echo("Counted: " + ", ".join(f"{many} {what}" for what, many in counted.items()))
