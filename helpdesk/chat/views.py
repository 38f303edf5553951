"""The chat's page. The chat itself is not open yet: the page says so and offers the ticket form."""

from flask import Blueprint, render_template

from helpdesk.ranks import Action
from helpdesk.web.gate import requires

bp = Blueprint("chat", __name__)


@bp.get("/chat")
@requires(Action.OPEN_CHAT)
def index() -> str:
    return render_template("chat/index.html")
