"""The agents' doors to what belongs together: merge, split, link, follow up."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import parking
from helpdesk.database import now
from helpdesk.desk.joining import queries
from helpdesk.desk.joining.forms import AnotherForm, FollowUpForm, NumberForm, SplitForm
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound
from helpdesk.tickets import joining
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import Ticket
from helpdesk.web import refused
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told

F = TypeVar("F", bound=AnotherForm)


@bp.get("/tickets/<int:number>/merging")
@requires(Action.WORK_DESK)
def choose_merging(number: int) -> Response:
    """Asks into which ticket; then shows both, because what is merged stays so."""
    ticket = tickets.visible_ticket(current_user, number)
    if "number" not in request.args:
        return _merging_page(ticket, NumberForm(formdata=None))
    form = NumberForm(request.args, meta={"csrf": False})
    into = _named(form) if form.validate() else None
    try:
        if into is not None:
            joining.check_merging(ticket, into)
    except Invalid as refusal:
        form.number.errors = [refused.sentence(refusal)]
    return _merging_page(ticket, form, None if form.errors else into, 422 if form.errors else 200)


@bp.post("/tickets/<int:number>/merging")
@requires(Action.WORK_DESK)
def merge(number: int) -> BaseResponse:
    ticket = tickets.visible_ticket(current_user, number)
    form = NumberForm()
    into = _named(form) if form.validate() else None
    try:
        if into is None:
            return _merging_page(ticket, form, None, 422)
        joining.merge(ticket, into, by=current_user, at=now())
    except Invalid as refusal:
        db.session.rollback()
        form.number.errors = [refused.sentence(refusal)]
        return _merging_page(tickets.visible_ticket(current_user, number), form, None, 422)
    db.session.commit()
    told(_("Ticket no. %(number)s has been merged into this one.", number=number))
    return see_other(url_for(".show", number=into.number))


@bp.route("/tickets/<int:number>/splitting", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def split(number: int) -> BaseResponse:
    """Chooses messages that are about something else, and makes a ticket of them."""
    ticket = tickets.visible_ticket(current_user, number)
    said = _l("The messages are in a ticket of their own now: no. %(number)s.")
    return _another(ticket, SplitForm, _splitting_page, _split, said)


@bp.route("/tickets/<int:number>/follow-up", methods=["GET", "POST"])
@requires(Action.WORK_DESK)
def follow_up(number: int) -> BaseResponse:
    """Opens a ticket for the member of a closed one."""
    ticket = tickets.visible_ticket(current_user, number)
    said = _l("The follow-up ticket has been opened: no. %(number)s.")
    return _another(ticket, FollowUpForm, _follow_up_page, _follow_up, said)


@bp.post("/tickets/<int:number>/links")
@requires(Action.WORK_DESK)
def relate(number: int) -> BaseResponse:
    """Links another ticket. What cannot be linked is said on the ticket's page."""
    ticket = tickets.visible_ticket(current_user, number)
    form = NumberForm()
    other = _named(form) if form.validate() else None
    try:
        if other is None:
            told(str(form.number.errors[0]), "bad")
        else:
            joining.relate(ticket, other, by=current_user, at=now())
            db.session.commit()
            told(_("The tickets are linked."))
    except Invalid as refusal:
        told(refused.sentence(refusal), "bad")
    return see_other(url_for(".show", number=number))


@bp.post("/tickets/<int:number>/links/<int:other>/removal")
@requires(Action.WORK_DESK)
def unrelate(number: int, other: int) -> BaseResponse:
    ticket, linked = tickets.visible_ticket(current_user, number), tickets.visible_ticket(current_user, other)
    joining.unrelate(ticket, linked, by=current_user, at=now())
    db.session.commit()
    told(_("The link has been removed."))
    return see_other(url_for(".show", number=number))


def _named(form: NumberForm) -> Ticket | None:
    """The ticket whose number was typed; without one, the form says so."""
    typed = typed_number(form.number.data)
    try:
        return tickets.visible_ticket(current_user, typed or 0)
    except NotFound:
        form.number.errors = [_("There is no ticket with this number.")]
        return None


def _another(
    ticket: Ticket,
    form_of: type[F],
    page: Callable[[Ticket, F, int], Response],
    make: Callable[[Ticket, F], Ticket],
    said: str,
) -> BaseResponse:
    """Asks for another ticket that comes of this one, makes it and goes there; `said` names its number."""
    if request.method == "GET":
        form = form_of(formdata=None, language=ticket.language, title=ticket.title)
        form.restore(parking.take(current_user))
        return page(ticket, form, 200)
    form = form_of()
    if not form.validate():
        return page(ticket, form, 422)
    try:
        new = make(ticket, form)
    except Invalid as refusal:
        form.made_of.errors = [refused.sentence(refusal)]
        return page(ticket, form, 422)
    db.session.commit()
    told(said % {"number": new.number})
    return see_other(url_for(".show", number=new.number))


def _split(ticket: Ticket, form: SplitForm) -> Ticket:
    chosen = [found for typed in form.messages.data or () if (found := typed_number(typed)) is not None]
    return joining.split(
        ticket, chosen, language=form.language.data, title=form.title.data, submission=form.submission.data,
        by=current_user, at=now(),
    )  # fmt: skip


def _follow_up(ticket: Ticket, form: FollowUpForm) -> Ticket:
    return joining.follow_up(
        ticket, language=form.language.data, title=form.title.data, description=form.description.data,
        submission=form.submission.data, by=current_user, at=now(),
    )  # fmt: skip


def _merging_page(ticket: Ticket, form: NumberForm, into: Ticket | None = None, status: int = 200) -> Response:
    html = render_template(
        "desk/joining/merge.html", ticket=ticket, form=form, into=into, offered=queries.mergeable(ticket)
    )
    return make_response(html, status)


def _splitting_page(ticket: Ticket, form: SplitForm, status: int) -> Response:
    thread = [one for one in tickets.thread(current_user, ticket) if one.row.kind != "description"]
    html = render_template(
        "desk/joining/split.html", ticket=ticket, form=form, thread=thread, chosen=form.messages.data or ()
    )
    return make_response(html, status)


def _follow_up_page(ticket: Ticket, form: FollowUpForm, status: int) -> Response:
    is_closed = ticket.status == Status.CLOSED.value
    return make_response(
        render_template("desk/joining/follow_up.html", ticket=ticket, form=form, is_closed=is_closed), status
    )
