"""Looks at everything that a desk needs to be served, and says of each whether it is well. Changes nothing."""

import gettext
import platform
import resource
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path

from flask import Flask

from helpdesk import languages
from helpdesk.config import BadSetting, Config
from helpdesk.database import now
from helpdesk.mail import outbox, smtp
from helpdesk.operating import databases, disk
from helpdesk.operating.findings import Finding, fail, ok, warn
from helpdesk.version import VERSION

ANSWER_SECONDS = 5.0
# What a server needs for a few hundred open pages; the unit gives 16384.
LEAST_FILES = 4096
PACKAGES = ("Flask", "Flask-SocketIO", "python-socketio", "python-engineio", "gevent", "SQLAlchemy", "Pillow")
WELL_KEPT = ok("permissions", "Nobody else may read what is in the desk's folder.")
Look = Callable[[], Iterable[Finding]]


def examine(app: Flask, *, at: datetime | None = None) -> list[Finding]:
    """All findings, the settings' first. A look that fails itself is a finding too."""
    config: Config = app.config["HELPDESK"]
    moment = at or now()
    looks: tuple[tuple[str, Look], ...] = (
        ("settings", lambda: _settings(config)),
        ("versions", _versions),
        (
            "permissions",
            lambda: list(disk.permissions(config)) or [WELL_KEPT],
        ),
        ("disk", lambda: [disk.room(config)]),
        ("database", lambda: databases.look(app)),
        ("clock", lambda: [databases.clock(at=moment)]),
        ("catalogues", lambda: [_catalogues(Path(app.config["BABEL_TRANSLATION_DIRECTORIES"]))]),
        ("redis", lambda: [_redis(config)]),
        ("mail", lambda: _mail(config)),
        ("backup", lambda: [disk.backups(config, at=moment.timestamp())]),
        ("limits", lambda: [_open_files()]),
    )
    return [finding for about, look in looks for finding in _careful(about, look)]


def _careful(about: str, look: Look) -> list[Finding]:
    try:
        return list(look())
    except Exception as fault:  # the next look is worth having all the same
        return [fail(about, f"It could not be looked at: {type(fault).__name__}.")]


def _settings(config: Config) -> Iterator[Finding]:
    try:
        config.check()
        key = config.signing_key()
    except BadSetting as fault:
        yield fail("settings", str(fault))
        return
    yield ok("settings", f"They can be served with (mode {config.mode}).")
    if config.demo:
        yield warn("settings", "HELPDESK_MODE is demo: its passwords are known to everybody.")
    elif not config.https:
        yield warn("settings", "HELPDESK_PUBLIC_URL is not an https address: cookies are not kept to https.")
    if len(set(key)) < 12:
        yield fail("key", "The secret key has hardly any different signs: anybody may guess it.")
    else:
        yield ok("key", f"The secret key has {len(key)} signs.")


def _versions() -> Iterator[Finding]:
    yield ok("versions", f"Help desk {VERSION}, Python {platform.python_version()}.")
    yield ok("versions", ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES) + ".")


def _catalogues(folder: Path) -> Finding:
    sizes = {}
    for code in languages.CODES:
        path = folder / code / "LC_MESSAGES" / "messages.mo"
        if code == languages.DEFAULT:
            continue
        if not path.is_file():
            return fail("catalogues", f"{path} is missing: run `make translate`.")
        with path.open("rb") as file:
            sizes[code] = len(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    if len(set(sizes.values())) != 1:
        told = ", ".join(f"{code} {size}" for code, size in sizes.items())
        return warn("catalogues", f"Not all languages have all sentences: {told}.")
    return ok("catalogues", f"All languages have all sentences ({', '.join(sizes)}).")


def _redis(config: Config) -> Finding:
    if not config.redis_url:
        return ok("redis", "None is used.")
    import redis  # only installed where it is used

    try:
        with redis.Redis.from_url(
            config.redis_url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        ) as client:
            client.ping()
    except redis.RedisError as fault:
        return warn("redis", f"It does not answer ({type(fault).__name__}): nothing is lost, chats are slower.")
    return ok("redis", "It answers.")


def _mail(config: Config) -> Iterator[Finding]:
    if not config.mail_server:
        yield ok("mail", "None is sent: HELPDESK_MAIL_SERVER is empty.")
        return
    try:
        smtp.greet(config, seconds=ANSWER_SECONDS)
    except smtp.Unreachable as fault:
        yield fail("mail", f"{config.mail_server} cannot be used ({fault.detail}): mail is kept and tried again.")
    else:
        yield ok("mail", f"{config.mail_server} lets us in.")
    waiting, set_aside = outbox.figures()
    says = f"{waiting} mails wait, {set_aside} are set aside."
    yield warn("mail", f"{says} See `flask retry-mail`.") if set_aside else ok("mail", says)


def _open_files() -> Finding:
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    says = f"A process started from here may open {files} files and connections."
    return ok("limits", says) if files >= LEAST_FILES else warn("limits", f"{says} The unit gives 16384 (LimitNOFILE).")
