"""The page's own doors: it keeps what is being written, and says that somebody has the ticket open."""

from flask import make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.database import now
from helpdesk.desk.unsent import texts, viewers
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.tickets import queries as tickets
from helpdesk.web.fragments import see_other, wants_fragment
from helpdesk.web.gate import requires


@bp.post("/tickets/<int:number>/unsent")
@requires(Action.WORK_DESK)
def keep_unsent(number: int) -> BaseResponse:
    """Keeps what is being written, or forgets it when it was thrown away."""
    ticket = tickets.visible_ticket(current_user, number)
    thrown_away = bool(request.form.get("discard"))
    body = "" if thrown_away else request.form.get("body", "").replace("\r\n", "\n")
    mode, submission = texts.Mode.read(request.form.get("mode")), request.form.get("submission", "")
    texts.keep(ticket, body, mode, submission=submission, by=current_user, at=now())
    db.session.commit()
    return see_other(url_for(".show", number=number)) if thrown_away else make_response("", 204)


@bp.post("/tickets/<int:number>/viewing")
@requires(Action.WORK_DESK)
def view_ticket(number: int) -> BaseResponse:
    """A sign of life of the page: open, written in, or left. Answers with the colleagues who are there too."""
    ticket, doing = tickets.visible_ticket(current_user, number), request.form.get("doing", "")
    if doing == "leaving":
        viewers.leaves(ticket, by=current_user)
    else:
        viewers.sees(ticket, writing=doing == "writing", by=current_user, at=now())
    there = viewers.others(ticket, current_user, at=now())
    db.session.commit()
    if not wants_fragment():
        return see_other(url_for(".show", number=number))
    return make_response(render_template("desk/_viewers.html", ticket=ticket, viewers=there))
