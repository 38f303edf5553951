"""The administrators' door to the audit log."""

from flask import Response, request
from flask_babel import get_timezone

from helpdesk.accounts import queries as accounts
from helpdesk.desk.admin.audit import labels, queries
from helpdesk.desk.views import bp
from helpdesk.ranks import Action
from helpdesk.tickets.paging import Cursor
from helpdesk.web.fragments import page_or_fragment
from helpdesk.web.gate import requires


@bp.get("/admin/audit")
@requires(Action.ADMINISTER)
def audit_log() -> Response:
    """Who did what to whom, the latest first."""
    kinds = labels.kinds()
    wanted = queries.Filter.read(request.args.to_dict(), kinds)
    page = queries.page(wanted, Cursor.read(request.args.get("page")), zone=str(get_timezone()))
    return page_or_fragment(
        "desk/admin/audit.html", "desk/admin/_audit.html", filter=wanted, page=page, kinds=kinds,
        team=accounts.agents(), command=queries.COMMAND, sentence=labels.sentence,
    )  # fmt: skip
