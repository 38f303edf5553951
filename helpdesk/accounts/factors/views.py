"""Doors to one's own second step: the page about it, an authenticator app, recovery codes."""

import io

import segno
from flask import current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts import labels
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.factors import queries, service, totp
from helpdesk.accounts.forms import CodeForm, PasskeyForm
from helpdesk.accounts.models import User
from helpdesk.accounts.passkeys.site import address, site_at
from helpdesk.accounts.proving import proved_recently, where_offered
from helpdesk.accounts.views import bp
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, WrongState
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import lacks_factor, requires
from helpdesk.web.refused import told


@bp.get("/profile/two-step")
@requires(Action.SECURE_ACCOUNT)
@where_offered
def two_step() -> Response:
    """What somebody signs in with besides their password."""
    return two_step_page()


@bp.post("/profile/two-step/app")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def begin_app() -> Response:
    service.begin_app(accounts.user(current_user.id), secret=_secret())
    db.session.commit()
    return see_other(url_for(".set_up_app"))


@bp.get("/profile/two-step/app")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def set_up_app() -> Response:
    """The key of an app that is being set up: as a picture, as text, and a field for its first code."""
    if service.key_being_set_up(current_user.id, secret=_secret()) is None:
        return see_other(url_for(".two_step"))
    return _app_page(CodeForm(formdata=None))


@bp.post("/profile/two-step/app/code")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def finish_app() -> Response:
    user, form = accounts.user(current_user.id), CodeForm()
    if service.key_being_set_up(user.id, secret=_secret()) is None:
        return see_other(url_for(".two_step"))
    if not form.validate():
        return _app_page(form)
    try:
        service.finish_app(user, form.code.data, secret=_secret(), browser=browser(), at=now())
    except Invalid as refusal:
        form.code.errors = [labels.sentence(refusal)]
        return _app_page(form)
    return added(user, _("The authenticator app has been added."))


@bp.get("/profile/two-step/app/key.svg")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def app_key() -> Response:
    """The key as a picture that a phone reads. It is nobody's to keep."""
    key = service.key_being_set_up(current_user.id, secret=_secret())
    if key is None:
        raise NotFound()
    site = current_app.config["HELPDESK"].site_name
    picture = io.BytesIO()
    words = totp.address(key, account=current_user.username, site=site)
    # Black on white in the dark theme too: phones do not read the opposite.
    segno.make(words, error="m", micro=False).save(picture, kind="svg", scale=4, border=4, light="#fff")
    response = make_response(picture.getvalue())
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return unkept(response)


@bp.post("/profile/two-step/app/removal")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def remove_app() -> Response:
    user = accounts.user(current_user.id)
    service.remove_app(user, must_keep_one=must_keep_one(), browser=browser(), at=now())
    db.session.commit()
    told(_("The authenticator app has been removed."))
    return see_other(url_for(".two_step", changed="yes"))


@bp.post("/profile/two-step/codes")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def new_codes() -> Response:
    """Ten new recovery codes, shown in this answer and never again."""
    user = accounts.user(current_user.id)
    if user.second_factor_at is None:
        raise WrongState("factor_none", name=user.name)
    return codes_page(user)


def added(user: User, sentence: str) -> Response:
    """The answer to a factor that was added: with the first one come the recovery codes. Commits."""
    if queries.factors(user.id).codes == 0:
        return codes_page(user, sentence)
    db.session.commit()
    told(sentence)
    return see_other(url_for(".two_step", changed="yes"))


def codes_page(user: User, sentence: str = "") -> Response:
    """New recovery codes, made and shown here. Commits."""
    made = service.new_codes(user, at=now())
    db.session.commit()
    return unkept(make_response(render_template("accounts/recovery_codes.html", codes=made, sentence=sentence)))


def two_step_page(passkey: PasskeyForm | None = None) -> Response:
    """The page about one's second step, with the form for a passkey as it was sent."""
    form, config = passkey or PasskeyForm(formdata=None), current_app.config["HELPDESK"]
    html = render_template(
        "accounts/two_step.html", factors=queries.factors(current_user.id), form=form, required=must_keep_one(),
        lacking=lacks_factor(current_user), changed=request.args.get("changed") == "yes",
        passkeys_here=site_at(config, request.host) is not None, passkeys_at=address(config),
    )  # fmt: skip
    return make_response(html, 422 if form.errors else 200)


def must_keep_one() -> bool:
    """Whether the site demands a second factor of this person."""
    return bool(current_user.is_agent and current_app.config["FACTOR_REQUIRED"])


def browser() -> str:
    """What the browser calls itself, for the mail about it."""
    return request.headers.get("User-Agent", "")[:200]


def unkept(response: Response) -> Response:
    """What no browser and no proxy keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _app_page(form: CodeForm) -> Response:
    key = service.key_being_set_up(current_user.id, secret=_secret()) or ""
    site = current_app.config["HELPDESK"].site_name
    html = render_template(
        "accounts/two_step_app.html", form=form, key=totp.grouped(key), lacking=lacks_factor(current_user),
        address=totp.address(key, account=current_user.username, site=site),
    )  # fmt: skip
    return unkept(make_response(html, 422 if form.errors else 200))
