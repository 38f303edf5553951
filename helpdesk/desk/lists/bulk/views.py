"""The agents' doors to changing several tickets at once and to taking that back. They work without script."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from helpdesk.accounts import queries as accounts
from helpdesk.database import now
from helpdesk.desk.lists import labels
from helpdesk.desk.lists.bulk import queries, service
from helpdesk.desk.lists.bulk.service import MOST_TICKETS, Outcome
from helpdesk.desk.lists.filters import ME
from helpdesk.desk.lists.views import Asked
from helpdesk.desk.views import bp
from helpdesk.extensions import db
from helpdesk.ranks import Action
from helpdesk.refusals import Invalid, NotFound, Refusal
from helpdesk.tickets import handling
from helpdesk.tickets.models import NUMBER_OFFSET
from helpdesk.tickets.priorities import Priority
from helpdesk.web import refused
from helpdesk.web.forms import one_line
from helpdesk.web.fragments import see_other
from helpdesk.web.gate import requires
from helpdesk.web.numbers import typed_number
from helpdesk.web.refused import told


@bp.post("/tickets/bulk")
@requires(Action.WORK_DESK)
def bulk() -> BaseResponse:
    """What the pressed button says, done to the ticked tickets; then the list again, with a way back."""
    try:
        outcome, value = _carry_out(request.form.get("verb", ""), _ids())
    except NotFound:
        raise
    except Refusal as refusal:
        db.session.rollback()
        told(refused.sentence(refusal), "bad")
        return see_other(_back())
    verb, change_id = request.form["verb"], outcome.change.id if outcome.change else None
    db.session.commit()
    if outcome.changed:
        told(labels.done(verb, len(outcome.changed), value))
    if outcome.left:
        told(labels.left_out(outcome.left), "warn")
    if not (outcome.changed or outcome.left):
        told(_("The tickets are like that already."), "info")
    return see_other(_back(change_id))


@bp.post("/tickets/bulk/<int:change_id>/undo")
@requires(Action.WORK_DESK)
def undo_bulk(change_id: int) -> BaseResponse:
    """Takes an own change back, where nobody has changed the ticket since."""
    outcome = service.undo(queries.to_undo(current_user, change_id, at=now()), by=current_user, at=now())
    db.session.commit()
    if outcome.changed:
        told(labels.undone(len(outcome.changed)))
    if outcome.left:
        told(labels.not_undone(outcome.left), "warn")
    return see_other(_back())


def _carry_out(verb: str, ids: list[int]) -> tuple[Outcome, str]:
    """What was done, and to whom or what the tickets were given. Raises the refusals of the verbs."""
    words = {"by": current_user, "at": now()}
    if verb == "assign":
        agent_id = _agent_id(request.form.get("agent", ""))
        agent = None if agent_id is None else accounts.agent(agent_id)
        return service.assign(ids, agent, **words), agent.name if agent else ""
    if verb == "priority":
        priority = request.form.get("priority", "")
        if priority not in set(Priority):
            raise Invalid()
        return service.set_priority(ids, priority, **words), labels.priorities()[priority]
    if verb == "tag":
        name = one_line(request.form.get("tag"))
        if not name:
            raise Invalid("tag_missing")
        tag = handling.tag_named(name)
        return service.add_tag(ids, tag, **words), tag.name
    if verb == "close":
        return service.close(ids, **words), ""
    raise Invalid()


def _ids() -> list[int]:
    """The ticked tickets; what is no number of a ticket counts as not ticked. One too many shows that there are."""
    typed = request.form.getlist("ticket")[: MOST_TICKETS + 1]
    numbers = dict.fromkeys(typed_number(one) or 0 for one in typed)
    return [number - NUMBER_OFFSET for number in numbers if number > NUMBER_OFFSET]


def _agent_id(typed: str) -> int | None:
    """Whom the tickets go to; None for nobody. Raises NotFound for what names nobody."""
    if typed == ME:
        return current_user.id
    agent_id = typed_number(typed)
    if typed and agent_id is None:
        raise NotFound()
    return agent_id


def _back(change_id: int | None = None) -> str:
    """The list that the form stood in, read anew: what an address may not say is not sent on."""
    asked = Asked.read_text(request.form.get("back", ""))
    more = {"page": str(asked.page or ""), "done": str(change_id or "")}
    return url_for("desk.ticket_list", **asked.arguments(**more))
