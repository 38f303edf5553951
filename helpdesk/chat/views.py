"""A member's doors to the chat. Every verb is a form as well, so that it works, by refresh, without script."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import languages
from helpdesk.accounts import parking
from helpdesk.chat import around, detect, handover, labels, paces, presence, queries, service, transcripts
from helpdesk.chat.forms import BeginForm, RatingForm, SayForm
from helpdesk.chat.models import Chat
from helpdesk.chat.opening import hours_now
from helpdesk.chat.queue import Party, State, Verb, may
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db, limiter
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, Refusal
from helpdesk.submission import service as drafts
from helpdesk.submission import steps
from helpdesk.submission.models import Draft
from helpdesk.submission.steps import DESCRIPTION_SIGNS
from helpdesk.tickets import queries as tickets
from helpdesk.web import refused
from helpdesk.web.forms import many_lines
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import person_or_source, requires
from helpdesk.web.language import locale_code
from helpdesk.web.refused import told

bp = Blueprint("chat", __name__, url_prefix="/chat")
BEGINS = "20 per hour"
TRANSCRIPTS = "5 per hour"


@bp.get("")
@requires(Action.OPEN_CHAT)
def index() -> Response | str:
    """The form, the queue, the conversation or its end: wherever this member is."""
    parked = parking.take(current_user)
    chat = queries.open_chat(current_user)
    if chat is None and "new" not in request.args:
        chat = queries.last_chat(current_user, since=now())
    form: BeginForm | SayForm
    if chat is not None:
        _be_seen(chat)
        form = SayForm(formdata=None)
        form.restore(parked)
        return _chat_page(chat, form)
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
    present = queries.open_chat(current_user)
    if not form.validate() or (present is None and around.closed(now())):
        return _begin_page(form, 422)
    said = present.last_seq if present else 0
    chat = service.begin(
        name=form.name.data, member_ref=form.member_ref.data, email=form.email.data, question=form.question.data,
        client_id=form.client_id.data, by=current_user, at=now(),
    )  # fmt: skip
    db.session.commit()
    if present is not None and chat.last_seq > said:
        told(_("You already have a chat in another tab."), "info")
    return see_other(url_for(".index"))


@bp.post("/ticket")
@requires(Action.OPEN_CHAT)
def ticket_from_question() -> BaseResponse:
    """The chat was closed when somebody asked: what they typed becomes a ticket draft."""
    question = many_lines(request.form.get("question"))[:DESCRIPTION_SIGNS]
    if not question:
        return see_other(url_for("submission.new"))
    draft = handover.keep_question(question, _language(detect.detect(question)), by=current_user, at=now())
    db.session.commit()
    return _to_draft(draft)


@bp.post("/<int:chat_id>/ticket")
@requires(Action.OPEN_CHAT)
def ticket(chat_id: int) -> BaseResponse:
    """A ticket instead, with what was said. Whoever waits leaves the queue for it, and can come back."""
    chat = _own_chat(chat_id)
    submitted = tickets.submitted(current_user, chat.submission) if chat.submission else None
    if submitted is not None:
        return see_other(url_for("tickets.show", number=submitted.number))
    unsent = many_lines(request.form.get("unsent"))[:DESCRIPTION_SIGNS]
    language = _language(chat.language)
    draft = handover.fill_draft(chat, language, member=current_user, unsent=unsent, at=now())
    if may(State(chat.state), Party.MEMBER, Verb.LEAVE):
        service.leave(chat, by=current_user, at=now())
        told(_("You have left the queue. What you wrote is in this ticket; you can still go back to the chat."), "info")
    db.session.commit()
    return _to_draft(draft)


@bp.app_context_processor
def give_chat_behind() -> dict[str, object]:
    """`chat_behind(ticket)` for the page of a ticket: tickets know nothing of chats."""
    return {"chat_behind": queries.chat_behind}


@bp.get("/<int:chat_id>")
@requires(Action.OPEN_CHAT)
def show(chat_id: int) -> BaseResponse:
    """One of the member's own chats, however long ago. One that goes on has its own page."""
    chat = _own_chat(chat_id)
    return see_other(url_for(".index")) if chat.state in queries.OPEN else _chat_page(chat)


@bp.get("/<int:chat_id>/status")
@requires(Action.OPEN_CHAT)
def status(chat_id: int) -> str:
    """What stands above and below the conversation, asked again whenever it may have changed."""
    chat = _own_chat(chat_id)
    _be_seen(chat)
    facts = {**around.facts(chat, at=now()), "rating": RatingForm(formdata=None)}
    return render_template("chat/_status.html", **facts) + render_template("chat/_verbs.html", **facts)


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
            return see_other(url_for(".index", _anchor="composer", **_still_writing(chat)))
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
    return see_other(url_for(".index", _anchor={"end": "ended-title", "leave": "left-title"}.get(verb)))


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


def _be_seen(chat: Chat) -> None:
    """A page that is asked for is a sign of life, for those without script: their place in the queue is kept."""
    if chat.state != State.WAITING.value or now() - chat.seen_at < presence.SEEN_EVERY:
        return
    chat_id = chat.id
    db.session.rollback()
    intend_to_write()
    presence.see_waiting([chat_id], at=now())
    db.session.commit()


def _still_writing(chat: Chat) -> dict[str, int]:
    """Whoever writes in the queue without script stays at the composer; with script it makes no difference."""
    return {"write": 1} if chat.state == State.WAITING.value else {}


def _language(written: str | None) -> str:
    """The ticket's language: the one that was written in, where it is not the chat's English; else the reader's."""
    return written if written and written != languages.DEFAULT else locale_code()


def _to_draft(draft: Draft) -> BaseResponse:
    step = steps.first_open(drafts.answers_of(draft))
    return see_other(url_for("submission.step", submission=draft.submission, step=step.value))


def _begin_page(form: BeginForm, status: int = 200) -> Response:
    closed = around.closed(now())
    html = render_template(
        "chat/begin.html", form=form, closed=closed, opening=around.opening(closed, now()),
        hours=labels.hours_sentence(hours_now()), typed=form.question.data,
    )  # fmt: skip
    return make_response(html, status)


def _chat_page(
    chat: Chat, form: SayForm | None = None, status: int = 200, rating: RatingForm | None = None
) -> Response:
    form = form or SayForm(formdata=None)
    html = render_template(
        "chat/show.html",
        form=form,
        # Without script the queue asks again by itself, unless somebody is writing: the text would be lost.
        writes="write" in request.args or bool(form.body.data or form.errors),
        rating=rating or RatingForm(formdata=None),
        **around.conversation(chat),
        **around.facts(chat, at=now()),
    )
    return make_response(html, status)
