"""The team's doors to taking a passage or files out of a ticket or a chat: named first, shown, then confirmed."""

from collections.abc import Callable

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.chat import queries as chats
from helpdesk.chat.models import Chat
from helpdesk.database import now
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.privacy.forms import RemovalForm
from helpdesk.privacy.labels import SENTENCES
from helpdesk.privacy.redaction import service
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.models import Ticket
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/tickets/<int:number>/removal")
@requires(Action.WORK_DESK)
def ask_removal(number: int) -> Response:
    return _ticket_page(tickets.visible_ticket(current_user, number), RemovalForm(formdata=None))


@bp.post("/tickets/<int:number>/removal")
@requires(Action.WORK_DESK)
def remove_words(number: int) -> BaseResponse:
    """Without `confirmed` it shows what would go; with it, it goes."""
    ticket, form = tickets.visible_ticket(current_user, number), RemovalForm()
    passage, chosen = form.passage.data or "", form.files.data or []
    try:
        places = service.in_ticket(ticket, passage) if passage or not chosen else 0
        picked = service.chosen_files(ticket, chosen) if chosen else []
    except Invalid as refusal:
        return _ticket_page(ticket, _wrong(form, refusal))
    if "confirmed" not in request.form:
        return _ticket_page(ticket, form, places=places, picked=picked)
    if picked:
        service.remove_files(ticket, chosen, by=current_user, at=now())
    if places:
        service.remove_from_ticket(ticket, passage, by=current_user, at=now())
    db.session.commit()
    current_app.extensions["pieces"].forget_all()
    told(_("It has been removed. The ticket’s history says who did it, not what it was."))
    return see_other(url_for(".show", number=ticket.number))


@bp.get("/chats/<int:chat_id>/removal")
@requires(Action.WORK_DESK)
def ask_chat_removal(chat_id: int) -> Response:
    return _chat_page(chats.visible_chat(current_user, chat_id), RemovalForm(formdata=None))


@bp.post("/chats/<int:chat_id>/removal")
@requires(Action.WORK_DESK)
def remove_said(chat_id: int) -> BaseResponse:
    """The same for a chat, which has no files."""
    chat, form = chats.visible_chat(current_user, chat_id), RemovalForm()
    passage = form.passage.data or ""
    try:
        places = service.in_chat(chat, passage)
    except Invalid as refusal:
        return _chat_page(chat, _wrong(form, refusal))
    if "confirmed" not in request.form:
        return _chat_page(chat, form, places=places)
    service.remove_from_chat(chat, passage, by=current_user, at=now())
    db.session.commit()
    current_app.extensions["pieces"].forget_all()
    told(_("It has been removed. The log of the administration says who did it, not what it was."))
    return see_other(url_for(".chat", chat_id=chat.id))


def _wrong(form: RemovalForm, refusal: Invalid) -> RemovalForm:
    sentence: Callable[[Invalid], str] = SENTENCES[refusal.code]
    field = form.files if refusal.code == "file_missing" else form.passage
    field.errors = [sentence(refusal)]
    return form


def _ticket_page(ticket: Ticket, form: RemovalForm, **found: object) -> Response:
    return _page(
        form, back=url_for(".show", number=ticket.number), here=url_for(".remove_words", number=ticket.number),
        what=_("Ticket no. %(number)s", number=ticket.number), language=ticket.language,
        files=service.files_of(ticket), in_ticket=True, **found,
    )  # fmt: skip


def _chat_page(chat: Chat, form: RemovalForm, **found: object) -> Response:
    return _page(
        form, back=url_for(".chat", chat_id=chat.id), here=url_for(".remove_said", chat_id=chat.id),
        what=_("Chat with %(name)s", name=chat.name), language="en", files=(), in_ticket=False, **found,
    )  # fmt: skip


def _page(form: RemovalForm, **facts: object) -> Response:
    return make_response(render_template("privacy/removal.html", form=form, **facts), 422 if form.errors else 200)
