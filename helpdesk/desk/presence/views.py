"""The frame of the desk: its menu with the counts, whether the agent takes chats, and who goes away with open chats."""

import re
from datetime import datetime, timedelta

from flask import Response, current_app, g, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.chat import service
from helpdesk.database import intend_to_write, now
from helpdesk.desk.chats import queries
from helpdesk.desk.chats import service as desk_chats
from helpdesk.desk.lists.filters import VIEWS
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.web.fragments import page_path, see_other, wants_fragment
from helpdesk.web.gate import requires

# What the menu can mark as the present place; an address may only name one of these.
PLACES = (
    "dashboard", "waiting", "own", "ended", *VIEWS, "views", "replies", "settings",
)  # fmt: skip
SAVED_VIEW = re.compile(r"view-[1-9][0-9]{0,9}")
# The pages on which the switch stands; a form that was refused leaves a longer address behind.
PAGES = re.compile(r"/desk(?:/tickets(?:/\d+)?|/chats(?:/\d+|/ended)?|/replies(?:/\d+|/new)?|/settings)?")
SIGN_OUTS = ("accounts.sign_out", "accounts.sign_out_everywhere")
SEEN_AFTER = timedelta(seconds=15)
# How long somebody without script is there after opening a page: nothing tells us how long they read and write.
PATIENCE = timedelta(minutes=4)


@bp.app_context_processor
def give_frame() -> dict[str, object]:
    """`desk_frame()` for the templates of the desk; asked once a page, and not at all by other pages."""
    return {"desk_frame": _frame}


def _frame() -> queries.Frame:
    if "desk_frame" not in g:
        g.desk_frame = queries.frame(current_user, at=now())
    return g.desk_frame


@bp.get("/nav")
@requires(Action.WORK_DESK)
def nav() -> BaseResponse | str:
    """The menu with fresh counts, for the page that it stands in (`here`)."""
    if not wants_fragment():
        return see_other(url_for(".index"))
    asked = request.args.get("here", "")
    known = asked in PLACES or SAVED_VIEW.fullmatch(asked)
    return render_template("desk/_nav.html", here=asked if known else "", in_fragment=True)


@bp.get("/availability")
@requires(Action.WORK_DESK)
def availability() -> str:
    """Asks once, before an agent goes away with open chats or signs out with them."""
    return render_template(
        "desk/availability.html", chats=queries.open_chats_of(current_user), leaves="leaves" in request.args
    )


@bp.post("/availability")
@requires(Action.WORK_DESK)
def set_availability() -> BaseResponse:
    """Takes chats from now on, or goes away. With open chats that is asked first."""
    takes_chats = request.form.get("available") == "yes"
    if not takes_chats and "sure" not in request.form and queries.open_chats_of(current_user):
        return see_other(url_for(".availability"))
    service.set_available(current_user, takes_chats, at=now())
    db.session.commit()
    return see_other(_back())


@bp.before_app_request
def go_away_at_sign_out() -> BaseResponse | None:
    """An agent who signs out goes away; with open chats they are asked first, and the answer is the page that asks.

    Here, because accounts know nothing of chats. Signing out commits both.
    """
    if request.method != "POST" or request.endpoint not in SIGN_OUTS or not getattr(current_user, "is_agent", False):
        return None
    if request.endpoint == SIGN_OUTS[0] and "sure" not in request.form and _frame().own:
        return see_other(url_for("desk.availability", leaves="yes"))
    if _frame().available or _frame().own:
        service.set_available(current_user, False, at=now())
    return None


@bp.get("/here")
@requires(Action.WORK_DESK)
def here() -> Response:
    """Asked, as a picture that nobody sees, by pages of the desk that have no script: their agent is there."""
    _remember(now() + PATIENCE)
    return current_app.response_class(status=204)


@bp.after_request
def remember_presence(response: Response) -> Response:
    """Who opens a page of the desk is there. Only for who takes chats, and not at every page."""
    frame: queries.Frame | None = g.pop("desk_frame", None)
    at = now()
    if frame and frame.available and frame.seen_at and frame.seen_at < at - SEEN_AFTER:
        _remember(at)
    return response


def _remember(at: datetime) -> None:
    db.session.rollback()
    intend_to_write()
    desk_chats.be_here(current_user, at=at)
    db.session.commit()


def _back() -> str:
    """Where the switch was pressed: the same page again, unless it is the one that asked."""
    found = PAGES.match(page_path() or "")
    return found[0] if found else url_for(".index")
