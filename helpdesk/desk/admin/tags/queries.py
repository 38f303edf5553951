"""The site's tags, with how many tickets each is on; counted up to a limit, so that no page counts a million rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from helpdesk.database import MOST_ID
from helpdesk.extensions import db
from helpdesk.refusals import NotFound
from helpdesk.tickets.models import Tag, TicketTag

MOST_COUNTED = 999
PAGE_SIZE = 50

_tag, _on = Tag.__table__, TicketTag.__table__
_FIRST = select(_on.c.ticket_id).where(_on.c.tag_id == _tag.c.id).correlate(_tag).limit(MOST_COUNTED + 1).subquery()
_COUNT = select(func.count()).select_from(_FIRST).scalar_subquery()


def page(after: str) -> tuple[Sequence[Row[Any]], str]:
    """The tags that follow the one with this key, by key, and the key after which the next page starts, if any."""
    rows = (
        select(_tag.c.id, _tag.c.name, _tag.c.key, _tag.c.retired_at, _COUNT.label("tickets"))
        .where(_tag.c.key > after)
        .order_by(_tag.c.key)
        .limit(PAGE_SIZE + 1)
    )
    found = db.session.execute(rows).all()
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].key if len(found) > PAGE_SIZE else ""


def tickets_of(tag: Tag) -> int:
    """On how many tickets it is; MOST_COUNTED + 1 for more than that."""
    return db.session.scalar(select(_COUNT).select_from(_tag).where(_tag.c.id == tag.id)) or 0


def tag(tag_id: int) -> Tag:
    """The tag with this id. Raises NotFound."""
    found = db.session.get(Tag, tag_id) if 0 < tag_id <= MOST_ID else None
    if found is None:
        raise NotFound()
    return found
