"""What can be done to a site's settings and texts, and to the log. Never commits, never reads the request."""

from collections.abc import Mapping
from datetime import datetime

from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.site.models import AuditEntry, SiteSetting, SiteText

site_changed = Announcement("site_changed")


def set_value(key: str, value: object, *, by: int | None, at: datetime) -> None:
    """Keeps a setting as JSON; what it may be, its own rules have checked before."""
    db.session.merge(SiteSetting(key=key, value=value, changed_by=by, changed_at=at))
    announce(site_changed, about=db.session())


def set_text(key: str, language: str, body: str, *, by: int | None, at: datetime) -> None:
    """Keeps a text in one language; an empty one falls back to what the product says by itself."""
    db.session.merge(SiteText(key=key, language=language, body=body, changed_by=by, changed_at=at))
    announce(site_changed, about=db.session())


def record(
    what: str, *, by: int | None, at: datetime, about: int | None = None, facts: Mapping[str, object] | None = None
) -> None:
    """Writes a line into the audit log: `what` is a code, `facts` are codes, ids and numbers, never a secret."""
    db.session.add(AuditEntry(what=what, actor_id=by, about_id=about, facts=dict(facts or {}), at=at))
