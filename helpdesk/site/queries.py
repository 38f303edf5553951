"""Looking up what a site has decided."""

from sqlalchemy import bindparam, select

from helpdesk import languages
from helpdesk.extensions import db
from helpdesk.site import defaults
from helpdesk.site.models import SiteSetting, SiteText
from helpdesk.site.texts import MOST_SIGNS, Written

_setting = SiteSetting.__table__.c
_SOME = select(_setting.key, _setting.value).where(_setting.key.in_(bindparam("keys", expanding=True)))


def value(key: str, default: object = None) -> object:
    """The setting that administrators have made; otherwise the environment's, or the default."""
    return values(key).get(key, default)


def values(*keys: str) -> dict[str, object]:
    """Several settings in one query. What nobody has made, and the environment does not say, is not in it."""
    made = {row.key: row.value for row in db.session.execute(_SOME, {"keys": keys})}
    of_environment = {key: defaults.value(key) for key in keys}
    return {key: value for key, value in of_environment.items() if value is not None} | made


def text(key: str, language: str) -> str:
    """The site's own text in this language, in English where it has none, empty where it has not even that."""
    rows = select(SiteText.language, SiteText.body).where(
        SiteText.key == key, SiteText.language.in_({language, languages.DEFAULT})
    )
    bodies = {row.language: row.body for row in db.session.execute(rows)}
    return bodies.get(language) or bodies.get(languages.DEFAULT, "")


def texts() -> dict[str, dict[str, Written]]:
    """All of the site's own texts, by key and language: one query."""
    found: dict[str, dict[str, Written]] = {key: {} for key in MOST_SIGNS}
    rows = select(SiteText.key, SiteText.language, SiteText.body, SiteText.changed_at)
    for row in db.session.execute(rows):
        found.setdefault(row.key, {})[row.language] = Written(row.body, row.changed_at)
    return found
