"""The mails about a ticket to its owner: that it came, and what the team has done with it since."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from helpdesk.accounts.person import Person
from helpdesk.mail.letters import Foreign, Letter, Link, Said
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.refusals import NotFound
from helpdesk.tickets import labels, queries
from helpdesk.tickets.models import NUMBER_OFFSET, Ticket
from helpdesk.web.filters import date_and_time


@dataclass(frozen=True)
class Words:
    """What one kind of mail says, each put into the reader's words when it is made."""

    subject: Callable[[int], str]
    opening: Callable[[], str]
    then: Callable[[], str]


def _days() -> int:
    return current_app.config["HELPDESK"].reopen_days


WORDS = {
    "ticket_submitted": Words(
        lambda number: _("[#%(number)s] We have received your ticket", number=number),
        lambda: _("We have received your ticket."),
        lambda: _(
            "Our IT team will reply in the ticket. If they need more information, you will find it under "
            "Awaiting Feedback."
        ),
    ),
    "ticket_requested_information": Words(
        lambda number: _("[#%(number)s] We need more information", number=number),
        lambda: _("Our IT team needs information from you to go on with your ticket."),
        lambda: _("Reply in the ticket. Replies to this email do not get there."),
    ),
    "ticket_replied": Words(
        lambda number: _("[#%(number)s] New reply", number=number),
        lambda: _("There is a new reply in your ticket."),
        lambda: _("Reply in the ticket. Replies to this email do not get there."),
    ),
    "ticket_closed": Words(
        lambda number: _("[#%(number)s] Ticket closed", number=number),
        lambda: _("Your ticket has been closed."),
        lambda: _("If it is not solved, reply in the ticket within %(days)s days: that reopens it.", days=_days()),
    ),
}


def writer(kind: str) -> Callable[[Person, Facts], Letter]:
    """Who writes the mails of this kind."""

    def letter(person: Person, facts: Facts) -> Letter:
        """The mail about one event of the person's own ticket. Raises NotFound if it is not theirs."""
        ticket = queries.visible_ticket(person, int(facts["ticket"]) + NUMBER_OFFSET)
        if ticket.owner_id != person.id:
            raise NotFound()
        words = WORDS[kind]
        return Letter(
            subject=words.subject(ticket.number),
            greeting=_("Hello %(name)s,", name=person.name),
            opening=words.opening(),
            remarks=(_("Ticket no. %(number)s", number=ticket.number),),
            about=Foreign(labels.full_title(ticket.language, ticket.title), ticket.language),
            said=_message(person, ticket, int(facts["seq"])),
            then=words.then(),
            link=Link(_("View the ticket"), link_to("tickets.show", number=ticket.number)),
            reason=_("You receive this email because you submitted a ticket."),
            thread=f"ticket-{ticket.id}",
        )

    return letter


def _message(person: Person, ticket: Ticket, seq: int) -> tuple[Said, ...]:
    """What was written with the event: it stands right before it in the ticket. The description is not said again."""
    return tuple(
        Said(one.row.body, date_and_time(one.row.written_at), one.row.author, ticket.language)
        for one in queries.thread(person, ticket)
        if one.row.seq == seq - 1 and one.row.kind in {"reply", "request"} and one.row.body
    )
