"""A member's doors to their tickets: the lists, one ticket, and what its owner can do with it."""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import parking
from helpdesk.database import now
from helpdesk.extensions import db, limiter
from helpdesk.files import views as file_views
from helpdesk.notices import views as notices
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, WrongState
from helpdesk.tickets import changes, counts, labels, lifecycle, queries, service, unanswered
from helpdesk.tickets.forms import MessageForm
from helpdesk.tickets.lifecycle import Party, Status, Verb
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.tickets.paging import Cursor
from helpdesk.web import refused
from helpdesk.web.fragments import page_or_fragment, see_other, wants_fragment
from helpdesk.web.gate import accepts_uploads, person_or_source, requires
from helpdesk.web.refused import told

bp = Blueprint("tickets", __name__, url_prefix="/technical-issues")
PATHS = {"awaiting": Status.AWAITING_FEEDBACK, "open": Status.OPEN, "closed": Status.CLOSED}
MOST_SEARCHED = 100
MESSAGES = "30 per minute; 300 per hour"


@bp.get("")
@requires(Action.SEE_OWN_TICKETS)
def index() -> Response:
    kept = counts.read([counts.of_owner(current_user.id)])[counts.of_owner(current_user.id)]
    sections = [_section(path, kept[status]) for path, status in PATHS.items()]
    seen = _fingerprint(sections)
    if wants_fragment() and request.args.get("seen") == seen:
        return make_response("", 204)
    return page_or_fragment("tickets/index.html", "tickets/_sections.html", sections=sections, seen=seen)


@bp.get("/<any(awaiting, open, closed):path>")
@requires(Action.SEE_OWN_TICKETS)
def section(path: str) -> Response:
    """One of the three lists by itself: further pages, and the search in it."""
    scope = counts.of_owner(current_user.id)
    kept = counts.read([scope])[scope][PATHS[path]]
    typed = request.args.get("q", "")[:MOST_SEARCHED]
    shown = _section(path, kept, Cursor.read(request.args.get("page")), typed)
    return page_or_fragment("tickets/section.html", "tickets/_section.html", section=shown)


def _section(path: str, kept: int, cursor: Cursor | None = None, typed: str = "") -> dict[str, Any]:
    status = PATHS[path]
    heading, helper, empty = labels.SECTIONS[status]
    # Without tickets there is nothing to look up.
    page = queries.section(current_user, status, cursor, typed) if kept else None
    return {
        "path": path, "status": status.value, "heading": heading, "helper": helper, "empty": empty, "count": kept,
        "page": page, "pages": -(-kept // queries.SECTION_SIZE), "typed": typed,
    }  # fmt: skip


def _fingerprint(sections: list[dict[str, Any]]) -> str:
    """Tells whether lists have changed since a page showed them: only what a member can see counts, so no note."""
    rows = [
        (part["count"], [(row.id, row.status_since) for row in part["page"].rows] if part["page"] else ())
        for part in sections
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


@bp.get("/<int:number>")
@requires(Action.SEE_OWN_TICKETS)
def show(number: int) -> Response:
    notices.saw(ticket_id=number - NUMBER_OFFSET)
    parked = parking.take(current_user)
    form = MessageForm(formdata=None)
    form.restore(parked)
    return _ticket_page(queries.visible_ticket(current_user, number), form)


@bp.get("/<int:number>/messages")
@requires(Action.SEE_OWN_TICKETS)
def messages(number: int) -> BaseResponse:
    """The thread by itself, for the page that refreshes it; 204 while nothing has been added."""
    ticket = queries.visible_ticket(current_user, number)
    seen = f"{ticket.last_seq}"
    if not wants_fragment():
        return see_other(url_for(".show", number=number))
    if request.args.get("seen") == seen:
        return make_response("", 204)
    notices.saw(ticket_id=ticket.id)
    html = render_template(
        "tickets/_thread.html", ticket=ticket, thread=queries.thread(current_user, ticket), seen=seen, thread_alone=True
    )
    return make_response(html)


@bp.post("/<int:number>/messages")
@limiter.limit(MESSAGES, key_func=person_or_source)
@accepts_uploads
@requires(Action.ANSWER_TICKET)
def write(number: int) -> BaseResponse:
    """A reply, thanks or closing words, by the button that was pressed; with files when there is no script."""
    ticket = queries.visible_ticket(current_user, number)
    form = MessageForm()
    verb = request.form.get("verb", Verb.REPLY.value)
    refusals = file_views.stage_sent(changes.staging(ticket.id, current_user.id))
    ticket = queries.visible_ticket(current_user, number)
    if not form.validate() or refusals:
        form.body.errors = [*form.body.errors, *refusals]
        return _ticket_page(ticket, form, 422)
    try:
        told_later = _carry_out(ticket, verb, form)
    except Invalid as refusal:
        form.body.errors = [refused.sentence(refusal)]
        return _ticket_page(ticket, form, 422)
    except WrongState as refusal:
        # The ticket has changed since the page was opened: what was written stays in its box.
        form.body.errors = [refused.sentence(refusal)]
        db.session.rollback()
        return _ticket_page(queries.visible_ticket(current_user, number), form, 409)
    db.session.commit()
    told(told_later)
    return see_other(url_for(".show", number=number))


def _carry_out(ticket: Ticket, verb: str, form: MessageForm) -> str:
    """Does what the pressed button says and gives the sentence for it. Raises the rules' refusals."""
    words: dict[str, Any] = {"submission": form.submission.data, "by": current_user, "at": now()}
    body = form.body.data
    if verb == Verb.CLOSE.value:
        service.close(ticket, body=body, **words)
        return _("The ticket has been closed.")
    if verb == Verb.THANK.value:
        service.thank(ticket, body, **words)
        return _("Thank you. The ticket stays closed.")
    if verb != Verb.REPLY.value:
        raise Invalid()
    if not body:
        raise Invalid("message_missing")
    was_closed = ticket.status == Status.CLOSED.value
    service.reply_as_owner(ticket, body, reopen_days=current_app.config["HELPDESK"].reopen_days, **words)
    return _("The ticket has been reopened.") if was_closed else _("Your reply has been sent.")


@bp.route("/<int:number>/closure", methods=["GET", "POST"])
@requires(Action.ANSWER_TICKET)
def closure(number: int) -> BaseResponse | str:
    """Asks whether to close, and closes."""
    ticket = queries.visible_ticket(current_user, number)
    if request.method == "GET":
        lifecycle.after(Status(ticket.status), Party.OWNER, Verb.CLOSE)  # nothing to ask about a closed one
        return render_template(
            "tickets/closure.html", ticket=ticket, title=labels.full_title(ticket.language, ticket.title)
        )
    if ticket.status == Status.CLOSED.value:
        return see_other(url_for(".show", number=number))  # a second click on the same button
    service.close(ticket, by=current_user, at=now())
    db.session.commit()
    told(_("The ticket has been closed."))
    return see_other(url_for(".show", number=number))


@bp.get("/<int:number>/files/<token>/<variant>")
@requires(Action.SEE_OWN_TICKETS)
def file(number: int, token: str, variant: str) -> Response:
    ticket = queries.visible_ticket(current_user, number)
    return file_views.send(queries.visible_file(current_user, ticket, token), variant)


def _ticket_page(ticket: Ticket, form: MessageForm, status: int = 200) -> Response:
    state = Status(ticket.status)
    days = current_app.config["HELPDESK"].reopen_days
    can_reopen = state is Status.CLOSED and lifecycle.can_reopen(ticket.closed_at, now(), days)
    return page_or_fragment(
        "tickets/show.html", "tickets/_ticket.html", status, ticket=ticket, form=form, can_reopen=can_reopen,
        title=labels.full_title(ticket.language, ticket.title), seen=f"{ticket.last_seq}",
        thread=queries.thread(current_user, ticket), history=queries.history(current_user, ticket),
        followed=queries.number_of(ticket.follows_id), followers=queries.followers(ticket),
        can_close=lifecycle.may(state, Party.OWNER, Verb.CLOSE), reopen_days=days,
        assignee=queries.assignee_name(ticket), closing=labels.closing(unanswered.closes_at(ticket)),
        **file_views.picker_context(changes.staging(ticket.id, current_user.id), current_user.id),
    )  # fmt: skip
