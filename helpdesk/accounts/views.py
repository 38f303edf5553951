"""Doors of sign-in, sign-out, the profile and passwords."""

from datetime import datetime

from flask import Blueprint, current_app, g, make_response, render_template, request, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from helpdesk.accounts import labels, parking, passwords, proving, queries, service, sessions, throttle
from helpdesk.accounts.forms import PasswordForm, ProfileForm, SignInForm
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.accounts.second_step import service as second_step
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db, login_manager
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, TooMany
from helpdesk.web.fragments import local_path, see_other
from helpdesk.web.gate import open_to_all, requires
from helpdesk.web.language import cookie_language, cookie_zone, zones
from helpdesk.web.refused import told

bp = Blueprint("accounts", __name__)
# Where the cookie keeps the token of a sign-in under way.
SECOND_STEP = "second_step"


@login_manager.user_loader
def load_person(token: str) -> Person | None:
    """Whose session this is; asked once a request."""
    found = sessions.find(token, at=now())
    g.ended_for = found.ended_for or (found.person.id if found.person else None)
    g.touch_session = found.person.session_id if found.person and found.to_touch else None
    g.unread, g.newest_unread = found.unread, found.newest
    return found.person


@bp.after_app_request
def touch_session(response: Response) -> Response:
    """Remembers, at most every few minutes, that the session was used."""
    if g.get("touch_session"):
        db.session.rollback()
        intend_to_write()
        sessions.touch(g.touch_session, at=now())
        db.session.commit()
    return response


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> Response | tuple[str, int] | str:
    target = local_path(request.args.get("next")) or url_for("home.start")
    if current_user.is_authenticated:
        return see_other(target)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200
    try:
        user = _recognise(form.username.data, form.password.data, at=now())
    except (TooMany, Invalid) as refusal:
        form.form_errors.append(labels.sentence(refusal))
        status = 429 if isinstance(refusal, TooMany) else 422
        return render_template("accounts/sign_in.html", form=form), status
    if user.second_factor_at is not None and current_app.config["HELPDESK"].second_factor != "off":
        return _ask_for_second_step(user)
    begin_session(user)
    return see_other(target)


def _ask_for_second_step(user: User) -> Response:
    """The password was right, and that is not enough: nobody is signed in yet."""
    token = second_step.begin(user, at=now())
    session.clear()
    session[SECOND_STEP] = token
    db.session.commit()
    return see_other(url_for(".second_step", next=local_path(request.args.get("next"))))


def _recognise(name: str, password: str, *, at: datetime) -> User:
    """The account that name and password belong to. Raises Invalid or TooMany; takes as long for unknown names."""
    limits = throttle.keys(name, request.remote_addr or "", current_app.config["SECRET_KEY"])
    throttle.check(limits, at=at)
    found = queries.user_by_name(name[:254])
    stored, user_id = (found.password_hash, found.id) if found else (None, None)
    db.session.rollback()  # no transaction is held while the password is being hashed
    fits = passwords.matches(stored, password)
    new_hash = passwords.hash_password(password) if fits and passwords.is_outdated(stored or "") else None
    user = db.session.get(User, user_id) if fits else None
    if user is None or user.disabled_at is not None:
        throttle.count_failure(limits, at=at)
        db.session.commit()
        raise Invalid("sign_in_wrong")
    throttle.forgive(limits)
    user.password_hash = new_hash or user.password_hash
    return user


def begin_session(user: User) -> None:
    """Signs a person in who has shown all that they were asked for. Commits."""
    user.language = user.language or cookie_language()
    user.time_zone = user.time_zone or cookie_zone()
    sessions.forget_ended(at=now() - sessions.REMEMBERED)
    session.clear()
    person = sessions.start(user, browser=request.headers.get("User-Agent", ""), at=now())
    parking.remember_waiting(person)
    session.permanent = True
    login_user(person)
    db.session.commit()


@bp.post("/sign-out")
@open_to_all
def sign_out() -> Response:
    if current_user.is_authenticated:
        sessions.end(current_user.session_id, by=current_user)
        db.session.commit()
    return _signed_out()


@bp.post("/sign-out-everywhere")
@requires(Action.EDIT_PROFILE)
def sign_out_everywhere() -> Response:
    sessions.end_all(current_user.id)
    db.session.commit()
    return _signed_out()


def _signed_out() -> Response:
    logout_user()
    session.clear()
    told(_("You have signed out."))
    response = see_other(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.route("/profile", methods=["GET", "POST"])
@requires(Action.EDIT_PROFILE)
def profile() -> Response:
    form = _profile_form(queries.user(current_user.id))
    if not form.validate_on_submit():
        return _profile_page(form, PasswordForm(formdata=None))
    user = queries.user(current_user.id)
    service.edit_profile(
        user, name=form.name.data, language=form.language.data, time_zone=form.time_zone.data, theme=form.theme.data
    )
    db.session.commit()
    with force_locale(form.language.data):  # the next page is in the language that was just chosen
        told(_("Your settings have been saved."))
    return see_other(url_for(".profile"))


@bp.post("/profile/password")
@requires(Action.EDIT_PROFILE)
def change_password() -> Response:
    form = PasswordForm()
    if form.validate():
        try:
            _change_password(form)
        except Invalid as refusal:
            field = form.current_password if refusal.code == "password_wrong" else form.new_password
            field.errors = [labels.sentence(refusal)]
        else:
            told(_("Your password has been changed."))
            return see_other(url_for(".profile"))
    return _profile_page(_profile_form(queries.user(current_user.id), formdata=None), form)


def _change_password(form: PasswordForm) -> None:
    """Raises Invalid when the present password is wrong or the new one is weak, TooMany after too many tries."""
    words = own_words(queries.user(current_user.id))
    proving.check_password(form.current_password.data)
    passwords.check_strength(form.new_password.data, words=words)
    new_hash = passwords.hash_password(form.new_password.data)
    service.set_password(
        queries.user(current_user.id), new_hash, at=now(), browser=request.headers.get("User-Agent", ""),
        keep_session=current_user.session_id,
    )  # fmt: skip
    proving.keep_proof()
    db.session.commit()


@bp.post("/profile/sessions/end-others")
@requires(Action.SECURE_ACCOUNT)
def end_other_sessions() -> Response:
    """Offered after a change of what guards the account."""
    sessions.end_all(current_user.id, but=current_user.session_id)
    db.session.commit()
    told(_("You have been signed out on all other devices."))
    return see_other(url_for(".profile", _anchor="sessions"))


@bp.post("/profile/sessions/<int:session_id>/end")
@requires(Action.EDIT_PROFILE)
def end_session(session_id: int) -> Response:
    sessions.end(session_id, by=current_user)
    db.session.commit()
    told(_("The session has been ended."))
    return see_other(url_for(".profile", _anchor="sessions"))


def own_words(user: User) -> list[str]:
    """What a password of this person should not be made of."""
    return [user.username, user.email.split("@")[0], *user.name.split(), current_app.config["HELPDESK"].organisation]


def _profile_form(user: User, **options: object) -> ProfileForm:
    form = ProfileForm(obj=user, **options)
    form.time_zone.choices = [
        SelectChoice("", _("Same as this browser")),
        *(SelectChoice(zone, zone.replace("_", " ")) for zone in sorted(zones())),
    ]
    if form.language.data is None:
        form.language.data = cookie_language() or "en"
    if form.time_zone.data is None:
        form.time_zone.data = ""
    return form


def _profile_page(profile_form: ProfileForm, password_form: PasswordForm) -> Response:
    faulty = bool(profile_form.errors or password_form.errors)
    html = render_template(
        "accounts/profile.html", form=profile_form, password_form=password_form,
        sessions=sessions.of_person(current_user), least_signs=passwords.LEAST_SIGNS,
        two_step_offered=current_app.config["HELPDESK"].second_factor != "off",
    )  # fmt: skip
    return make_response(html, 422 if faulty else 200)


def remember_language(person: Person, code: str) -> None:
    """The language switcher's choice, kept in the account."""
    db.session.rollback()
    intend_to_write()
    service.choose_language(queries.user(person.id), code)
    db.session.commit()
