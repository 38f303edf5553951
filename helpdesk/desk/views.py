"""The agents' doors to one ticket and what an agent does with it."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectChoice

from helpdesk.accounts import parking
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.desk import queries
from helpdesk.desk.chats import queries as desk_chats
from helpdesk.desk.forms import AgentMessageForm, AssignmentForm
from helpdesk.extensions import db
from helpdesk.files import views as file_views
from helpdesk.notices import views as notices
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, Refusal
from helpdesk.tickets import changes, labels, lifecycle, service
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.web import refused
from helpdesk.web.fragments import page_or_fragment, see_other, wants_fragment
from helpdesk.web.gate import accepts_uploads, requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told

bp = Blueprint("desk", __name__, url_prefix="/desk")
VERBS: dict[str, tuple[Callable[..., None], Callable[[], str]]] = {
    Verb.REPLY.value: (service.reply_as_agent, lambda: _("Your reply has been sent.")),
    Verb.NOTE.value: (service.add_note, lambda: _("The note has been added.")),
    Verb.REQUEST_INFORMATION.value: (service.request_information, lambda: _("The request has been sent.")),
}


@bp.get("/tickets/<int:number>")
@requires(Action.WORK_DESK)
def show(number: int) -> Response:
    notices.saw(ticket_id=number - NUMBER_OFFSET)
    parked = parking.take(current_user)
    form = AgentMessageForm(formdata=None)
    form.restore(parked)
    return _ticket_page(tickets.visible_ticket(current_user, number), form)


@bp.get("/tickets/<int:number>/messages")
@requires(Action.WORK_DESK)
def messages(number: int) -> BaseResponse:
    """The thread by itself, for the page that refreshes it; 204 while nothing has been added."""
    ticket = tickets.visible_ticket(current_user, number)
    seen = f"{ticket.last_seq}"
    if not wants_fragment():
        return see_other(url_for(".show", number=number))
    if request.args.get("seen") == seen:
        return make_response("", 204)
    notices.saw(ticket_id=ticket.id)
    html = render_template(
        "desk/_thread.html", ticket=ticket, thread=tickets.thread(current_user, ticket), seen=seen, thread_alone=True
    )
    return make_response(html)


@bp.post("/tickets/<int:number>/messages")
@accepts_uploads
@requires(Action.WORK_DESK)
def write(number: int) -> BaseResponse:
    """A reply, a note, a request for information or closing words, by the button that was pressed."""
    ticket = tickets.visible_ticket(current_user, number)
    form = AgentMessageForm()
    problems = file_views.stage_sent(changes.staging(ticket.id, current_user.id))
    ticket = tickets.visible_ticket(current_user, number)
    if not form.validate() or problems:
        form.body.errors = [*form.body.errors, *problems]
        return _ticket_page(ticket, form, 422)
    try:
        sentence = _carry_out(ticket, request.form.get("verb", Verb.REPLY.value), form)
    except Invalid as refusal:
        form.body.errors = [refused.sentence(refusal)]
        return _ticket_page(ticket, form, 422)
    except Refusal as refusal:
        # The ticket has changed since the page was opened: what was written stays in its box.
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        return _ticket_page(tickets.visible_ticket(current_user, number), form, 409)
    db.session.commit()
    told(sentence)
    return see_other(url_for(".show", number=number))


def _carry_out(ticket: Ticket, verb: str, form: AgentMessageForm) -> str:
    """Does what the pressed button says and gives the sentence for it. Raises the rules' refusals."""
    body, submission = form.body.data, form.submission.data
    if verb == Verb.CLOSE.value:
        service.close(ticket, by=current_user, at=now(), body=body, submission=submission)
        return _("The ticket has been closed.")
    if verb not in VERBS:
        raise Invalid()
    if not body:
        raise Invalid("message_missing")
    do, sentence = VERBS[verb]
    do(ticket, body, submission=submission, by=current_user, at=now())
    return sentence()


@bp.post("/tickets/<int:number>/assignment")
@requires(Action.WORK_DESK)
def assign(number: int) -> BaseResponse:
    ticket = tickets.visible_ticket(current_user, number)
    typed = request.form.get("agent", "")
    agent_id = typed_number(typed)
    if typed and agent_id is None:
        raise NotFound()
    agent = None if agent_id is None else accounts.agent(agent_id)
    service.assign(ticket, agent, by=current_user, at=now())
    db.session.commit()
    told(_("Assigned to %(name)s.", name=agent.name) if agent else _("The ticket is not assigned to anybody now."))
    return see_other(url_for(".show", number=number))


@bp.post("/tickets/<int:number>/taking")
@requires(Action.WORK_DESK)
def take(number: int) -> BaseResponse:
    """The agent takes a ticket that nobody looks after. Somebody faster is named."""
    ticket = tickets.visible_ticket(current_user, number)
    service.take(ticket, accounts.agent(current_user.id), by=current_user, at=now())
    db.session.commit()
    told(_("You have taken the ticket."))
    return see_other(url_for(".show", number=number))


@bp.get("/tickets/<int:number>/files/<token>/<variant>")
@requires(Action.WORK_DESK)
def file(number: int, token: str, variant: str) -> Response:
    ticket = tickets.visible_ticket(current_user, number)
    return file_views.send(tickets.visible_file(current_user, ticket, token), variant)


def _ticket_page(ticket: Ticket, form: AgentMessageForm, status: int = 200) -> Response:
    owner, kept = queries.member_card(ticket.owner_id)
    return page_or_fragment(
        "desk/show.html", "desk/_ticket.html", status, ticket=ticket, form=form, owner=owner, kept=kept,
        title=labels.full_title(ticket.language, ticket.title), seen=f"{ticket.last_seq}",
        thread=tickets.thread(current_user, ticket), history=tickets.history(current_user, ticket),
        followed=tickets.number_of(ticket.follows_id), followers=tickets.followers(ticket),
        chat=desk_chats.chat_of(ticket), verbs=_verbs(ticket), assignment=_assignment_form(ticket, current_user),
        **file_views.picker_context(changes.staging(ticket.id, current_user.id), current_user.id),
    )  # fmt: skip


def _verbs(ticket: Ticket) -> set[str]:
    """What an agent can do with the ticket as it is: the page shows these buttons and no others."""
    return {verb.value for verb in Verb if lifecycle.may(Status(ticket.status), Party.AGENT, verb)}


def _assignment_form(ticket: Ticket, agent: Person) -> AssignmentForm:
    form = AssignmentForm(formdata=None)
    form.agent.choices = [
        SelectChoice("", _("Unassigned")),
        *(SelectChoice(str(user.id), user.name) for user in accounts.agents()),
    ]
    form.agent.data = str(ticket.assignee_id or "")
    return form
