"""The agents' doors to one ticket: its page, its thread, its files, and what is written in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectChoice

from helpdesk.accounts import parking
from helpdesk.accounts import queries as accounts
from helpdesk.accounts.models import User
from helpdesk.database import now
from helpdesk.desk.chats.labels import language_in_words
from helpdesk.desk.lists.choices import choices
from helpdesk.desk.lists.views import beside_ticket
from helpdesk.desk.replies import labels as reply_labels
from helpdesk.desk.replies import queries as replies
from helpdesk.desk.tickets import queries
from helpdesk.desk.tickets.around import Around, around
from helpdesk.desk.tickets.forms import AgentMessageForm, HandOverForm, TagForm
from helpdesk.desk.unsent import texts, viewers
from helpdesk.desk.unsent.texts import Mode
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.files import views as file_views
from helpdesk.notices import views as notices
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, Refusal
from helpdesk.tickets import changes, labels, lifecycle, service, teamwork
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.web import refused
from helpdesk.web.fragments import page_or_fragment, see_other, wants_fragment
from helpdesk.web.gate import accepts_uploads, requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told

FROM_SIGNS = 2000
SENTENCES: dict[str, Callable[[], str]] = {
    Verb.REPLY.value: lambda: _("Your reply has been sent."),
    Verb.NOTE.value: lambda: _("The note has been added."),
    Verb.REQUEST_INFORMATION.value: lambda: _("The request has been sent."),
    Verb.CLOSE.value: lambda: _("The ticket has been closed."),
}


@dataclass(frozen=True)
class Since:
    """What others have written since the page was opened, and which button was pressed when that came out."""

    seqs: tuple[int, ...]
    verb: str


@bp.get("/tickets/<int:number>")
@requires(Action.WORK_DESK)
def show(number: int) -> Response:
    """One ticket, with what this agent has not sent yet."""
    notices.saw(ticket_id=number - NUMBER_OFFSET)
    parked = parking.take(current_user)
    ticket = tickets.visible_ticket(current_user, number)
    form, there = AgentMessageForm(formdata=None), around(ticket, current_user, at=now())
    if waits := there.unsent:
        form.body.data, form.mode.data = waits.body, waits.mode.value
    form.restore({name: parked[name] for name in ("body", "mode", "submission") if parked.get(name)})
    return ticket_page(ticket, form, there=there, kept_at=waits.saved_at if waits else None)


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
    opened = typed_number(request.args.get("opened", "")) or ticket.last_seq
    html = render_template(
        "desk/_thread.html", ticket=ticket, thread=tickets.thread(current_user, ticket), seen=seen, opened=opened,
        since=queries.newer(ticket, current_user, opened), thread_alone=True,
    )  # fmt: skip
    return make_response(html)


@bp.post("/tickets/<int:number>/messages")
@accepts_uploads
@requires(Action.WORK_DESK)
def write(number: int) -> BaseResponse:
    """A reply, a note, a request for information or closing words, by the button that was pressed."""
    ticket = tickets.visible_ticket(current_user, number)
    form = AgentMessageForm()
    if request.form.get("insert"):
        return _insert(ticket, form)
    problems = file_views.stage_sent(changes.staging(ticket.id, current_user.id))
    ticket = tickets.visible_ticket(current_user, number)
    if not form.validate() or problems:
        form.body.errors = [*form.body.errors, *problems]
        return ticket_page(ticket, form, 422)
    verb = _verb(form)
    if since := _since(ticket, form, verb):
        return _ask_again(number, form, since)
    try:
        _carry_out(ticket, verb, form)
    except Invalid as refusal:
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        return ticket_page(tickets.visible_ticket(current_user, number), form, 422)
    except Refusal as refusal:
        # The ticket has changed since the page was opened: what was written stays in its box.
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        return ticket_page(tickets.visible_ticket(current_user, number), form, 409)
    texts.forget(ticket, by=current_user)
    viewers.stops_writing(ticket, by=current_user)
    db.session.commit()
    told(SENTENCES[verb]())
    return see_other(here(number))


def _insert(ticket: Ticket, form: AgentMessageForm) -> Response:
    """Without script: the page again, with the chosen saved reply at the end of what was written."""
    reply_id, _dot, code = request.form.get("saved_reply", "").partition(".")
    owner = accounts.user(ticket.owner_id)
    text = replies.text(typed_number(reply_id) or 0, code, reply_labels.for_member(owner.name, current_user))
    form.body.data = "\n".join(part for part in (form.body.data, text) if part)
    return ticket_page(ticket, form)


def _verb(form: AgentMessageForm) -> str:
    """The pressed button. What was written as a note stays one, whatever button a page may have sent."""
    return Verb.NOTE.value if form.mode.data == Mode.NOTE.value else request.form.get("verb", Verb.REPLY.value)


def _since(ticket: Ticket, form: AgentMessageForm, verb: str) -> Since | None:
    """What somebody else has written since this page was opened. A form that was taken already asks nothing."""
    seen = typed_number(form.seen.data or "")
    if seen is None or verb not in SENTENCES or changes.is_repeated(ticket, form.submission.data, current_user):
        return None
    seqs = queries.newer(ticket, current_user, seen)
    return Since(tuple(seqs), verb) if seqs else None


def _ask_again(number: int, form: AgentMessageForm, since: Since) -> Response:
    db.session.rollback()
    ticket = tickets.visible_ticket(current_user, number)
    form.mode.data = Mode.NOTE.value if since.verb == Verb.NOTE.value else Mode.REPLY.value
    return ticket_page(ticket, form, 409, since=since)


def _carry_out(ticket: Ticket, verb: str, form: AgentMessageForm) -> None:
    """Does what the pressed button says. Raises the rules' refusals."""
    body, words = form.body.data, {"submission": form.submission.data, "by": current_user, "at": now()}
    if verb not in SENTENCES:
        raise Invalid()
    if verb == Verb.CLOSE.value:
        service.close(ticket, body=body, **words)
        return
    if not body:
        raise Invalid("message_missing")
    if verb == Verb.NOTE.value:
        teamwork.note(ticket, body, mentioned=mentioned(f"{body} @{form.mention.data or ''}"), **words)
        return
    {Verb.REPLY.value: service.reply_as_agent, Verb.REQUEST_INFORMATION.value: service.request_information}[verb](
        ticket, body, **words
    )


def mentioned(body: str) -> list[User]:
    """Whom of the team a text calls."""
    return teamwork.called(body, accounts.agents()) if "@" in body else []


@bp.get("/tickets/<int:number>/files/<token>/<variant>")
@requires(Action.WORK_DESK)
def file(number: int, token: str, variant: str) -> Response:
    """A file of a ticket; those of notes too."""
    ticket = tickets.visible_ticket(current_user, number)
    return file_views.send(tickets.visible_file(current_user, ticket, token), variant)


def ticket_page(
    ticket: Ticket, form: AgentMessageForm | None = None, status: int = 200, *, since: Since | None = None,
    hand_over: HandOverForm | None = None, tag: TagForm | None = None, kept_at: object = None,
    there: Around | None = None,
) -> Response:  # fmt: skip
    """The page of a ticket, or its fragment: for its own door, and for those that have something to say on it."""
    form, team, verbs = form or AgentMessageForm(formdata=None), choices().team, _verbs(ticket)
    seen, there = f"{ticket.last_seq}", there or around(ticket, current_user, at=now())
    if status == 409 or not form.seen.data:
        # What is sent next is sent by somebody who has been shown the whole ticket.
        form.seen.data = seen
    form.mode.data = form.mode.data if Verb.REPLY.value in verbs else Mode.NOTE.value
    return page_or_fragment(
        "desk/show.html", "desk/_ticket.html", status, ticket=ticket, form=form, seen=seen, opened=form.seen.data,
        since=since, kept_at=kept_at, verbs=verbs, team=team, hand_over=_hand_over(ticket, hand_over, team),
        tag=tag or TagForm(formdata=None), from_list=request.args.get("from", "")[:FROM_SIGNS],
        assignee=next((user.name for user in team if user.id == ticket.assignee_id), None),
        **_facts(ticket, there), **({} if wants_fragment() else _beside(ticket)),
        **file_views.picker_context(there.staging, current_user.id, is_empty=not there.owner.has_staged),
    )  # fmt: skip


def _facts(ticket: Ticket, there: Around) -> dict[str, object]:
    """What is known of the ticket: the same for every agent who looks at it, but for who else is there."""
    owner, given = there.owner, reply_labels.for_member(there.owner.name, current_user)
    return {
        "title": labels.full_title(ticket.language, ticket.title), "card": queries.member_card(ticket, there),
        "owner": owner, "kept": there.kept,
        "thread": tickets.thread(current_user, ticket), "history": tickets.history(current_user, ticket),
        "followed": tickets.number_of(ticket.follows_id), "chat": owner.chat, "priorities": labels.priorities(),
        "suggested_tags": choices().tag_names, "in_words": language_in_words,
        **queries.related(ticket, current_user, there, at=now()),
        "replies": replies.for_ticket(ticket.language, given),
    }  # fmt: skip


def _beside(ticket: Ticket) -> dict[str, object]:
    """The column beside the ticket: the list that it was opened from, on the page that it had."""
    return beside_ticket(MultiDict(parse_qsl(request.args.get("from", "")[:FROM_SIGNS])), f"{ticket.number}")


def here(number: int) -> str:
    """The ticket's address, with the list that it was opened from."""
    came_from = request.args.get("from", "")[:FROM_SIGNS]
    return url_for("desk.show", number=number, **({"from": came_from} if came_from else {}))


def _verbs(ticket: Ticket) -> set[str]:
    """What an agent can do with the ticket as it is: the page shows these buttons and no others."""
    return {verb.value for verb in Verb if lifecycle.may(Status(ticket.status), Party.AGENT, verb)}


def _hand_over(ticket: Ticket, sent: HandOverForm | None, team: list[Row[Any]]) -> HandOverForm:
    form = sent or HandOverForm(formdata=None)
    form.agent.choices = [SelectChoice("", _("Unassigned")), *(SelectChoice(str(user.id), user.name) for user in team)]
    if sent is None:
        form.agent.data = str(ticket.assignee_id or "")
    return form
