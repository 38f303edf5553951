"""The mails about a ticket to its owner: that it came, and what the team or time has done with it since."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.person import Person
from helpdesk.mail import events
from helpdesk.mail.events import Happened
from helpdesk.mail.letters import Foreign, Letter, Link, Over, Said
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.refusals import NotFound
from helpdesk.tickets import labels, unanswered
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.web.filters import long_date


@dataclass(frozen=True)
class Words:
    """What one kind of mail says, each put into the reader's words when it is made."""

    subject: Callable[[int], str]
    opening: Callable[[Ticket], str]
    then: Callable[[Ticket], str]
    kinds: tuple[str, ...] = ("reply", "request")


def _closed(number: int) -> str:
    return _("[#%(number)s] Ticket closed", number=number)


def _reply(ticket: Ticket) -> str:
    return _("Reply in the ticket. Replies to this email do not get there.")


def _answer(ticket: Ticket) -> str:
    """How to answer, and on which day it is too late."""
    return " ".join(part for part in (_reply(ticket), labels.closing(unanswered.closes_at(ticket))) if part)


def _reopen(ticket: Ticket) -> str:
    days = current_app.config["HELPDESK"].reopen_days
    if not days:
        return ""
    return ngettext(
        "If it is not solved, reply in the ticket within %(num)d day: that reopens it.",
        "If it is not solved, reply in the ticket within %(num)d days: that reopens it.",
        days,
    )


def _waits(ticket: Ticket) -> str:
    """Until when. Raises Over once the ticket no longer awaits an answer."""
    if ticket.status != Status.AWAITING_FEEDBACK:
        raise Over()
    closes_at = unanswered.closes_at(ticket)
    if closes_at is None:
        return _("Our IT team needs information from you to go on with your ticket.")
    return _(
        "Our IT team needs information from you. Without a reply, the ticket closes by itself on %(date)s.",
        date=long_date(closes_at),
    )


def _merged(ticket: Ticket) -> str:
    return _(
        "Your ticket has been merged with ticket no. %(number)s, which is about the same thing.",
        number=(ticket.merged_into_id or ticket.id) + NUMBER_OFFSET,
    )


WORDS = {
    "ticket_submitted": Words(
        lambda number: _("[#%(number)s] We have received your ticket", number=number),
        lambda ticket: _("We have received your ticket."),
        lambda ticket: _(
            "Our IT team will reply in the ticket. If they need more information, you will find it under "
            "Awaiting Feedback."
        ),
        kinds=(),
    ),
    "ticket_requested_information": Words(
        lambda number: _("[#%(number)s] We need more information", number=number),
        lambda ticket: _("Our IT team needs information from you to go on with your ticket."),
        _answer,
    ),
    "ticket_replied": Words(
        lambda number: _("[#%(number)s] New reply", number=number),
        lambda ticket: _("There is a new reply in your ticket."),
        _reply,
    ),
    "ticket_reminder": Words(
        lambda number: _("[#%(number)s] We are still waiting for your reply", number=number),
        _waits,
        _reply,
    ),
    "ticket_closed": Words(_closed, lambda ticket: _("Your ticket has been closed."), _reopen),
    "ticket_auto_closed": Words(
        _closed,
        lambda ticket: _("Your ticket has been closed because we have had no reply from you."),
        _reopen,
    ),
    "ticket_reopened": Words(
        lambda number: _("[#%(number)s] Ticket reopened", number=number),
        lambda ticket: _("Your ticket has been reopened: our IT team is working on it again."),
        _reply,
    ),
    "ticket_merged": Words(
        lambda number: _("[#%(number)s] Ticket merged", number=number),
        _merged,
        lambda ticket: _("Everything goes on there. Reply in that ticket, no longer in this one."),
    ),
}


def writer(kind: str) -> Callable[[Person, Facts], Letter]:
    """Who writes the mails of this kind."""

    def letter(person: Person, facts: Facts) -> Letter:
        """The mail about one event of the person's own ticket. Raises NotFound if it is not theirs."""
        happened = events.look_up(person, facts)
        ticket, words = happened.ticket, WORDS[kind]
        if ticket.owner_id != person.id:
            raise NotFound()
        return Letter(
            subject=words.subject(ticket.number),
            greeting=_("Hello %(name)s,", name=person.name),
            opening=words.opening(ticket),
            remarks=(_("Ticket no. %(number)s", number=ticket.number),),
            about=Foreign(labels.full_title(ticket.language, ticket.title), ticket.language),
            said=_said(kind, person, happened),
            then=words.then(ticket),
            link=Link(_("View the ticket"), link_to("tickets.show", number=_goes_on_in(kind, person, ticket))),
            reason=_("You receive this email because you submitted a ticket."),
            thread=f"ticket-{ticket.id}",
        )

    return letter


def _said(kind: str, person: Person, happened: Happened) -> tuple[Said, ...]:
    """What was written with the event; a reminder has what was asked. The description is not said again."""
    if kind == "ticket_reminder":
        return events.last_request(person, happened.ticket)
    return events.written_with(person, happened, WORDS[kind].kinds)


def _goes_on_in(kind: str, person: Person, ticket: Ticket) -> int:
    if kind != "ticket_merged" or ticket.merged_into_id is None:
        return ticket.number
    return events.visible(person, ticket.merged_into_id).number
