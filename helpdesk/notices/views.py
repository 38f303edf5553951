"""The doors of the bell: what it has to say, and that it has been read. Everybody who is signed in has one."""

from flask import Blueprint, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts.sessions import MOST_UNREAD
from helpdesk.database import intend_to_read, intend_to_write, now
from helpdesk.extensions import db
from helpdesk.notices import queries, service
from helpdesk.notices.labels import sentence
from helpdesk.ranks import Action
from helpdesk.web.fragments import page_or_fragment, see_other, wants_fragment
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.app_context_processor
def give_bell() -> dict[str, object]:
    """`unread()` and `newest_unread()` for every page: they came with the session and cost no query."""
    return {
        "unread": _unread, "newest_unread": _newest_unread, "most_unread": MOST_UNREAD, "notice_sentence": sentence,
    }  # fmt: skip


def _unread() -> int:
    return int(g.get("unread", 0)) if current_user.is_authenticated else 0


def _newest_unread() -> int:
    return int(g.get("newest_unread", 0)) if current_user.is_authenticated else 0


def saw(*, ticket_id: int | None = None, chat_id: int | None = None) -> None:
    """The person has this ticket or chat before them: what the bell says of it is read.

    For the doors of its page, before they look anything up, because it commits. Costs nothing while the bell is silent.
    """
    if not _unread() or not queries.is_unread(current_user, ticket_id=ticket_id, chat_id=chat_id):
        return
    db.session.rollback()
    intend_to_write()
    read = service.read_about(ticket_id=ticket_id, chat_id=chat_id, by=current_user, at=now())
    db.session.commit()
    intend_to_read()
    # Where there were more than are counted, nobody knows how many are left.
    many = _unread() >= MOST_UNREAD
    g.unread = queries.unread(current_user, most=MOST_UNREAD) if many else max(0, _unread() - read)
    g.newest_unread = _newest_unread() if g.unread else 0


@bp.get("")
@requires(Action.EDIT_PROFILE)
def index() -> Response:
    before, after = (typed_number(request.args.get(name, "")) for name in ("before", "after"))
    page = queries.page(current_user, before=before, after=after)
    whole = "desk/notices.html" if current_user.is_agent else "notices/index.html"
    return page_or_fragment(whole, "notices/_notices.html", page=page)


@bp.get("/unread")
@requires(Action.EDIT_PROFILE)
def count() -> Response:
    """The number on the bell; 204 while it is the one that the page shows."""
    if not wants_fragment():
        return see_other(url_for(".index"))
    newest, seen = _newest_unread(), request.args.get("seen", "")
    if seen == f"{_unread()}.{newest}":
        return make_response("", 204)
    known = typed_number(seen.partition(".")[2]) or 0
    says = queries.last_to_show(current_user, after=known) if newest > known and current_user.is_agent else None
    return make_response(render_template("notices/_unread.html", bell_says=says))


@bp.get("/latest")
@requires(Action.EDIT_PROFILE)
def latest() -> Response:
    """The last few, for the menu that the bell opens."""
    if not wants_fragment():
        return see_other(url_for(".index"))
    return make_response(render_template("notices/_latest.html", last_notices=queries.latest(current_user)))


@bp.post("/reading")
@requires(Action.EDIT_PROFILE)
def read_all() -> Response:
    service.read_all(by=current_user, at=now())
    db.session.commit()
    told(_("All notifications are marked as read."))
    return see_other(url_for(".index"))


@bp.post("/<int:notice_id>/reading")
@requires(Action.EDIT_PROFILE)
def read(notice_id: int) -> Response:
    """One of the person's own is read, without going where it leads."""
    service.read_one(notice_id, by=current_user, at=now())
    db.session.commit()
    return see_other(url_for(".index"))
