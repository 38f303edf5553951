"""What a site has decided, as every page needs it: read at most every few seconds, and at once where it was changed.

A page must not fail or wait for these: while the database does not answer, what was read last still holds.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from helpdesk import languages
from helpdesk.extensions import db
from helpdesk.site import defaults
from helpdesk.site.models import SiteSetting, SiteText
from helpdesk.site.service import site_changed

# After this the other processes of a site have what was changed in one of them.
FRESH_SECONDS = 3.0

_setting, _text = SiteSetting.__table__.c, SiteText.__table__.c
_SETTINGS = select(_setting.key, _setting.value)
_TEXTS = select(_text.key, _text.language, _text.body).where(_text.body != "")


@dataclass(frozen=True)
class Words:
    """A text of the site's own, and the language that it is in: English, where the reader's has none."""

    body: str
    language: str


@dataclass(frozen=True)
class _Kept:
    until: float
    settings: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def value(key: str) -> object:
    """The setting that administrators have made; otherwise the environment's, None where it says nothing."""
    made = _present().settings
    return made[key] if key in made else defaults.value(key)


def words(key: str, language: str) -> Words | None:
    """The site's own text for a reader of this language; None where it has none, not even in English."""
    texts = _present().texts
    for code in (language, languages.DEFAULT):
        if (key, code) in texts:
            return Words(texts[key, code], code)
    return None


@site_changed.listen
def forget() -> None:
    """What was kept no longer holds: it is read anew when it is needed."""
    _kept.pop(db.engine, None)


def _present() -> _Kept:
    found = _kept.get(db.engine)
    if found is None or time.monotonic() >= found.until:
        found = _kept[db.engine] = _read(found)
    return found


def _read(before: _Kept | None) -> _Kept:
    until = time.monotonic() + FRESH_SECONDS
    try:
        settings = {row.key: row.value for row in db.session.execute(_SETTINGS)}
        texts = {(row.key, row.language): row.body for row in db.session.execute(_TEXTS)}
    except DBAPIError:
        return _Kept(until, before.settings, before.texts) if before else _Kept(until)
    return _Kept(until, settings, texts)
