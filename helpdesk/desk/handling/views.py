"""The agents' doors to what they set on a ticket: who looks after it, its priority, its tags."""

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import queries as accounts
from helpdesk.database import MOST_ID, now
from helpdesk.desk.tickets.forms import HandOverForm, TagForm
from helpdesk.desk.tickets.views import here, mentioned, ticket_page
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import AlreadyTaken, Invalid, NotFound
from helpdesk.tickets import handling, labels, service, teamwork
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.models import Tag
from helpdesk.tickets.priorities import Priority
from helpdesk.web import refused
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told


@bp.post("/tickets/<int:number>/assignment")
@requires(Action.WORK_DESK)
def assign(number: int) -> BaseResponse:
    """Gives the ticket to a colleague, to oneself or to nobody, with a note for them where there is one to write."""
    ticket, form = tickets.visible_ticket(current_user, number), HandOverForm()
    agent_id = typed_number(form.agent.data or "")
    if form.agent.data and agent_id is None:
        raise NotFound()
    agent = None if agent_id is None else accounts.agent(agent_id)
    if not form.validate():
        return ticket_page(ticket, status=422, hand_over=form)
    note = form.note.data
    teamwork.hand_over(
        ticket, agent, body=note, mentioned=mentioned(note), submission=form.submission.data or "", by=current_user,
        at=now(),
    )  # fmt: skip
    db.session.commit()
    told(_("Assigned to %(name)s.", name=agent.name) if agent else _("The ticket is not assigned to anybody now."))
    return see_other(here(number))


@bp.post("/tickets/<int:number>/taking")
@requires(Action.WORK_DESK)
def take(number: int) -> BaseResponse:
    """The agent takes a ticket that nobody looks after. Somebody faster is named."""
    ticket = tickets.visible_ticket(current_user, number)
    try:
        service.take(ticket, accounts.agent(current_user.id), by=current_user, at=now())
    except AlreadyTaken:
        raise AlreadyTaken("ticket_taken", name=tickets.assignee_name(ticket)) from None
    db.session.commit()
    told(_("You have taken the ticket."))
    return see_other(here(number))


@bp.post("/tickets/<int:number>/priority")
@requires(Action.WORK_DESK)
def set_priority(number: int) -> BaseResponse:
    """Sets how urgent the ticket is."""
    ticket, wanted = tickets.visible_ticket(current_user, number), request.form.get("priority", "")
    if wanted not in set(Priority):
        raise Invalid()
    handling.set_priority(ticket, wanted, by=current_user, at=now())
    db.session.commit()
    told(_("The priority is now “%(priority)s”.", priority=labels.priorities()[wanted]))
    return see_other(here(number))


@bp.post("/tickets/<int:number>/tags")
@requires(Action.WORK_DESK)
def add_tag(number: int) -> BaseResponse:
    """Puts a tag on the ticket by its name; a new name makes a new tag."""
    ticket, form = tickets.visible_ticket(current_user, number), TagForm()
    if not form.validate():
        return ticket_page(ticket, status=422, tag=form)
    try:
        tag = handling.tag_named(form.name.data)
        handling.add_tag(ticket, tag, by=current_user, at=now())
    except Invalid as refusal:
        form.name.errors = [refused.sentence(refusal)]
        db.session.rollback()
        return ticket_page(tickets.visible_ticket(current_user, number), status=422, tag=form)
    db.session.commit()
    told(_("The tag “%(name)s” has been added.", name=tag.name))
    return see_other(here(number))


@bp.post("/tickets/<int:number>/tags/<int:tag_id>/removal")
@requires(Action.WORK_DESK)
def remove_tag(number: int, tag_id: int) -> BaseResponse:
    """Takes a tag off the ticket."""
    ticket = tickets.visible_ticket(current_user, number)
    tag = db.session.get(Tag, tag_id) if 0 < tag_id <= MOST_ID else None
    if tag is None:
        raise NotFound()
    handling.remove_tag(ticket, tag, by=current_user, at=now())
    db.session.commit()
    told(_("The tag “%(name)s” has been removed.", name=tag.name))
    return see_other(here(number))
