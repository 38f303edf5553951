"""Looking up what a site has decided."""

from sqlalchemy import select

from helpdesk import languages
from helpdesk.extensions import db
from helpdesk.site.models import SiteSetting, SiteText


def value(key: str, default: object = None) -> object:
    """The setting that administrators have made, or the default."""
    found = db.session.get(SiteSetting, key)
    return default if found is None else found.value


def text(key: str, language: str) -> str:
    """The site's own text in this language, in English where it has none, empty where it has not even that."""
    rows = select(SiteText.language, SiteText.body).where(
        SiteText.key == key, SiteText.language.in_({language, languages.DEFAULT})
    )
    bodies = dict(db.session.execute(rows).tuples().all())
    return bodies.get(language) or bodies.get(languages.DEFAULT, "")
