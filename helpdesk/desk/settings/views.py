"""The agents' door to their own settings."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import agents
from helpdesk.desk.settings.forms import SettingsForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.site import kept
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.route("/settings", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def settings() -> BaseResponse:
    """The languages that the agent writes, whether new tickets are given to them, and the shortcuts."""
    if request.method == "GET":
        form = SettingsForm(formdata=None)
        form.show(agents.profile(current_user.id))
        return _page(form)
    form = SettingsForm()
    if not form.validate():
        return _page(form, 422)
    agents.set_profile(
        current_user.id, languages=form.languages.data or (), takes_tickets=form.takes_tickets.data,
        shortcuts=form.shortcuts.data,
    )  # fmt: skip
    db.session.commit()
    told(_("Your settings have been saved."))
    return see_other(url_for(".settings"))


def _page(form: SettingsForm, status: int = 200) -> Response:
    html = render_template("desk/settings.html", form=form, site_gives=bool(kept.value("auto_assign")))
    return make_response(html, status)
