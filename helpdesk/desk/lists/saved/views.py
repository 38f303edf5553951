"""The agents' doors to saved views: all of them, one to make or change, what it shows, and taking one away."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import parking
from helpdesk.database import now
from helpdesk.desk.lists.saved import queries, service
from helpdesk.desk.lists.saved.forms import ViewForm
from helpdesk.desk.lists.views import MOST_ADDRESS, Asked
from helpdesk.desk.models import SavedView
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import TooMany
from helpdesk.web import refused
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/views")
@requires(Action.WORK_DESK)
def view_list() -> str:
    """The agent's own views and the shared ones."""
    return render_template("desk/views.html", may_change=queries.may_change)


@bp.route("/views/new", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def new_view() -> BaseResponse:
    """A name for what the list shows."""
    query = request.values.get("query", "")[:MOST_ADDRESS]
    form = ViewForm() if request.method == "POST" else ViewForm(formdata=None)
    if request.method == "GET":
        form.restore(parking.take(current_user))
        return _page(None, form, query)
    if not form.validate():
        return _page(None, form, query, 422)
    try:
        wanted = Asked.read_text(query).filter
        view = service.save(form.name.data, wanted, shared=form.shared.data, by=current_user, at=now())
    except TooMany as refusal:
        form.name.errors = [refused.sentence(refusal)]
        return _page(None, form, query, 422)
    db.session.commit()
    told(_("The view has been saved."))
    return see_other(_address(view))


@bp.route("/views/<int:view_id>", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def edit_view(view_id: int) -> BaseResponse:
    """Another name for a view, and whether the team sees it."""
    view = queries.changeable_view(current_user, view_id)
    if request.method == "GET":
        form = ViewForm(formdata=None, data={"name": view.name, "shared": view.shared})
        form.restore(parking.take(current_user))
        return _page(view, form, "")
    form = ViewForm()
    if not form.validate():
        return _page(view, form, "", 422)
    service.give_name(view, form.name.data, shared=form.shared.data, at=now())
    db.session.commit()
    told(_("The view has been saved."))
    return see_other(url_for(".view_list"))


@bp.post("/views/<int:view_id>/filter")
@requires(Action.WORK_DESK)
def show_in_view(view_id: int) -> BaseResponse:
    """The view shows what the list shows from now on."""
    view = queries.changeable_view(current_user, view_id)
    service.show(view, Asked.read_text(request.form.get("query", "")).filter, at=now())
    db.session.commit()
    told(_("The view has been saved."))
    return see_other(_address(view))


@bp.get("/views/<int:view_id>/removal")
@requires(Action.WORK_DESK)
def ask_view_removal(view_id: int) -> str:
    """Asks once, before a view goes."""
    return render_template("desk/view_removal.html", view=queries.changeable_view(current_user, view_id))


@bp.post("/views/<int:view_id>/removal")
@requires(Action.WORK_DESK)
def remove_view(view_id: int) -> BaseResponse:
    """The view goes, for everybody who sees it."""
    service.remove(queries.changeable_view(current_user, view_id))
    db.session.commit()
    told(_("The view has been deleted."))
    return see_other(url_for(".view_list"))


def _address(view: SavedView) -> str:
    return url_for("desk.ticket_list", view=view.id, **queries.address(view))


def _page(view: SavedView | None, form: ViewForm, query: str, status: int = 200) -> Response:
    html = render_template("desk/view.html", view=view, form=form, query=query)
    return make_response(html, status)
