"""The administrators' index. Importing it registers all doors of the administration."""

from flask import render_template

from helpdesk.desk.admin.audit import views as audit  # noqa: F401  importing it registers its doors
from helpdesk.desk.admin.hours import views as hours  # noqa: F401  the same
from helpdesk.desk.admin.members import views as members  # noqa: F401  the same
from helpdesk.desk.admin.rules import views as rules  # noqa: F401  the same
from helpdesk.desk.admin.tags import views as tags  # noqa: F401  the same
from helpdesk.desk.admin.targets import views as targets  # noqa: F401  the same
from helpdesk.desk.admin.team import views as team  # noqa: F401  the same
from helpdesk.desk.admin.texts import views as texts  # noqa: F401  the same
from helpdesk.desk.views import bp
from helpdesk.ranks import Action
from helpdesk.web.gate import requires


@bp.get("/admin")
@requires(Action.ADMINISTER)
def administration() -> str:
    """One line for each thing that administrators do."""
    return render_template("desk/admin/index.html")
