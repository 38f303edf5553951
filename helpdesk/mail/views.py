"""Doors to what people are written about: their own page, and the one-click way out that each optional mail has."""

from flask import Blueprint, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts.models import User
from helpdesk.extensions import csrf, db, limiter
from helpdesk.mail import choices, labels, outbox, unsubscribing
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import open_to_all, requires
from helpdesk.web.language import cookie_language, locale_code, read_by
from helpdesk.web.refused import told

# A provider ends the mails of many people from few addresses.
ENDINGS = "120 per minute"

bp = Blueprint("mail", __name__)


@bp.route("/profile/mail", methods=["GET", "POST"])
@requires(Action.EDIT_PROFILE)
def choose() -> Response | str:
    open_to = choices.open_to(current_user, current_app.config["RANKS"])
    if request.method == "POST":
        choices.choose(current_user.id, open_to, on=request.form.getlist("kind"))
        db.session.commit()
        told(_("Your settings have been saved."))
        return see_other(request.path)
    return render_template(
        "mail/pages/choices.html", kinds={kind: labels.KINDS[kind] for kind in open_to},
        wanted=choices.wanted(current_user.id), is_sent=outbox.in_use(),
    )  # fmt: skip


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt
@open_to_all
@limiter.limit(ENDINGS)
def unsubscribe(token: str) -> Response:
    """RFC 8058: looking changes nothing, for programs follow links; a POST ends this kind, and the token is its right.

    No form secret and no session: it is the reader's mail program that sends it.
    """
    user_id, kind = unsubscribing.read(token)
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise NotFound()
    language, zone = user.language, user.time_zone
    if request.method == "POST":
        choices.choose(user_id, [kind], on=())
        db.session.commit()
    # Whoever comes out of their mail program is seldom signed in: then it is the account that says the language.
    chosen = locale_code() if current_user.is_authenticated or cookie_language() else language or locale_code()
    with read_by(chosen, zone):
        page = render_template("mail/pages/unsubscribe.html", kind=labels.KINDS[kind], ended=request.method == "POST")
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
