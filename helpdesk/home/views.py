"""Doors that belong to no feature: the start page, help, health."""

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from helpdesk.accounts.labels import rank_name
from helpdesk.extensions import db, limiter
from helpdesk.operating.readiness import is_ready
from helpdesk.refusals import RankTooLow
from helpdesk.web.fragments import see_other, wants_fragment
from helpdesk.web.gate import open_to_all
from helpdesk.web.refused import error_page

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to_all
def start() -> Response | str:
    """Members choose here what to do; the others are led on."""
    if not current_user.is_authenticated:
        return see_other(url_for("accounts.sign_in"))
    if current_user.is_agent:
        return see_other(url_for("desk.index"))
    return render_template("home/start.html")


@bp.get("/help")
@open_to_all
def help() -> str:
    """The guides, also for those who have not signed in yet."""
    return render_template("home/help.html", minimum_rank=current_app.config["RANKS"].minimum)


@bp.get("/healthz")
@limiter.exempt
@open_to_all
def health() -> Response:
    """Whether this process lives: asks nobody, and says only ok (T14)."""
    return jsonify(ok=True)


@bp.get("/readyz")
@limiter.exempt
@open_to_all
def ready() -> tuple[Response, int]:
    """Whether it can do its work: database, schema, disk; says only ok or not ok (T14)."""
    well = is_ready(current_app._get_current_object())  # type: ignore[attr-defined]
    return jsonify(ok=well), 200 if well else 503


def answer_rank_too_low(refusal: RankTooLow) -> Response:
    """A direct address shows a member below the rank the same start page, with its notice (ux.md, section 1.1)."""
    db.session.rollback()
    if wants_fragment():
        sentence = _(
            "Please note that this feature is only available to members of %(rank)s rank and above.",
            rank=minimum_rank_name(),
        )
        return error_page(403, sentence)
    return make_response(render_template("home/start.html", refused=True), 403)


def minimum_rank_name() -> str:
    """The lowest rank that opens Technical Issues, in the reader's language."""
    return rank_name(current_app.config["RANKS"].minimum)
