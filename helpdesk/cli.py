"""The operator's commands: those of the site itself, and where the others are. They speak plain English."""

import re
from dataclasses import fields

import click
from flask import Flask, current_app

from helpdesk import serving, work
from helpdesk.accounts import commands as accounts
from helpdesk.config import Config
from helpdesk.desk.reports.commands import rebuild_reports
from helpdesk.mail import commands as mail
from helpdesk.operating import commands as operating
from helpdesk.privacy import commands as privacy

_SECRET = re.compile(r"KEY|PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL")


def register(app: Flask) -> None:
    """Gives the app its commands."""
    for command in (
        prepare, settings, accounts.create_admin, accounts.create_agent, accounts.import_members,
        accounts.set_password_link, accounts.reset_second_factor, accounts.disable_member, accounts.enable_member,
        accounts.set_rank,
        privacy.erase_member, privacy.hold_member,
        work.work, mail.retry_mail, rebuild_reports, operating.backup, operating.restore,
        operating.doctor,
    ):  # fmt: skip
        app.cli.add_command(command)


@accounts.command
def prepare() -> None:
    """Create or upgrade the database (with backup)."""
    is_new = serving.prepare(current_app)
    click.echo("The database is ready." + (" Next: flask create-admin" if is_new else ""))


@accounts.command
def settings() -> None:
    """List the settings with their values."""
    config = current_app.config["HELPDESK"]
    for setting in fields(Config):
        variable = setting.metadata["variable"]
        click.echo(f"{variable} = {_value(variable, getattr(config, setting.name))}")
        click.echo(f"    {setting.metadata['meaning']}")


def _value(variable: str, value: object) -> str:
    if _SECRET.search(variable):
        return "(hidden)" if value else "(empty)"
    if isinstance(value, tuple):
        value = ", ".join(value)
    return str(value) if value != "" else "(empty)"
