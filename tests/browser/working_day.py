"""A day at the desk for the browser: its members and their tickets and chats, and the agents' hands on the keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.chat import service as chats
from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.browser.desk import Desk

LANGUAGES = {
    "en": ("Europe/London", "The order cannot be processed", "It stops at the payment page."),
    "fr": ("Europe/Paris", "La commande ne peut pas être traitée", "La page de paiement reste blanche."),
    "sv": ("Europe/Stockholm", "Kan inte bearbeta beställningen", "Betalsidan förblir tom."),
    "es": ("America/Bogota", "No puedo procesar el pedido", "La página de pago se queda en blanco."),
}
QUESTIONS = {
    "en": "My page stays blank since this morning, can you help me please?",
    "fr": "Bonjour, ma commande ne passe pas depuis ce matin, la page reste blanche.",
    "sv": "Hej, min beställning går inte igenom sedan i morse, sidan är helt tom.",
    "es": "Hola, mi pedido no se procesa desde esta mañana, la página queda en blanco.",
}


@dataclass
class Day:
    """Who writes to the desk today, and what they have sent."""

    desk: Desk
    members: list[Person]
    sent: list[Ticket]

    @classmethod
    def begin(cls, desk: Desk, *, each: int) -> "Day":
        """Two members a language, who send `each` tickets each; the first has waited since last week."""
        members = [_member(desk, f"Member {code.upper()} {place}", code) for place in (1, 2) for code in LANGUAGES]
        day = cls(desk, members, [])
        for round_ in range(each):
            for member in members:
                early = round_ == 0 and member is members[0]
                day.send(member, f"{round_ + 1}", at=now() - timedelta(days=6 if early else 0))
        return day

    def send(self, member: Person, mark: str = "", *, at: datetime | None = None) -> Ticket:
        """A member sends a ticket in their own language."""
        _, title, description = LANGUAGES[member.language or "en"]

        def submit() -> Ticket:
            ticket = tickets.submit(
                submission=builders.token(), language=member.language or "en", title=f"{title} {mark}".strip(),
                description=description, by=member, at=at or now(),
            )  # fmt: skip
            db.session.flush()
            db.session.expunge(ticket)
            return ticket

        self.sent.append(self.desk.inside(submit))  # type: ignore[arg-type]
        return self.sent[-1]

    def answer(self, ticket: Ticket, body: str) -> None:
        """The owner of a ticket writes in it."""
        owner = next(one for one in self.members if one.id == ticket.owner_id)
        self.desk.inside(
            lambda: tickets.reply_as_owner(
                db.session.get_one(Ticket, ticket.id), body, submission=builders.token(), by=owner, at=now(),
                reopen_days=30,
            )
        )  # fmt: skip

    def queue(self, many: int) -> list[int]:
        """So many come to the chat, one after the other, in all languages; each is another person."""
        begun = []
        for place in range(many):
            code = list(LANGUAGES)[place % 4]
            member = _member(self.desk, f"Caller {place + 1}", code)
            self.members.append(member)

            def put(member: Person = member, code: str = code) -> int:
                return chats.begin(
                    name=member.name, member_ref="", email=member.email, question=QUESTIONS[code],
                    client_id=builders.token(), by=member, at=now(),
                ).id  # fmt: skip

            begun.append(self.desk.inside(put))
        return begun  # type: ignore[return-value]

    def now(self, ticket: Ticket) -> Ticket:
        """The ticket as it is now."""

        def look() -> Ticket:
            found = db.session.get_one(Ticket, ticket.id)
            db.session.expunge(found)
            return found

        return self.desk.make.look(look)


def _member(desk: Desk, name: str, code: str) -> Person:
    member = desk.make.member(name=name, language=code)

    def settle() -> None:
        db.session.get_one(User, member.id).time_zone = LANGUAGES[code][0]

    desk.inside(settle)
    return member


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_first(page: Page) -> None:
    """From the list into its first ticket, by keys."""
    page.locator("body").focus()
    press(page, "j")
    expect(page.locator("a.row-title:focus")).to_be_visible()
    press(page, "o")
    expect(page.locator("#reply-form")).to_be_visible()
    page.wait_for_load_state()


def take(page: Page) -> None:
    """Takes the ticket, by its key."""
    press(page, "a")
    expect(page.locator("#flash .notice")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("#take")).to_have_count(0)


def write(page: Page, mode: str, text: str) -> Locator:
    """Into the reply (r) or the note (n), by keys."""
    press(page, {"reply": "r", "note": "n"}[mode])
    body = page.locator("#body")
    expect(body).to_be_focused()
    page.keyboard.insert_text(text)
    return body


def tab_onto(page: Page, wanted: str, *, most: int = 60) -> None:
    """Goes on by Tab until the element is reached."""
    for _ in range(most):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", wanted):
            return
        press(page, "Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")
