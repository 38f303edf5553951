"""Doors to passkeys: adding and removing one's own, and proving with one before something sensitive.

What a browser is to sign is asked for by script (`…/options`); its answer comes as an ordinary form.
"""

from flask import current_app, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts import labels, proving, throttle
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.confirming.views import confirm_page
from helpdesk.accounts.factors import service as factors
from helpdesk.accounts.factors.views import added, browser, must_keep_one, two_step_page, unkept
from helpdesk.accounts.forms import ConfirmForm, PasskeyForm
from helpdesk.accounts.passkeys import service
from helpdesk.accounts.passkeys.service import Site
from helpdesk.accounts.passkeys.site import site_at
from helpdesk.accounts.proving import proved_recently, where_offered
from helpdesk.accounts.views import bp
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, Refusal, TooMany, WrongState
from helpdesk.web.fragments import local_path, see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


def passkey_site() -> Site | None:
    """For whom passkeys are at this address; None where they do not work."""
    return site_at(current_app.config["HELPDESK"], request.host)


def known_site() -> Site:
    """The same as `passkey_site`. Raises NotFound where they do not work."""
    found = passkey_site()
    if found is None:
        raise NotFound()
    return found


def attempts(username: str) -> dict[str, throttle.Limit]:
    """What limits tries of the second step: as those of the password, counted apart from them."""
    return throttle.keys(username, request.remote_addr or "", current_app.config["SECRET_KEY"], purpose="factor")


@bp.post("/profile/two-step/passkeys/options")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def new_passkey_options() -> Response:
    user = accounts.user(current_user.id)
    secret = str(current_app.config["SECRET_KEY"])
    options = service.ask_for_new(user, known_site(), holder=_adding(), secret=secret, at=now())
    db.session.commit()
    return unkept(jsonify(options))


@bp.post("/profile/two-step/passkeys")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def add_passkey() -> Response:
    user, form, site = accounts.user(current_user.id), PasskeyForm(), known_site()
    if not form.validate():
        return two_step_page(form)
    try:
        made = service.check_new(form.credential.data, site, holder=_adding(), name=form.name.data, at=now())
        factors.add_passkey(user, made, browser=browser(), at=now())
    except (Invalid, WrongState) as refusal:
        db.session.commit()  # what was asked has been answered, rightly or not
        form.form_errors.append(labels.sentence(refusal))
        return two_step_page(form)
    return added(user, _("The passkey has been added."))


@bp.post("/profile/two-step/passkeys/<int:passkey_id>/removal")
@requires(Action.SECURE_ACCOUNT)
@where_offered
@proved_recently
def remove_passkey(passkey_id: int) -> Response:
    user = accounts.user(current_user.id)
    factors.remove_passkey(user, passkey_id, must_keep_one=must_keep_one(), browser=browser(), at=now())
    db.session.commit()
    told(_("The passkey has been removed."))
    return see_other(url_for(".two_step", changed="yes"))


@bp.post("/confirm/passkey/options")
@requires(Action.SECURE_ACCOUNT)
@where_offered
def confirm_options() -> Response:
    site = known_site()
    options = service.ask_to_sign(current_user.id, site, holder=_confirming(), verified=True, at=now())
    db.session.commit()
    return unkept(jsonify(options))


@bp.post("/confirm/passkey")
@requires(Action.SECURE_ACCOUNT)
@where_offered
def confirm_with_passkey() -> Response:
    """Proves with a passkey instead of the password, and only with a finger, a face or a PIN: no mere touch."""
    target = local_path(request.args.get("next")) or url_for("home.start")
    try:
        check_passkey(current_user.id, current_user.username, holder=_confirming(), verified=True)
    except Refusal as refusal:
        if not isinstance(refusal, Invalid | TooMany):
            raise
        form = ConfirmForm(formdata=None)
        form.form_errors.append(labels.sentence(refusal))
        return confirm_page(form, target, status=429 if isinstance(refusal, TooMany) else 422)
    proving.keep_proof()
    db.session.commit()
    return see_other(target)


def check_passkey(user_id: int, username: str, *, holder: str, verified: bool) -> None:
    """Raises Invalid unless a passkey has signed what `holder` was asked, TooMany after too many tries."""
    limits, credential = attempts(username), request.form.get("credential", "")
    throttle.check(limits, at=now())
    try:
        service.check_signed(credential, user_id, known_site(), holder=holder, verified=verified, at=now())
    except Invalid:
        throttle.count_failure(limits, at=now())
        db.session.commit()
        raise
    throttle.forgive(limits)


def _adding() -> str:
    return f"add {current_user.session_id}"


def _confirming() -> str:
    return f"confirm {current_user.session_id}"
