"""The administrators' doors to the team: who is in it, what each is, how each works."""

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import connections
from helpdesk.accounts import administration
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.labels import role_name
from helpdesk.accounts.models import User
from helpdesk.accounts.proving import proved_recently
from helpdesk.database import now
from helpdesk.desk.admin.team import queries, service
from helpdesk.desk.admin.team.forms import ColleagueForm, RoleForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action, Role
from helpdesk.site import kept
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told


@bp.get("/admin/team")
@requires(Action.ADMINISTER)
def team() -> str:
    return render_template("desk/admin/team.html", colleagues=queries.colleagues(), auto=kept.value("auto_assign"))


@bp.get("/admin/team/<int:member_id>")
@requires(Action.ADMINISTER)
def colleague(member_id: int) -> Response:
    return _page(accounts.user(member_id))


@bp.post("/admin/team/<int:member_id>/role")
@requires(Action.ADMINISTER)
@proved_recently
def set_role(member_id: int) -> BaseResponse:
    """Makes somebody an agent, an administrator or a member. Who leaves the team leaves their work to the others."""
    user = accounts.user(member_id)
    form = _role_form(user, sent=True)
    if not form.validate():
        return _page(user, form, status=422)
    heir_id = typed_number(form.heir.data or "")
    role = Role(form.role.data)
    administration.set_role(user, role, by=current_user, at=now())
    if role is Role.MEMBER:
        service.give_back(user, accounts.agent(heir_id) if heir_id else None, by=current_user, at=now())
    db.session.commit()
    connections.cut_person(user.id)
    told(_("%(name)s is now: %(role)s.", name=user.name, role=role_name(role)))
    return see_other(url_for(".colleague", member_id=user.id))


@bp.post("/admin/team/<int:member_id>/work")
@requires(Action.ADMINISTER)
def set_work(member_id: int) -> BaseResponse:
    """The languages that somebody of the team writes, and whether new tickets are given to them."""
    user = accounts.agent(member_id)
    form = ColleagueForm()
    if not form.validate():
        return _page(user, work=form, status=422)
    service.set_work(
        user, languages=form.languages.data or [], takes_tickets=form.takes_tickets.data, by=current_user, at=now()
    )
    db.session.commit()
    told(_("The changes have been saved."))
    return see_other(url_for(".colleague", member_id=user.id))


def _role_form(user: User, *, sent: bool = False) -> RoleForm:
    form = RoleForm() if sent else RoleForm(formdata=None, role=user.role, heir="")
    form.offer([other for other in accounts.agents() if other.id != user.id])
    return form


def _page(
    user: User, form: RoleForm | None = None, *, work: ColleagueForm | None = None, status: int = 200
) -> Response:
    one = queries.colleague(user)
    work = work or ColleagueForm(formdata=None, languages=list(one.languages), takes_tickets=one.takes_tickets)
    html = render_template(
        "desk/admin/colleague.html", user=user, colleague=one, form=form or _role_form(user), work=work,
        chats=service.chats_in_hand(user), is_oneself=user.id == current_user.id, auto=kept.value("auto_assign"),
    )  # fmt: skip
    return make_response(html, status)
