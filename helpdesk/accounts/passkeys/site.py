"""Which addresses passkeys work at: a browser binds them to a host name that is none of numbers."""

from urllib.parse import urlsplit

from helpdesk.accounts.passkeys.service import Site
from helpdesk.config import Config

# Browsers take it for as safe as https.
LOCAL = "localhost"


def site_at(config: Config, host: str) -> Site | None:
    """The site as passkeys know it, for a page that was asked for at `host` (name and port); None: they cannot be used.

    What counts is the configured public address; without one the desk is on this machine, as localhost.
    """
    name = urlsplit(f"//{host}").hostname or ""
    if config.public_url:
        public = urlsplit(config.public_url)
        is_name = name == LOCAL or ("." in name and not name.replace(".", "").isdigit())
        if name != public.hostname or not is_name:
            return None
        return Site(name, f"{public.scheme}://{public.netloc}", config.site_name)
    return Site(LOCAL, f"http://{host}", config.site_name) if name == LOCAL else None


def address(config: Config) -> str:
    """Where passkeys do work, for people to go to."""
    return config.public_url.rstrip("/") or f"http://{LOCAL}:{config.port}"
