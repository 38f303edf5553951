"""The operator's commands: a backup, its way back, and a look at all that a desk needs. They speak plain English."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from flask import Flask, current_app

from helpdesk.accounts import commands as accounts
from helpdesk.config import BadSetting
from helpdesk.database import now
from helpdesk.operating import backup as backups
from helpdesk.operating import doctor as doctors
from helpdesk.operating import restore as restoring
from helpdesk.operating.archive import BadArchive
from helpdesk.operating.findings import Level
from helpdesk.operating.snapshot import NotCopied

MEGABYTE = 1_000_000


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Makes each way in which it can fail one sentence, and exit code 1."""
    try:
        yield
    except BadArchive as fault:
        raise click.ClickException(f"{path} cannot be used: {fault}.") from fault
    except NotCopied as fault:
        raise click.ClickException(f"The database could not be copied: {fault}.") from fault
    except (BadSetting, restoring.NotEmpty) as fault:
        raise click.ClickException(str(fault)) from fault


@accounts.command
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--keep", type=click.IntRange(1), help="Delete all but the newest so many backups of that folder.")
def backup(file: Path | None, keep: int | None) -> None:
    """Back up the database and the files."""
    app = _app()
    path = file or backups.default_path(app.config["HELPDESK"], now())
    with _in_words(path):
        if path.exists():
            raise click.ClickException(f"{path} is there already.")
        made = backups.make(app, path)
    click.echo(
        f"{path}: {made.path.stat().st_size / MEGABYTE:.1f} MB, {len(made.manifest.keys)} files, checked. "
        "It holds the secret key: keep it as safe as the desk itself."
    )
    if keep is not None:
        for old in sorted(path.parent.glob("helpdesk-*.zip"))[:-keep]:
            old.unlink()
    if made.manifest.missing:
        raise click.ClickException(
            f"{len(made.manifest.missing)} files that the database names are not on the disk, and not in the backup."
        )


@accounts.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="The folder of another instance.")
def restore(file: Path, into: Path | None) -> None:
    """Bring a backup back into an empty instance."""
    with _in_words(file):
        done = restoring.take(_app(), file, into=into, at=now())
    manifest = done.manifest
    click.echo(
        f"Restored the backup of {manifest.made_at}, with {len(manifest.keys)} files, into "
        f"{done.app.config['HELPDESK'].instance}. {done.forgotten} erasures since then were done again."
    )


@accounts.command
@click.option("--json", "as_json", is_flag=True, help="For a program to read: a list of level, about, says.")
def doctor(as_json: bool) -> None:
    """Say whether the desk has all it needs."""
    found = doctors.examine(_app())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=1))
    else:
        for finding in found:
            click.echo(f"{finding.level:<5}{finding.about}: {finding.says}")
    if any(finding.level is Level.FAIL for finding in found):
        raise SystemExit(1)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]
