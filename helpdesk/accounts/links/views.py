"""Doors to a forgotten password: asking for a link by mail, and choosing a password with it."""

from flask import current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.accounts import labels, passwords, throttle
from helpdesk.accounts import service as accounts
from helpdesk.accounts.forms import ForgottenForm, NewPasswordForm
from helpdesk.accounts.links import service
from helpdesk.accounts.views import bp, own_words
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.refusals import Invalid, NotFound, TooMany
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import open_to_all
from helpdesk.web.refused import told


@bp.route("/forgotten-password", methods=["GET", "POST"])
@open_to_all
def forgotten() -> Response | tuple[str, int] | str:
    if not outbox.in_use():
        if request.method == "POST":
            raise NotFound()
        return render_template("accounts/forgotten.html")
    form, asked = ForgottenForm(), request.args.get("asked") == "yes"
    if form.validate_on_submit():
        name, source = form.username.data, request.remote_addr or ""
        limits = throttle.keys(name, source, current_app.config["SECRET_KEY"], purpose="reset")
        try:
            service.ask(name, browser=request.headers.get("User-Agent", ""), limits=limits, at=now())
        except TooMany as refusal:
            form.form_errors.append(labels.sentence(refusal))
            return render_template("accounts/ask_for_link.html", form=form), 429
        db.session.commit()
        return see_other(url_for(".forgotten", asked="yes"))
    page = render_template("accounts/ask_for_link.html", form=form, asked=asked, minutes=60 * accounts.RESET_HOURS)
    return (page, 422) if form.errors else page


@bp.route("/set-password/<token>", methods=["GET", "POST"])
@open_to_all
def set_password(token: str) -> Response:
    user = accounts.user_of_link(token, at=now())
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            words = own_words(user)
            db.session.rollback()
            passwords.check_strength(form.new_password.data, words=words)
            new_hash = passwords.hash_password(form.new_password.data)
        except Invalid as refusal:
            form.new_password.errors = [labels.sentence(refusal)]
        else:
            browser = request.headers.get("User-Agent", "")
            # The link is looked up again: another tab may have used it while the password was being hashed.
            accounts.set_password(accounts.user_of_link(token, at=now()), new_hash, at=now(), browser=browser)
            db.session.commit()
            told(_("Your password has been changed."))
            return see_other(url_for(".sign_in"))
    page = render_template(
        "accounts/set_password.html",
        form=form,
        username=accounts.user_of_link(token, at=now()).username,
        least_signs=passwords.LEAST_SIGNS,
    )
    response = make_response(page, 422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
