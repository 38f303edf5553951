"""The door at which people show again that it is them, before something sensitive."""

from flask import current_app, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk.accounts import labels, proving
from helpdesk.accounts.factors import queries
from helpdesk.accounts.forms import ConfirmForm
from helpdesk.accounts.passkeys.site import site_at
from helpdesk.accounts.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, TooMany
from helpdesk.web.fragments import local_path, see_other
from helpdesk.web.gate import requires


@bp.route("/confirm", methods=["GET", "POST"])
@requires(Action.SECURE_ACCOUNT)
def confirm() -> Response:
    target = local_path(request.args.get("next")) or url_for("home.start")
    form = ConfirmForm()
    if not form.validate_on_submit():
        return confirm_page(form, target, status=422 if form.is_submitted() else 200)
    try:
        proving.check_password(form.password.data)
    except Invalid as refusal:
        form.password.errors = [labels.sentence(refusal)]
        return confirm_page(form, target, status=422)
    except TooMany as refusal:
        form.form_errors.append(labels.sentence(refusal))
        return confirm_page(form, target, status=429)
    proving.keep_proof()
    db.session.commit()
    return see_other(target)


def refused_page(target: str) -> Response:
    """The same page as the answer to a change that was refused: what it is about, and that nothing has changed."""
    return confirm_page(ConfirmForm(formdata=None), target, status=403)


def confirm_page(form: ConfirmForm, target: str, *, status: int) -> Response:
    """The page with this form; 403: something was refused for want of a proof."""
    passkey = bool(current_user.second_factor and queries.passkeys(current_user.id)) and _passkeys_work()
    html = render_template("accounts/confirm.html", form=form, target=target, refused=status == 403, passkey=passkey)
    return make_response(html, status)


def _passkeys_work() -> bool:
    config = current_app.config["HELPDESK"]
    return config.second_factor != "off" and site_at(config, request.host) is not None
