"""The mails to the IT team about a ticket or a chat: what is new, whose it is now, who waits."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from helpdesk.accounts.person import Person
from helpdesk.chat import messages
from helpdesk.chat import queries as chats
from helpdesk.mail import events
from helpdesk.mail.events import Happened
from helpdesk.mail.letters import Foreign, Letter, Link, Over, Said
from helpdesk.mail.links import link_to
from helpdesk.mail.outbox import Facts
from helpdesk.tickets import labels
from helpdesk.web.filters import clock, date_and_time


@dataclass(frozen=True)
class Words:
    """What one kind of mail says; `kinds` are the messages that it may quote."""

    subject: Callable[[int], str]
    opening: Callable[[str], str]
    kinds: tuple[str, ...]
    reason: Callable[[], str]


def reason_team() -> str:
    """Why everybody of the team gets a mail."""
    return _("You receive this email because you work on the IT team.")


def _assigned(name: str) -> str:
    if not name:
        return _("This ticket has been assigned to you.")
    return _("%(name)s has assigned this ticket to you.", name=name)


WORDS = {
    "agent_new_ticket": Words(
        lambda number: _("[#%(number)s] New ticket", number=number),
        lambda name: _("%(name)s has submitted a ticket.", name=name),
        ("description",),
        reason_team,
    ),
    "agent_assigned": Words(
        lambda number: _("[#%(number)s] Assigned to you", number=number),
        _assigned,
        (),
        lambda: _("You receive this email because this ticket was assigned to you."),
    ),
    "agent_member_replied": Words(
        lambda number: _("[#%(number)s] The member has replied", number=number),
        lambda name: _("%(name)s has replied.", name=name),
        ("reply", "thanks"),
        reason_team,
    ),
    "agent_mentioned": Words(
        lambda number: _("[#%(number)s] You were mentioned", number=number),
        lambda name: _("%(name)s mentioned you in an internal note.", name=name),
        ("note",),
        lambda: _("You receive this email because a colleague mentioned you."),
    ),
}


def writer(kind: str) -> Callable[[Person, Facts], Letter]:
    """Who writes the mails of this kind."""

    def letter(agent: Person, facts: Facts) -> Letter:
        """The mail about one event of a ticket."""
        happened = events.look_up(agent, facts)
        ticket, words = happened.ticket, WORDS[kind]
        return Letter(
            subject=words.subject(ticket.number),
            greeting=_("Hello %(name)s,", name=agent.name),
            opening=words.opening(happened.actor or _the_system(kind)),
            remarks=(_("Ticket no. %(number)s", number=ticket.number),),
            about=Foreign(labels.full_title(ticket.language, ticket.title), ticket.language),
            said=_said(agent, happened, words.kinds),
            link=Link(_("View the ticket"), link_to("desk.show", number=ticket.number)),
            reason=words.reason(),
            thread=f"ticket-{ticket.id}",
        )

    return letter


def _the_system(kind: str) -> str:
    return "" if kind == "agent_assigned" else _("The system")


def _said(agent: Person, happened: Happened, kinds: tuple[str, ...]) -> tuple[Said, ...]:
    return events.written_with(agent, happened, kinds) if kinds else ()


def chat_waiting(agent: Person, facts: Facts) -> Letter:
    """Somebody waits for an agent in the chat. Raises Over once they do not any more."""
    chat = chats.visible_chat(agent, int(facts["chat"]))
    if chat.state != "waiting":
        raise Over()
    asked = [row for row in messages.after(chat.id, 0) if row.kind == "text"][:1]
    return Letter(
        subject=_("Somebody is waiting in the chat"),
        greeting=_("Hello %(name)s,", name=agent.name),
        opening=_(
            "%(name)s has been waiting in the chat since %(time)s, and nobody has accepted it yet.",
            name=chat.name,
            time=clock(chat.began_at),
        ),
        said=tuple(Said(row.body, date_and_time(row.at), row.author, None) for row in asked),
        link=Link(_("View the chat"), link_to("desk.chat", chat_id=chat.id)),
        reason=reason_team(),
    )
