"""Starts what is in deploy/ as it is shipped, with only its places and ports replaced."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import PYTHON, ROOT, Server, free_port, started

DEPLOY = ROOT / "deploy"
NAME = "help.example.org"
HOST = {"Host": NAME}
# What a client may say of itself, and no desk must believe.
LIES = {
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9;host=evil.example", "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "1",
}  # fmt: skip


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@contextmanager
def gunicorn(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Starts gunicorn with the shipped settings, on a free port."""
    port = free_port()
    command = (PYTHON, "-m", "gunicorn", "-c", DEPLOY / "gunicorn.conf.py", "-b", f"127.0.0.1:{port}", *options)
    production = {
        "HELPDESK_MODE": "production", "HELPDESK_INSTANCE": str(folder / "instance"),
        "HELPDESK_PUBLIC_URL": f"https://{NAME}", "HELPDESK_PROXIES": "1", "HELPDESK_X_ACCEL": "/protected/",
    }  # fmt: skip
    with started(*command, folder=folder, port=port, **{**production, **settings}) as server:
        yield server


def replaced(text: str, changes: dict[str, str]) -> str:
    """The text with each of these replaced. All of them must be in it."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the shipped file any more"
        text = text.replace(old, new)
    return text
