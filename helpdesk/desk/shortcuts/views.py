"""The help sheet of the desk's keys, as a page and for the dialog that "?" opens."""

from flask import Response
from flask_login import current_user

from helpdesk.accounts import agents
from helpdesk.desk.views import bp
from helpdesk.ranks import Action
from helpdesk.web.fragments import page_or_fragment
from helpdesk.web.gate import requires


@bp.get("/shortcuts")
@requires(Action.WORK_DESK)
def shortcuts() -> Response:
    """Every key with what it does, and whether they are on."""
    on = agents.profile(current_user.id).shortcuts
    return page_or_fragment("desk/shortcuts.html", "desk/_shortcuts.html", shortcuts_on=on)
