"""The administrators' door to the targets."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import now
from helpdesk.desk.admin.targets import service
from helpdesk.desk.admin.targets.forms import TargetsForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.tickets.priorities import Priority
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.route("/admin/targets", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def targets() -> BaseResponse:
    """Within how long tickets are to be answered, by priority."""
    if request.method == "GET":
        form = TargetsForm(formdata=None)
        for priority in Priority:
            form.show(priority, service.present(priority))
        return _page(form)
    form = TargetsForm()
    if not form.validate():
        return _page(form, 422)
    service.set_targets(form.targets, by=current_user, at=now())
    db.session.commit()
    told(_("The targets have been saved. The deadlines of open tickets follow within a minute."))
    return see_other(url_for(".targets"))


def _page(form: TargetsForm, status: int = 200) -> Response:
    return make_response(render_template("desk/admin/targets.html", form=form, priorities=list(Priority)[::-1]), status)
