"""The site's settings: read from HELPDESK_* once at the start, checked there, documented here and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from helpdesk import environment as environments
from helpdesk import hours, keyfile
from helpdesk.privacy import keeping
from helpdesk.ranks import LADDER, MINIMUM, Ranks
from helpdesk.tickets.patience import Patience

# One plain address: nothing that could end a header or begin another recipient.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_`{|}~'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LEAST_KEY = 32
WEAK_KEYS = frozenset({"secret", "dev", "changeme", "change-me", "helpdesk", "development", "password"})


class BadSetting(Exception):
    """A setting that the desk refuses to start with; the message names it and says what to do."""


def _setting(variable: str, default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True)
class Config:
    """All settings. `Config.from_environment()` reads and checks them; tests make one directly."""

    mode: str = _setting("HELPDESK_MODE", "production", "`production`, or `demo`: demo accounts, loopback only.")
    instance: Path = _setting("HELPDESK_INSTANCE", Path("instance"), "Folder of the database, the files and the key.")
    host: str = _setting("HELPDESK_HOST", "127.0.0.1", "Address that `python app.py` listens on.")
    port: int = _setting("PORT", 5000, "Port that `python app.py` listens on.")
    database_url: str = _setting("DATABASE_URL", "", "PostgreSQL address; empty: SQLite in the instance folder.")
    redis_url: str = _setting(
        "HELPDESK_REDIS_URL", "", "Redis, for several processes: limits and the chat's quick way; empty: none."
    )
    secret_key: str = _setting(
        "HELPDESK_SECRET_KEY", "", "Key that signs cookies; empty: made once, in the instance folder."
    )
    public_url: str = _setting(
        "HELPDESK_PUBLIC_URL", "", "Address people use, as https://help.example.org; links use it."
    )
    trusted_hosts: tuple[str, ...] = _setting(
        "HELPDESK_TRUSTED_HOSTS", (), "Further host names that are answered, by comma."
    )
    proxies: int = _setting("HELPDESK_PROXIES", 0, "How many proxies stand in front and set X-Forwarded-*.")
    site_name: str = _setting("HELPDESK_SITE_NAME", "Help Desk", "Name in the header and the page titles.")
    organisation: str = _setting("HELPDESK_ORGANISATION", "", "The organisation's name, as in “your … member ID”.")
    brand_hue: int = _setting("HELPDESK_BRAND_HUE", 165, "Hue of the accent colour, 0 to 359.")
    ranks: tuple[str, ...] = _setting("HELPDESK_RANKS", LADDER, "The ranks from low to high, by comma.")
    minimum_rank: str = _setting(
        "HELPDESK_MINIMUM_RANK", MINIMUM, "The lowest rank that opens Technical Issues and chat."
    )
    reopen_days: int = _setting("HELPDESK_REOPEN_DAYS", 30, "Days in which a reply reopens a closed ticket.")
    chat_hours: str = _setting("HELPDESK_CHAT_HOURS", "", "Like `mon-fri 09:00-17:30 Europe/Paris`; empty: always.")
    chat_holidays: tuple[str, ...] = _setting(
        "HELPDESK_CHAT_HOLIDAYS", (), "Days without chat and without business hours, like 2026-12-25."
    )
    chat_wait_minutes: int = _setting(
        "HELPDESK_CHAT_WAIT_MINUTES", 5, "Minutes until agents are told that somebody waits in the chat; 0: never."
    )
    business_hours: str = _setting(
        "HELPDESK_BUSINESS_HOURS", "", "The team’s hours, as for the chat: answers are due in them; empty: always."
    )
    reminder_days: int = _setting(
        "HELPDESK_REMINDER_DAYS", 7, "Days without an answer after which a member is reminded; 0: never."
    )
    auto_close_days: int = _setting(
        "HELPDESK_AUTO_CLOSE_DAYS", 14, "Days without an answer after which a ticket is closed; 0: never."
    )
    time_zone: str = _setting("HELPDESK_TIME_ZONE", "UTC", "Zone of the reports, and of people who chose none.")
    mail_server: str = _setting("HELPDESK_MAIL_SERVER", "", "Host that sends mail; empty: the desk sends none.")
    mail_port: int = _setting("HELPDESK_MAIL_PORT", 587, "Port of the mail server.")
    mail_security: str = _setting(
        "HELPDESK_MAIL_SECURITY", "starttls", "`starttls`, `tls` (from the first byte on, mostly port 465) or `none`."
    )
    mail_username: str = _setting("HELPDESK_MAIL_USERNAME", "", "Name to sign in to the mail server; empty: none.")
    mail_password: str = _setting("HELPDESK_MAIL_PASSWORD", "", "The password to it.")
    mail_from: str = _setting(
        "HELPDESK_MAIL_FROM", "", "The address that mail comes from, as support@example.org; it should be read."
    )
    mail_bounces: str = _setting(
        "HELPDESK_MAIL_BOUNCES", "", "Where returned mail goes, as bounces+{id}@example.org; `none`; empty: the sender."
    )
    work: str = _setting(
        "HELPDESK_WORK", "server", "Who sends mail and reminds: `server`, or `separate`: `flask work` (PostgreSQL)."
    )
    keep: tuple[str, ...] = _setting(
        "HELPDESK_KEEP", (), "How long what is kept where it is not as usual, as `tickets 12m, log never`."
    )
    second_factor: str = _setting(
        "HELPDESK_SECOND_FACTOR", "offered", "`off`, `offered`, or `required` of agents and administrators."
    )
    log: str = _setting("HELPDESK_LOG", "", "`json` or `text`; empty: text on a terminal, json otherwise.")
    metrics_port: int = _setting("HELPDESK_METRICS_PORT", 0, "Loopback port of the figures for Prometheus; 0: none.")
    debug: bool = _setting("FLASK_DEBUG", False, "Flask's debugger; refused in production.")
    x_accel: str = _setting(
        "HELPDESK_X_ACCEL", "", "nginx's internal location for files, as /protected/; empty: served by us."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """The settings as the environment gives them. Raises BadSetting for one that cannot be used."""
        given = {}
        for setting in fields(cls):
            text = environment.get(setting.metadata["variable"], "").strip()
            if text:
                try:
                    given[setting.name] = environments.read(setting.metadata["variable"], setting.default, text)
                except ValueError as error:
                    raise BadSetting(str(error)) from error
        config = cls(**given)
        config.check()
        return config

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the database: the given one, or the file in the instance folder."""
        if self.database_url.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        return self.database_url or f"sqlite:///{self.instance.absolute() / 'helpdesk.sqlite'}"

    @property
    def site(self) -> str:
        """How links in mails, and those that commands print, begin."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> list[str]:
        """The host names that are answered; any other gets a 400."""
        public = urlsplit(self.public_url).hostname
        ours = () if self.demo else (*([public] if public else []), *self.trusted_hosts)
        return [*LOOPBACK, "[::1]", *ours]

    def check(self) -> None:
        """Raises BadSetting for values that contradict each other or are not safe to serve with."""
        if self.mode not in {"demo", "production"}:
            raise BadSetting("HELPDESK_MODE must be demo or production.")
        if self.demo and self.host not in LOOPBACK:
            raise BadSetting("HELPDESK_MODE=demo has known passwords: it serves on the loopback address only.")
        if not self.demo and self.debug:
            raise BadSetting("FLASK_DEBUG is set: the debugger runs anybody's code. Unset it in production.")
        if self.second_factor not in {"off", "offered", "required"} or (self.demo and self.second_factor == "required"):
            raise BadSetting("HELPDESK_SECOND_FACTOR must be off, offered or required; the demo cannot require it.")
        if self.secret_key and (
            len(self.secret_key) < LEAST_KEY or self.secret_key.lower() in WEAK_KEYS or len(set(self.secret_key)) < 8
        ):
            raise BadSetting("HELPDESK_SECRET_KEY is weak: use at least 32 random characters, or leave it empty.")
        try:
            public = urlsplit(self.public_url)
        except ValueError:
            public = urlsplit("")
        if self.public_url and (public.scheme not in {"http", "https"} or not public.hostname):
            raise BadSetting("HELPDESK_PUBLIC_URL must be a full address, as https://help.example.org.")
        if self.public_url and public.scheme == "http" and public.hostname not in LOOPBACK:
            raise BadSetting(
                "HELPDESK_PUBLIC_URL must begin with https://: cookies and passwords would travel in the open."
            )
        if not 0 < self.port < 65536:
            raise BadSetting("PORT must be from 1 to 65535.")
        if min(self.proxies, self.reopen_days, self.chat_wait_minutes) < 0:
            raise BadSetting("HELPDESK_PROXIES, HELPDESK_REOPEN_DAYS, HELPDESK_CHAT_WAIT_MINUTES: not below 0.")
        if self.log not in {"", "json", "text"}:
            raise BadSetting("HELPDESK_LOG must be json or text.")
        if not 0 <= self.metrics_port < 65536 or self.metrics_port == self.port:
            raise BadSetting("HELPDESK_METRICS_PORT must be a port of its own, or 0.")
        if not 0 <= self.brand_hue < 360:
            raise BadSetting("HELPDESK_BRAND_HUE must be from 0 to 359.")
        if self.time_zone not in available_timezones():
            raise BadSetting("HELPDESK_TIME_ZONE must be a zone's name, as Europe/Paris.")
        self._check_mail()
        self._check_work()
        self._check_rules()

    def _check_rules(self) -> None:
        self._check_rules()

    def _check_rules(self) -> None:
        try:
            self.keeping()
        except ValueError as error:
            raise BadSetting(f"HELPDESK_KEEP: {error}.") from error
        try:
            self.rank_rules()
        except ValueError as error:
            raise BadSetting(f"HELPDESK_RANKS, HELPDESK_MINIMUM_RANK: {error}.") from error

    def _check_mail(self) -> None:
        if not self.mail_server:
            return
        if self.demo:
            raise BadSetting("HELPDESK_MODE=demo sends no mail: its accounts have made-up addresses.")
        if self.mail_security not in {"starttls", "tls", "none"} or not 0 < self.mail_port < 65536:
            raise BadSetting("HELPDESK_MAIL_SECURITY must be starttls, tls or none, HELPDESK_MAIL_PORT 1 to 65535.")
        if not ADDRESS.fullmatch(self.mail_from):
            raise BadSetting("HELPDESK_MAIL_FROM must be an address, as support@example.org.")
        if self.mail_bounces not in {"", "none"} and not ADDRESS.fullmatch(self.mail_bounces.replace("{id}", "1")):
            raise BadSetting("HELPDESK_MAIL_BOUNCES must be an address, as bounces+{id}@example.org, or none.")
        if self.mail_username and self.mail_security == "none" and self.mail_server not in LOOPBACK:
            raise BadSetting("HELPDESK_MAIL_SECURITY=none would send the mail password in the open: use starttls.")
        if not self.public_url:
            raise BadSetting("HELPDESK_PUBLIC_URL is needed for mail: it is where the links lead.")

    def _check_work(self) -> None:
        if self.work not in {"server", "separate"}:
            raise BadSetting("HELPDESK_WORK must be server or separate.")
        if self.work == "separate" and not self.database_url:
            raise BadSetting("HELPDESK_WORK=separate needs PostgreSQL: with SQLite the server does all the work.")
        try:
            Patience(self.reminder_days, self.auto_close_days).check()
        except ValueError as error:
            raise BadSetting(f"HELPDESK_REMINDER_DAYS, HELPDESK_AUTO_CLOSE_DAYS: {error}.") from error
        try:
            for text in (self.chat_hours, self.business_hours):
                hours.read(text, self.chat_holidays)
        except ValueError as error:
            raise BadSetting(f"HELPDESK_CHAT_HOURS, _HOLIDAYS or HELPDESK_BUSINESS_HOURS: {error}.") from error

    def rank_rules(self) -> Ranks:
        return Ranks(self.ranks, self.minimum_rank)

    def keeping(self) -> keeping.Keeping:
        return keeping.read(self.keep)

    def signing_key(self) -> str:
        """The key that signs cookies: the given one, or one made once and kept for the operator's eyes only."""
        if self.secret_key:
            return self.secret_key
        key = keyfile.read(self.instance)
        if len(key) < LEAST_KEY:
            path = self.instance / keyfile.NAME
            raise BadSetting(f"{path} holds no whole key: delete it, and a new one is made (everybody signs in again).")
        return key
