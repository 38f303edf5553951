"""Doors of the sign-in's second page: a code, a recovery code or a passkey, after the password was right."""

from flask import current_app, jsonify, make_response, render_template, request, session, url_for
from werkzeug.wrappers import Response

from helpdesk.accounts import labels, throttle
from helpdesk.accounts.factors import queries
from helpdesk.accounts.factors import service as factors
from helpdesk.accounts.factors.models import SecondStep
from helpdesk.accounts.factors.views import browser, unkept
from helpdesk.accounts.forms import CodeForm
from helpdesk.accounts.models import User
from helpdesk.accounts.passkeys import service as passkeys
from helpdesk.accounts.passkeys.views import attempts, check_passkey, known_site, passkey_site
from helpdesk.accounts.second_step import service
from helpdesk.accounts.views import SECOND_STEP, begin_session, bp
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.refusals import Invalid, NotSignedIn, TooMany
from helpdesk.web.fragments import local_path, see_other
from helpdesk.web.gate import open_to_all


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@open_to_all
def second_step() -> Response:
    """A code of the app, or a recovery code: whoever has it is signed in now, and not before."""
    try:
        row, user = _present()
    except NotSignedIn:
        return _from_the_beginning()
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form, user, status=422 if form.is_submitted() else 200)
    try:
        _check_code(user, form.code.data)
    except (Invalid, TooMany) as refusal:
        form.code.errors = [labels.sentence(refusal)]
        return _page(form, user, status=429 if isinstance(refusal, TooMany) else 422)
    return _signed_in(row, user)


@bp.post("/sign-in/passkey/options")
@open_to_all
def sign_in_options() -> Response:
    row, user = _present()
    options = passkeys.ask_to_sign(user.id, known_site(), holder=f"step {row.id}", verified=False, at=now())
    db.session.commit()
    return unkept(jsonify(options))


@bp.post("/sign-in/passkey")
@open_to_all
def sign_in_with_passkey() -> Response:
    try:
        row, user = _present()
    except NotSignedIn:
        return _from_the_beginning()
    try:
        check_passkey(user.id, user.username, holder=f"step {row.id}", verified=False)
    except (Invalid, TooMany) as refusal:
        form = CodeForm(formdata=None)
        form.form_errors.append(labels.sentence(refusal))
        return _page(form, user, status=429 if isinstance(refusal, TooMany) else 422)
    return _signed_in(row, user)


def _present() -> tuple[SecondStep, User]:
    """The sign-in that this browser is in the middle of. Raises NotSignedIn."""
    return service.find(session.get(SECOND_STEP, ""), at=now())


def _check_code(user: User, typed: str) -> None:
    """Raises Invalid for a code that does not fit or has been used, TooMany after too many tries."""
    limits, secret = attempts(user.username), str(current_app.config["SECRET_KEY"])
    throttle.check(limits, at=now())
    try:
        factors.check_code(user, typed, secret=secret, browser=browser(), at=now())
    except Invalid:
        throttle.count_failure(limits, at=now())
        db.session.commit()
        raise
    throttle.forgive(limits)


def _signed_in(row: SecondStep, user: User) -> Response:
    target = local_path(request.args.get("next")) or url_for("home.start")
    service.finish(row)
    begin_session(user)
    return see_other(target)


def _from_the_beginning() -> Response:
    """There is no sign-in under way, or it took too long."""
    return see_other(url_for(".sign_in", next=local_path(request.args.get("next"))))


def _page(form: CodeForm, user: User, *, status: int) -> Response:
    found = queries.factors(user.id)
    html = render_template(
        "accounts/second_step.html", form=form, has_app=found.app is not None, codes=found.codes,
        has_passkeys=bool(found.passkeys) and passkey_site() is not None,
        recovery=request.args.get("way") == "recovery" or (found.app is None and passkey_site() is None),
        target=local_path(request.args.get("next")),
    )  # fmt: skip
    return unkept(make_response(html, status))
