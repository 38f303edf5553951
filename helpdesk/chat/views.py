"""A member's doors to the chat. Every verb is a form as well, so that it works, by refresh, without script."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import parking
from helpdesk.chat import labels, messages, paces, queries, service, transcripts
from helpdesk.chat.forms import BeginForm, RatingForm, SayForm
from helpdesk.chat.hours import Hours
from helpdesk.chat.models import Chat
from helpdesk.chat.queue import Party, State, Verb, may
from helpdesk.database import now
from helpdesk.extensions import db, limiter
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, Refusal
from helpdesk.web import refused
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import person_or_source, requires
from helpdesk.web.refused import told

bp = Blueprint("chat", __name__, url_prefix="/chat")
BEGINS = "20 per hour"
TRANSCRIPTS = "5 per hour"


@bp.get("")
@requires(Action.OPEN_CHAT)
def index() -> Response | str:
    """The form, the queue, the conversation or its end: wherever this member is."""
    chat = queries.open_chat(current_user)
    if chat is None and "new" not in request.args:
        chat = queries.last_chat(current_user, since=now())
    if chat is not None:
        return _chat_page(chat)
    parked = parking.take(current_user)
    form = BeginForm(
        formdata=None, name=current_user.name, member_ref=current_user.member_id or "", email=current_user.email
    )
    form.restore(parked)
    return _begin_page(form)


@bp.post("")
@limiter.limit(BEGINS, key_func=person_or_source)
@requires(Action.OPEN_CHAT)
def begin() -> BaseResponse:
    form = BeginForm()
    if not form.validate() or not _is_open():
        return _begin_page(form, 422)
    service.begin(
        name=form.name.data,
        member_ref=form.member_ref.data,
        email=form.email.data,
        question=form.question.data,
        client_id=form.client_id.data,
        by=current_user,
        at=now(),
    )
    db.session.commit()
    return see_other(url_for(".index"))


@bp.get("/<int:chat_id>/status")
@requires(Action.OPEN_CHAT)
def status(chat_id: int) -> str:
    """What stands above the conversation, asked again whenever it may have changed."""
    chat = _own_chat(chat_id)
    return render_template("chat/_status.html", **_facts(chat), in_fragment=True)


@bp.post("/<int:chat_id>/messages")
@requires(Action.OPEN_CHAT)
def say(chat_id: int) -> BaseResponse:
    chat = _own_chat(chat_id)
    form = SayForm()
    try:
        if form.validate():
            paces.SAY.keep(current_user)
            service.say(chat, form.body.data, client_id=form.client_id.data, by=current_user, at=now())
            db.session.commit()
            return see_other(url_for(".index", _anchor="composer"))
    except Refusal as refusal:
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        chat = _own_chat(chat_id)
    return _chat_page(chat, form, 422)


@bp.post("/<int:chat_id>/<any(leave, resume, end):verb>")
@requires(Action.OPEN_CHAT)
def move(chat_id: int, verb: str) -> BaseResponse:
    """Leaves the queue, comes back to it, or ends the conversation; pressed twice, it is done once."""
    chat = _own_chat(chat_id)
    if may(State(chat.state), Party.MEMBER, Verb(verb)):
        {"leave": service.leave, "resume": service.resume, "end": service.end}[verb](chat, by=current_user, at=now())
        db.session.commit()
    return see_other(url_for(".index"))


@bp.post("/<int:chat_id>/rating")
@requires(Action.OPEN_CHAT)
def rate(chat_id: int) -> BaseResponse:
    chat = _own_chat(chat_id)
    form = RatingForm()
    typed = form.rating.data or ""
    try:
        service.rate(chat, int(typed) if typed in "12345" and typed else 0, form.comment.data or "", by=current_user)
    except Invalid as refusal:
        form.rating.errors = [refused.sentence(refusal)]
        return _chat_page(chat, status=422, rating=form)
    db.session.commit()
    told(_("Thank you for your answer."))
    return see_other(url_for(".index"))


@bp.post("/<int:chat_id>/transcript")
@limiter.limit(TRANSCRIPTS, key_func=person_or_source)
@requires(Action.OPEN_CHAT)
def transcript(chat_id: int) -> BaseResponse:
    """Sends the transcript to the account's own address; whatever address is asked for is not looked at."""
    transcripts.request(_own_chat(chat_id), by=current_user, at=now())
    db.session.commit()
    told(_("The transcript is on its way to %(email)s.", email=current_user.email))
    return see_other(url_for(".index"))


def _own_chat(chat_id: int) -> Chat:
    chat = queries.visible_chat(current_user, chat_id)
    if chat.member_id != current_user.id:
        raise NotFound()
    return chat


def _is_open() -> bool:
    hours: Hours = current_app.config["CHAT_HOURS"]
    return hours.is_open(now()) and queries.anybody_available(at=now())


def _begin_page(form: BeginForm, status: int = 200) -> Response:
    hours: Hours = current_app.config["CHAT_HOURS"]
    html = render_template(
        "chat/begin.html", form=form, is_open=_is_open(), hours=labels.hours_sentence(hours), typed=form.question.data
    )
    return make_response(html, status)


def _chat_page(
    chat: Chat, form: SayForm | None = None, status: int = 200, rating: RatingForm | None = None
) -> Response:
    html = render_template(
        "chat/show.html",
        form=form or SayForm(formdata=None),
        rows=messages.after(chat.id, 0),
        line=labels.line,
        lines=labels.lines(),
        **_facts(chat, rating),
    )
    return make_response(html, status)


def _facts(chat: Chat, rating: RatingForm | None = None) -> dict[str, Any]:
    waiting = chat.state == State.WAITING.value
    standing = queries.standing(chat, at=now()) if waiting else None
    return {
        "chat": chat,
        "standing": standing,
        "place": labels.place_sentence(standing) if standing else "",
        "agent": queries.agent_name(chat),
        "nobody_there": waiting and not _is_open(),
        "rating": rating or RatingForm(formdata=None),
        "transcript": transcripts.offer(chat, to=current_user, at=now()),
    }
