"""The agents' doors to the chat: the queue, their chats, one conversation. Every verb is a form as well."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import queries as accounts
from helpdesk.chat import labels, messages, paces, queries, service
from helpdesk.chat.forms import SayForm
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import State, Verb, may
from helpdesk.database import now
from helpdesk.desk.chats import service as handing_off
from helpdesk.desk.queries import member_card
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound, Refusal
from helpdesk.web import refused
from helpdesk.web.fragments import page_or_fragment, see_other
from helpdesk.web.gate import requires
from helpdesk.web.refused import told


@bp.get("/chats")
@requires(Action.WORK_DESK)
def chat_list() -> Response:
    """Who waits, and the agent's own chats; asked again whenever the queue changes."""
    return page_or_fragment("desk/chats.html", "desk/_chats.html", **_lists())


@bp.post("/availability")
@requires(Action.WORK_DESK)
def availability() -> BaseResponse:
    service.set_available(current_user, request.form.get("available") == "yes", at=now())
    db.session.commit()
    return see_other(url_for(".chat_list"))


@bp.get("/chats/<int:chat_id>")
@requires(Action.WORK_DESK)
def chat(chat_id: int) -> Response:
    return _chat_page(queries.visible_chat(current_user, chat_id))


@bp.post("/chats/<int:chat_id>/<any(claim, end, hand_back):verb>")
@requires(Action.WORK_DESK)
def move_chat(chat_id: int, verb: str) -> BaseResponse:
    """Accepts a waiting chat, ends one's own, or gives it back to the front of the queue."""
    found = queries.visible_chat(current_user, chat_id)
    {"claim": service.claim, "end": service.end, "hand_back": service.hand_back}[verb](found, by=current_user, at=now())
    db.session.commit()
    return see_other(url_for(".chat_list") if verb == "hand_back" else url_for(".chat", chat_id=chat_id))


@bp.post("/chats/<int:chat_id>/transfer")
@requires(Action.WORK_DESK)
def transfer_chat(chat_id: int) -> BaseResponse:
    typed = request.form.get("agent", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise NotFound()
    found = queries.visible_chat(current_user, chat_id)
    service.transfer(found, accounts.agent(int(typed)), by=current_user, at=now())
    db.session.commit()
    told(_("The chat has been transferred."))
    return see_other(url_for(".chat_list"))


@bp.post("/chats/<int:chat_id>/messages")
@requires(Action.WORK_DESK)
def say_in_chat(chat_id: int) -> BaseResponse:
    found = queries.visible_chat(current_user, chat_id)
    form = SayForm()
    try:
        if form.validate():
            paces.SAY.keep(current_user)
            service.say(found, form.body.data, client_id=form.client_id.data, by=current_user, at=now())
            db.session.commit()
            return see_other(url_for(".chat", chat_id=chat_id, _anchor="composer"))
    except Refusal as refusal:
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        found = queries.visible_chat(current_user, chat_id)
    return _chat_page(found, form, 422)


@bp.post("/chats/<int:chat_id>/ticket")
@requires(Action.WORK_DESK)
def ask_for_ticket(chat_id: int) -> BaseResponse:
    """Answers in the member's language and gives them a ticket draft with what they wrote."""
    found = queries.visible_chat(current_user, chat_id)
    language = request.form.get("language", "")
    handing_off.ask_for_ticket(found, language, labels.ask_for_ticket(language), by=current_user, at=now())
    db.session.commit()
    return see_other(url_for(".chat", chat_id=chat_id))


def _lists() -> dict[str, object]:
    return {
        "waiting": queries.waiting(),
        "own": queries.chats_of(current_user),
        "available": queries.is_available(current_user),
    }


def _chat_page(found: Chat, form: SayForm | None = None, status: int = 200) -> Response:
    member, kept = member_card(found.member_id)
    party = service.party_of(found, current_user)
    html = render_template(
        "desk/chat.html",
        chat=found,
        form=form or SayForm(formdata=None),
        rows=messages.after(found.id, 0),
        line=labels.line,
        lines=labels.lines(),
        member=member,
        kept=kept,
        agent=queries.agent_name(found),
        verbs={verb.value for verb in Verb if may(State(found.state), party, verb)},
        colleagues=[one for one in accounts.agents() if one.id != current_user.id],
        **_lists(),
    )
    return make_response(html, status)
