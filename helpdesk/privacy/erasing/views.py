"""The administrators' door to the erasure of a member."""

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import connections
from helpdesk.accounts import queries
from helpdesk.accounts.models import User
from helpdesk.accounts.proving import proved_recently
from helpdesk.database import now
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.privacy.erasing import service
from helpdesk.privacy.forms import ErasureForm
from helpdesk.ranks import Action
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/members/<int:member_id>/erasure")
@requires(Action.ADMINISTER)
@proved_recently
def ask_member_erasure(member_id: int) -> Response:
    user = queries.user(member_id)
    return _page(user, ErasureForm(formdata=None).expect(user.username))


@bp.post("/members/<int:member_id>/erasure")
@requires(Action.ADMINISTER)
@proved_recently
def erase_member(member_id: int) -> BaseResponse:
    """The account is closed at once; its words are gone within minutes, by the rounds beside the server."""
    user = queries.user(member_id)
    form = ErasureForm().expect(user.username)
    if not form.validate():
        return _page(user, form)
    service.ask(user, by=current_user, at=now(), at_once=True)
    db.session.commit()
    connections.cut_person(user.id)
    told(_("The account is closed. Everything in it will be erased within a few minutes."))
    return see_other(url_for(".member", member_id=user.id))


def _page(user: User, form: ErasureForm) -> Response:
    html = render_template("privacy/member_erasure.html", user=user, form=form, erasure=service.of(user.id))
    return make_response(html, 422 if form.errors else 200)
