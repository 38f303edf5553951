"""What can be done to a site's settings and texts, and to the log. Never commits, never reads the request."""

from collections.abc import Collection, Mapping
from datetime import datetime

from helpdesk.announce import Announcement, announce
from helpdesk.extensions import db
from helpdesk.site import queries
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


def write_texts(key: str, bodies: Mapping[str, str], *, right: Collection[str], by: int, at: datetime) -> None:
    """Keeps a text in each language where it is another one than before, or where it is said to be right still."""
    present = queries.texts()[key]
    written = {code: one.body for code, one in present.items()}
    changed = [code for code, body in bodies.items() if body != written.get(code, "")]
    for code in dict.fromkeys([*changed, *(code for code in right if bodies.get(code))]):
        set_text(key, code, bodies[code], by=by, at=at)
    if changed:
        record("text_set", by=by, at=at, facts={"key": key, "languages": ",".join(changed)})


def record(
    what: str, *, by: int | None, at: datetime, about: int | None = None, facts: Mapping[str, object] | None = None
) -> None:
    """Writes a line into the audit log: `what` is a code, `facts` are codes, ids and numbers, never a secret."""
    db.session.add(AuditEntry(what=what, actor_id=by, about_id=about, facts=dict(facts or {}), at=at))
