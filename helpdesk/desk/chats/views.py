"""The agents' doors to the chat: the queue, their chats, one conversation. Every verb is a form as well."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import queries as accounts
from helpdesk.chat import around, labels, paces, service
from helpdesk.chat import queries as all_chats
from helpdesk.chat.forms import SayForm
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import Party, State, Verb, may
from helpdesk.database import intend_to_write, now
from helpdesk.desk.chats import labels as words
from helpdesk.desk.chats import queries
from helpdesk.desk.chats import service as desk_chats
from helpdesk.desk.chats.lists import lists
from helpdesk.desk.queries import member_card
from helpdesk.desk.replies import labels as reply_words
from helpdesk.desk.replies import queries as replies
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.notices import views as notices
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound, Refusal
from helpdesk.tickets.paging import Cursor
from helpdesk.web import refused
from helpdesk.web.fragments import page_or_fragment, page_path, see_other, wants_fragment
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told


@bp.get("/chats")
@requires(Action.WORK_DESK)
def chat_list() -> Response:
    """Who waits, and the agent's own chats; asked again whenever the queue changes."""
    beside = typed_number(request.args.get("beside", ""))
    return page_or_fragment("desk/chats.html", "desk/_chats.html", **lists(current_user, at=now()), beside=beside)


@bp.get("/chats/own")
@requires(Action.WORK_DESK)
def own_chats() -> BaseResponse:
    """Into the agent's chats: the one with unread messages that has been open longest, or the first."""
    own = queries.own_chats(current_user)
    if not own:
        return see_other(url_for(".chat_list"))
    unread = [one for one in own if one.unread]
    return see_other(url_for(".chat", chat_id=(unread or own)[0].id, _anchor="body"))


@bp.get("/chats/ended")
@requires(Action.WORK_DESK)
def ended_chats() -> Response:
    """The chats that are over, page by page."""
    return page_or_fragment(
        "desk/ended.html", "desk/_ended.html", page=queries.ended(Cursor.read(request.args.get("page"))),
        in_words=words.language_in_words,
    )  # fmt: skip


@bp.get("/chats/<int:chat_id>")
@requires(Action.WORK_DESK)
def chat(chat_id: int) -> Response:
    notices.saw(chat_id=chat_id)
    found = all_chats.visible_chat(current_user, chat_id)
    if found.agent_id == current_user.id and found.agent_read_seq < found.last_seq:
        _read(chat_id, found.last_seq)
        found = all_chats.visible_chat(current_user, chat_id)
    return _chat_page(found)


@bp.get("/chats/<int:chat_id>/status")
@requires(Action.WORK_DESK)
def chat_status(chat_id: int) -> BaseResponse:
    """What stands above the conversation, for the page that it stands in; 204 while it is the same (`seen`)."""
    if not wants_fragment():
        return see_other(url_for(".chat", chat_id=chat_id))
    facts = _facts(all_chats.visible_chat(current_user, chat_id))
    if request.args.get("seen") == facts["seen"]:
        return make_response("", 204)
    return make_response(render_template("desk/_status.html", **facts, in_fragment=True))


@bp.post("/chats/<int:chat_id>/<any(claim, end, hand_back):verb>")
@requires(Action.WORK_DESK)
def move_chat(chat_id: int, verb: str) -> BaseResponse:
    """Accepts a waiting chat, ends one's own, or gives it back to the front of the queue."""
    found = all_chats.visible_chat(current_user, chat_id)
    do = {"claim": service.claim, "end": service.end, "hand_back": service.hand_back}[verb]
    try:
        do(found, by=current_user, at=now())
    except Refusal as refusal:
        return _somebody_was_faster(refusal)
    db.session.commit()
    if verb == "hand_back":
        told(_("The chat is back at the front of the queue."))
        return see_other(url_for(".chat_list"))
    return see_other(url_for(".chat", chat_id=chat_id, _anchor="body" if verb == "claim" else None))


@bp.post("/chats/<int:chat_id>/transfer")
@requires(Action.WORK_DESK)
def transfer_chat(chat_id: int) -> BaseResponse:
    agent_id = typed_number(request.form.get("agent", ""))
    if agent_id is None:
        raise NotFound()
    found, colleague = all_chats.visible_chat(current_user, chat_id), accounts.agent(agent_id)
    try:
        service.transfer(found, colleague, by=current_user, at=now())
    except Refusal as refusal:
        return _somebody_was_faster(refusal)
    db.session.commit()
    told(_("%(name)s has the chat now.", name=colleague.name))
    return see_other(url_for(".chat_list"))


@bp.post("/chats/<int:chat_id>/ticket")
@requires(Action.WORK_DESK)
def ask_for_ticket(chat_id: int) -> BaseResponse:
    """Answers in the member's language and gives them a ticket draft; who still waits is accepted with it."""
    found, language = all_chats.visible_chat(current_user, chat_id), request.form.get("language", "")
    try:
        desk_chats.ask_for_ticket(found, language, labels.ask_for_ticket(language), by=current_user, at=now())
    except Refusal as refusal:
        return _somebody_was_faster(refusal)
    db.session.commit()
    return see_other(url_for(".chat", chat_id=chat_id, _anchor="body"))


@bp.post("/chats/<int:chat_id>/messages")
@requires(Action.WORK_DESK)
def say_in_chat(chat_id: int) -> BaseResponse:
    """One message; or, by the other button and without script, a saved reply into what is being written."""
    found = all_chats.visible_chat(current_user, chat_id)
    form = SayForm()
    if "insert" in request.form:
        form.body.data = "\n".join(filter(None, [form.body.data, _chosen_reply(found)]))
        return _chat_page(found, form)
    try:
        if form.validate():
            paces.SAY.keep(current_user)
            service.say(found, form.body.data, client_id=form.client_id.data, by=current_user, at=now())
            db.session.commit()
            return see_other(url_for(".chat", chat_id=chat_id, _anchor="body"))
    except Refusal as refusal:
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        found = all_chats.visible_chat(current_user, chat_id)
    return _chat_page(found, form, 422)


@bp.post("/chats/<int:chat_id>/reading")
@requires(Action.WORK_DESK)
def read_chat(chat_id: int) -> BaseResponse:
    """The agent sees the conversation as far as `seq`."""
    seq = typed_number(request.form.get("seq", ""))
    if seq is None:
        raise NotFound()
    desk_chats.read(all_chats.visible_chat(current_user, chat_id), seq, by=current_user)
    db.session.commit()
    return make_response("", 204)


def _read(chat_id: int, seq: int) -> None:
    """Opening the page writes: a transaction of its own, begun as one that does."""
    db.session.rollback()
    intend_to_write()
    desk_chats.read(all_chats.visible_chat(current_user, chat_id), seq, by=current_user)
    db.session.commit()


def _somebody_was_faster(refusal: Refusal) -> BaseResponse:
    """What cannot be done any more is said on the page where it was tried, with everything as it now is."""
    db.session.rollback()
    told(refused.sentence(refusal), "warning")
    path = page_path() or ""
    return see_other(path if path == url_for(".index") else url_for(".chat_list"))


def _chosen_reply(found: Chat) -> str:
    typed, _dot, language = request.form.get("reply", "").partition(".")
    number = typed_number(typed)
    return "" if number is None else replies.text(number, language, reply_words.filled(found, current_user))


def _chat_page(found: Chat, form: SayForm | None = None, status: int = 200) -> Response:
    html = render_template(
        "desk/chat.html",
        form=form or SayForm(formdata=None),
        replies=replies.for_chat(found.language, reply_words.filled(found, current_user)),
        beside=found.id,
        **{**lists(current_user, at=now()), **around.conversation(found), **_facts(found)},
    )
    return make_response(html, status)


def _facts(found: Chat) -> dict[str, object]:
    """What stands above a conversation. `seen` is the same for as long as all of it is."""
    member, kept = member_card(found.member_id)
    party = service.party_of(found, current_user)
    mine = party is Party.AGENT and found.state == State.ACTIVE.value
    number = queries.ticket_of(found)
    facts = (found.state, found.agent_id, found.language, found.asked_in, found.submission, number, kept["open"])
    return {
        "chat": found,
        "mine": mine,
        "member": member,
        "kept": kept,
        "tickets": queries.tickets_in_hand(member.id),
        "agent": all_chats.agent_name(found),
        "verbs": {verb.value for verb in Verb if may(State(found.state), party, verb)},
        "colleagues": queries.colleagues(current_user, at=now()) if mine else [],
        "number": number,
        "seen": ".".join(str(fact) for fact in facts),
        "waited": words.waited,
        "in_words": words.language_in_words,
        "time_there": words.time_there(member.time_zone, now()),
        "at": now(),
    }
