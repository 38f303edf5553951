"""The demo: accounts whose password everybody knows, and the tickets seen in the guides. For this machine only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from helpdesk.accounts import passwords, queries, service, sessions
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.ranks import Role
from helpdesk.submission import service as drafts
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket

PASSWORD = "demo-desk-2020"  # noqa: S105  known to everybody, which is why the demo answers this machine only
# The tickets in hand are of today, so that their deadlines and reminders are those of a desk at work; what is closed is
# of the day of the guides' screenshots.
OPENED_BEFORE = timedelta(hours=7)
CLOSED = datetime(2020, 3, 6, 15, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Account:
    """A demo account; members are named by language and rank."""

    username: str
    name: str
    role: Role
    language: str
    rank: str | None = None
    member_id: str | None = None


ACCOUNTS = (
    Account("fr-gold", "Camille Laurent", Role.MEMBER, "fr", "Gold", "4071182"),
    Account("sv-silver", "Elin Lindqvist", Role.MEMBER, "sv", "Silver", "4071183"),
    Account("es-platinum", "Lucía Ortega", Role.MEMBER, "es", "Platinum", "4071184"),
    Account("en-diamond", "Ben Carter", Role.MEMBER, "en", "Diamond", "4071185"),
    Account("en-manager", "Alice Morgan", Role.MEMBER, "en", "Manager", "4071186"),
    Account("agent-1", "Maja Jonsson", Role.AGENT, "en"),
    Account("agent-2", "Alex Martin", Role.AGENT, "fr"),
    Account("admin", "Sam Taylor", Role.ADMIN, "en"),
)


def accounts_text() -> str:
    """What the terminal says about the demo's accounts."""
    rows = [f"  {account.username:<12} {account.rank or account.role.value}" for account in ACCOUNTS]
    return "\n".join([f"Demo accounts, all with the password {PASSWORD}:", *rows])


def load(app: Flask) -> None:
    """Fills an empty instance with the demo's accounts and tickets, all together or not at all."""
    password_hash = passwords.hash_password(PASSWORD)
    with app.app_context():
        intend_to_write()
        people = {account.username: _create(account, password_hash) for account in ACCOUNTS}
        _closed_tickets(people)
        _tickets_in_hand(people)
        db.session.commit()
        db.session.remove()


def _create(account: Account, password_hash: str) -> Person:
    user = service.create_account(
        username=account.username,
        email=f"{account.username}@example.org",
        name=account.name,
        role=account.role,
        rank=account.rank,
        language=account.language,
        member_id=account.member_id,
        password_hash=password_hash,
        origin="demo",
        at=now(),
    )
    return sessions.person_of(user)


def _submit(owner: Person, language: str, title: str, description: str, at: datetime) -> Ticket:
    return tickets.submit(
        submission=drafts.new_submission(), language=language, title=title, description=description, by=owner, at=at
    )


def _closed_tickets(people: dict[str, Person]) -> None:
    """The three closed tickets that every screenshot of the guides shows, for each member that may see them."""
    shown = (
        ("Testing Submission From Canada", "We are testing the form from Canada. Please close this ticket."),
        ("Another Test - Disregard", "Another test of the form. Please disregard it."),
        ("Test", "Test"),
    )
    for username in ("en-diamond", "fr-gold", "sv-silver", "es-platinum"):
        for place, (title, description) in enumerate(shown):
            at = CLOSED + timedelta(minutes=place)
            ticket = _submit(people[username], "en", title, description, at - timedelta(days=1))
            words = "Thank you for the test. Everything arrived." if place == 0 else ""
            tickets.close(ticket, by=people["agent-1"], at=at, body=words, submission=drafts.new_submission())


def _tickets_in_hand(people: dict[str, Person]) -> None:
    """The tickets of the guides' examples: two wait for their member, the others for the team."""
    team, at = people["agent-1"], now() - OPENED_BEFORE
    french = _submit(
        people["fr-gold"],
        "fr",
        "La commande ne peut pas être traitée",
        "Je choisis mes produits, je clique sur « Payer » et la page affiche : la commande ne peut pas être traitée.\n"
        "J’ai essayé avec Firefox et avec mon téléphone.",
        at,
    )
    swedish = _submit(
        people["sv-silver"],
        "sv",
        "kan inte bearbeta beställning",
        "När jag klickar på ”Slutför beställning” kommer ett felmeddelande. Jag har provat i två webbläsare.",
        at + timedelta(minutes=20),
    )
    _submit(
        people["es-platinum"],
        "es",
        "No puedo procesar el pedido",
        "Al pulsar «Pagar», la página se queda en blanco y el pedido no aparece en mi cuenta.",
        at + timedelta(minutes=40),
    )
    _submit(
        people["en-diamond"],
        "en",
        "The order cannot be processed",
        "The payment page stays blank after I choose the card. It worked last week.",
        at + timedelta(minutes=60),
    )
    _ask_back(french, swedish, by=team, at=at + timedelta(hours=1))


def _ask_back(french: Ticket, swedish: Ticket, *, by: Person, at: datetime) -> None:
    for ticket, question in (
        (french, "Merci pour votre message. Quel moyen de paiement avez-vous choisi, et vers quelle heure ?"),
        (swedish, "Tack! Vilken betalningsmetod valde du, och ungefär vilken tid hände det?"),
    ):
        tickets.assign(ticket, queries.agent(by.id), by=by, at=at)
        tickets.request_information(ticket, question, submission=drafts.new_submission(), by=by, at=at)
    tickets.add_note(
        swedish,
        "Same message as in the French ticket. The payment service’s log is with the shop team.",
        submission=drafts.new_submission(),
        by=by,
        at=at + timedelta(hours=1),
    )
