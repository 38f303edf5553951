"""The team's doors to members, which agents read, and the administrators' doors to an account."""

import secrets

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import connections
from helpdesk.accounts import administration, finding, importing, queries, service
from helpdesk.accounts.labels import rank_name
from helpdesk.accounts.models import User
from helpdesk.accounts.proving import proved_recently
from helpdesk.database import now
from helpdesk.desk.admin.members.forms import RankForm
from helpdesk.desk.admin.members.queries import card
from helpdesk.desk.admin.team import service as team
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.ranks import Action
from helpdesk.web.fragments import page_or_fragment, see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told

# A link for a new account may travel for a week; one that replaces a password is used at once (trust.md, T53).
RESET_HOURS = 1


@bp.get("/members")
@requires(Action.WORK_DESK)
def member_list() -> Response:
    """Everybody with an account, found by what their name, address or member ID begins with."""
    typed = request.args.get("q", "")[: finding.MOST_SIGNS].strip()
    cursor = finding.Cursor.read(request.args.get("page", ""))
    return page_or_fragment(
        "desk/admin/members.html", "desk/admin/_members.html", typed=typed, page=finding.page(typed, cursor)
    )


@bp.get("/members/<int:member_id>")
@requires(Action.WORK_DESK)
def member(member_id: int) -> Response:
    return _page(queries.user(member_id))


@bp.post("/members/<int:member_id>/rank")
@requires(Action.ADMINISTER)
def set_rank(member_id: int) -> BaseResponse:
    user = queries.user(member_id)
    administration.set_rank(
        user, request.form.get("rank", ""), ranks=current_app.config["RANKS"], by=current_user, at=now()
    )
    db.session.commit()
    connections.cut_person(user.id)
    told(_("%(name)s has the rank %(rank)s now.", name=user.name, rank=rank_name(user.rank or "")))
    return _back(user)


@bp.post("/members/<int:member_id>/<any(disabling, enabling):verb>")
@requires(Action.ADMINISTER)
@proved_recently
def set_access(member_id: int, verb: str) -> BaseResponse:
    """Closes an account, or opens it again. What somebody of the team has in hand goes back to the others."""
    user = queries.user(member_id)
    if verb == "enabling":
        administration.enable(user, by=current_user, at=now())
        sentence = _("%(name)s can sign in again.", name=user.name)
    else:
        administration.disable(user, by=current_user, at=now())
        team.give_back(user, None, by=current_user, at=now())
        sentence = _("%(name)s can no longer sign in. All their sessions have ended.", name=user.name)
    db.session.commit()
    connections.cut_person(user.id)
    told(sentence)
    return _back(user)


@bp.post("/members/<int:member_id>/sign-out")
@requires(Action.ADMINISTER)
def sign_out_member(member_id: int) -> BaseResponse:
    user = queries.user(member_id)
    administration.sign_out(user, by=current_user, at=now())
    db.session.commit()
    connections.cut_person(user.id)
    told(_("%(name)s has been signed out everywhere.", name=user.name))
    return _back(user)


@bp.post("/members/<int:member_id>/second-step/reset")
@requires(Action.ADMINISTER)
@proved_recently
def reset_factors(member_id: int) -> BaseResponse:
    """As when somebody has lost their phone and their recovery codes: they sign in with the password alone again."""
    user = queries.user(member_id)
    administration.reset_factors(user, by=current_user, at=now())
    db.session.commit()
    connections.cut_person(user.id)
    told(_("%(name)s signs in with the password alone until they set up a second step again.", name=user.name))
    return _back(user)


@bp.post("/members/<int:member_id>/link")
@requires(Action.ADMINISTER)
@proved_recently
def send_link(member_id: int) -> BaseResponse:
    """A new link to set a password: by mail, or where the desk sends none, shown once to be handed over."""
    user, at = queries.user(member_id), now()
    if outbox.in_use():
        administration.note_link_sent(user, by=current_user, at=at)
        outbox.put("set_password", to=user.id, facts={}, key=f"set_password:{user.id}:{secrets.token_hex(8)}", at=at)
        db.session.commit()
        told(_("The link is on its way to %(email)s.", email=user.email))
        return _back(user)
    hours = service.LINK_HOURS if user.password_hash is None else RESET_HOURS
    token = administration.issue_link(user, by=current_user, at=at, hours=hours)
    db.session.commit()
    response = _page(user, link=importing.set_password_url(current_app.config["HELPDESK"].site, token))
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(user: User) -> BaseResponse:
    return see_other(url_for(".member", member_id=user.id))


def _page(user: User, *, link: str = "") -> Response:
    form = RankForm(formdata=None)
    form.offer(current_app.config["RANKS"].ladder)
    form.rank.data = user.rank
    html = render_template(
        "desk/admin/member.html", user=user, card=card(user, at=now()), form=form, link=link,
        sends_mail=outbox.in_use(), is_oneself=user.id == current_user.id,
    )  # fmt: skip
    return make_response(html)
