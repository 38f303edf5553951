"""The administrators' door to the rules: what the desk does by itself."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import now
from helpdesk.desk.admin.rules.forms import RulesForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.site import queries, service
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told

KEYS = ("auto_assign", "reminder_days", "auto_close_days")


@bp.route("/admin/rules", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def rules() -> BaseResponse:
    """Automatic assignment, the reminder and the automatic close."""
    if request.method == "GET":
        return _page(RulesForm(formdata=None, data={key: _typed(value) for key, value in _present().items()}))
    form = RulesForm()
    days = form.patience() if form.validate() else None
    if days is None:
        return _page(form, 422)
    _keep(dict(zip(KEYS, (bool(form.auto_assign.data), *days), strict=True)))
    db.session.commit()
    told(_("The rules have been saved and count at once."))
    return see_other(url_for(".rules"))


def _present() -> dict[str, object]:
    found = queries.values(*KEYS)
    return {key: found.get(key, 0) for key in KEYS}


def _typed(value: object) -> object:
    return value if isinstance(value, bool) else str(value)


def _keep(wanted: dict[str, object]) -> None:
    """Those that are other ones than before, each with its line in the audit log."""
    present, at = _present(), now()
    for key, value in wanted.items():
        if present[key] != value:
            service.set_value(key, value, by=current_user.id, at=at)
            service.record("rule_set", by=current_user.id, at=at, facts={"key": key, "value": value})


def _page(form: RulesForm, status: int = 200) -> Response:
    return make_response(render_template("desk/admin/rules.html", form=form), status)
