"""Doors of the steps A to D. The same addresses with and without script; each step is saved on the server."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from helpdesk import languages
from helpdesk.accounts import parking
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db, limiter
from helpdesk.files import views as file_views
from helpdesk.ranks import Action
from helpdesk.refusals import NotFound
from helpdesk.submission import queries, service, steps
from helpdesk.submission.forms import DescriptionForm, TitleForm
from helpdesk.submission.models import Draft
from helpdesk.submission.steps import DESCRIPTION_SIGNS, TITLE_SIGNS, Step
from helpdesk.tickets import labels
from helpdesk.tickets import queries as tickets
from helpdesk.tickets.models import Ticket
from helpdesk.web.forms import Form
from helpdesk.web.fragments import leave_for, page_or_fragment, see_other
from helpdesk.web.gate import person_or_source, requires
from helpdesk.web.language import locale_code
from helpdesk.web.refused import told

# Far more than anybody needs, and few enough that a script cannot fill the desk (trust.md, section 2.4, line 41).
SUBMITS = "60 per hour"

bp = Blueprint("submission", __name__, url_prefix="/technical-issues/new")


@bp.get("")
@requires(Action.SUBMIT_TICKET)
def new() -> BaseResponse:
    """Leads to the person's draft, at the first step that is not answered; begins one if there is none."""
    db.session.rollback()
    intend_to_write()
    try:
        draft = service.begin(by=current_user, language=locale_code(), at=now(), follows=_followed())
    except IntegrityError:
        # Another tab began the draft at this very moment: that one is it.
        db.session.rollback()
        draft = service.begin(by=current_user, language=locale_code(), at=now(), follows=_followed())
    step, submission = steps.first_open(service.answers_of(draft)), draft.submission
    db.session.commit()
    return redirect(url_for(".step", submission=submission, step=step.value))


def _followed() -> Ticket | None:
    """The closed ticket that this one follows, if the address names one. Raises NotFound for a foreign one."""
    typed = request.args.get("follows", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        raise NotFound()
    return tickets.visible_ticket(current_user, int(typed))


@bp.get("/<submission>/<any(a, b, c, d):step>")
@requires(Action.SUBMIT_TICKET)
def step(submission: str, step: str) -> BaseResponse:
    parked = parking.take(current_user)
    draft = _draft_or_ticket(submission)
    if isinstance(draft, Ticket):
        return leave_for(url_for(".confirmation", submission=submission))
    wanted = Step(step)
    reached = steps.reachable(wanted, service.answers_of(draft))
    if reached is not wanted:
        return redirect(url_for(".step", submission=submission, step=reached.value))
    form = FORMS[wanted](draft) if wanted in FORMS else None
    if form is not None:
        form.restore(parked)
    return _page(draft, wanted, form)


@bp.post("/<submission>/a")
@requires(Action.SUBMIT_TICKET)
def save_title(submission: str) -> BaseResponse:
    draft = _draft_or_ticket(submission)
    if isinstance(draft, Ticket):
        return leave_for(url_for(".confirmation", submission=submission))
    form = TitleForm()
    if not form.validate():
        return _page(draft, Step.TITLE, form, 422)
    service.save_title(draft, language=form.language.data, title=form.title.data, at=now())
    db.session.commit()
    return _go_on(submission, Step.TITLE)


@bp.post("/<submission>/b")
@requires(Action.SUBMIT_TICKET)
def save_description(submission: str) -> BaseResponse:
    draft = _draft_or_ticket(submission)
    if isinstance(draft, Ticket):
        return leave_for(url_for(".confirmation", submission=submission))
    form = DescriptionForm()
    later = request.form.get("then") == "later"
    if not form.validate() and not (later and len(form.description.data) <= DESCRIPTION_SIGNS):
        return _page(draft, Step.DESCRIPTION, form, 422)
    service.save_description(draft, form.description.data, at=now())
    db.session.commit()
    if not later:
        return _go_on(submission, Step.DESCRIPTION)
    told(_("Your draft has been saved."))
    return leave_for(url_for("tickets.index"))


@bp.post("/<submission>/b/autosave")
@requires(Action.SUBMIT_TICKET)
def autosave(submission: str) -> BaseResponse:
    """Keeps the description while it is being typed; what is not valid yet is simply not kept."""
    draft = _draft_or_ticket(submission)
    if isinstance(draft, Ticket):
        return leave_for(url_for(".confirmation", submission=submission))
    form = DescriptionForm()
    saved_at = draft.saved_at
    if len(form.description.data) <= DESCRIPTION_SIGNS:
        saved_at = now()
        service.save_description(draft, form.description.data, at=saved_at)
        db.session.commit()
    return page_or_fragment("submission/_saved.html", "submission/_saved.html", saved_at=saved_at)


@bp.post("/<submission>/d")
@limiter.limit(SUBMITS, key_func=person_or_source)
@requires(Action.SUBMIT_TICKET)
def submit(submission: str) -> BaseResponse:
    """Submits. The same form again, from a double click, a resend or another device, leads to the first ticket."""
    draft = _draft_or_ticket(submission)
    if isinstance(draft, Draft):
        reached = steps.first_open(service.answers_of(draft))
        if reached is not Step.SUBMIT:
            return see_other(url_for(".step", submission=submission, step=reached.value))
        try:
            service.submit(draft, by=current_user, at=now())
            db.session.commit()
        except IntegrityError:
            # Another request submitted the same draft at this very moment: its ticket is the one.
            db.session.rollback()
            _draft_or_ticket(submission)
    return see_other(url_for(".confirmation", submission=submission))


@bp.get("/<submission>/submitted")
@requires(Action.SUBMIT_TICKET)
def confirmation(submission: str) -> str:
    ticket = tickets.submitted(current_user, submission)
    if ticket is None:
        raise NotFound()
    title = labels.full_title(ticket.language, ticket.title)
    return render_template("submission/confirmation.html", ticket=ticket, title=title)


@bp.post("/<submission>/discard")
@requires(Action.SUBMIT_TICKET)
def discard(submission: str) -> BaseResponse:
    service.discard(queries.visible_draft(current_user, submission), by=current_user)
    db.session.commit()
    told(_("The draft has been discarded."))
    return see_other(url_for("tickets.index"))


def _draft_or_ticket(submission: str) -> Draft | Ticket:
    """The person's draft of this form, or the ticket that it has become. Raises NotFound."""
    try:
        # The draft first: asked in the other order, one that is submitted between the two questions is neither.
        return queries.visible_draft(current_user, submission)
    except NotFound:
        ticket = tickets.submitted(current_user, submission)
        if ticket is None:
            raise
        return ticket


def _go_on(submission: str, step: Step) -> BaseResponse:
    following = steps.next_step(step, checking=bool(request.args.get("checking")))
    return see_other(url_for(".step", submission=submission, step=following.value))


def _title_form(draft: Draft) -> Form:
    return TitleForm(formdata=None, language=draft.language, title=draft.title)


def _description_form(draft: Draft) -> Form:
    return DescriptionForm(formdata=None, description=draft.description)


FORMS: dict[Step, Callable[[Draft], Form]] = {Step.TITLE: _title_form, Step.DESCRIPTION: _description_form}


def _page(draft: Draft, step: Step, form: Form | None, status: int = 200) -> Response:
    back = steps.previous_step(step)
    return page_or_fragment(
        "submission/step.html", "submission/_step.html", status, draft=draft, step=step, form=form, steps=steps.ORDER,
        back=url_for(".step", submission=draft.submission, step=back.value) if back else url_for("tickets.index"),
        checking=bool(request.args.get("checking")), title_signs=TITLE_SIGNS, description_signs=DESCRIPTION_SIGNS,
        full_title=labels.full_title(draft.language, draft.title) if draft.language else draft.title,
        prefixes={code: language.prefix for code, language in languages.LANGUAGES.items()},
        **file_views.picker_context(draft.submission, current_user.id),
    )  # fmt: skip
