"""What the sweeps' pages show, in one language: people, tickets in every state, a draft with files."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from helpdesk.accounts import queries as accounts
from helpdesk.accounts import service as account_service
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.files import service as files
from helpdesk.files.service import Prepared
from helpdesk.mail import unsubscribing
from helpdesk.submission import service as drafts
from helpdesk.tickets import service as tickets
from helpdesk.tickets.models import Ticket
from tests import builders
from tests.browser.chat_world import make_chats
from tests.browser.chats_of_members import make_chatting_members
from tests.browser.desk import Desk
from tests.browser.pages import Shown, Who
from tests.browser.second_steps import give_app

TITLES = {
    "en": "The order cannot be processed after the payment page stays blank for minutes",
    "fr": "La commande ne peut pas être traitée après l’enregistrement du moyen de paiement",
    "sv": "kan inte bearbeta beställningsbekräftelsen",
    "es": "No puedo procesar el pedido",
}
LONG_NAME = "an-image-of-the-payment-page-without-any-space-in-its-name.png"


@dataclass(frozen=True)
class World:
    """Who reads the pages, and what fills the places of their addresses."""

    people: dict[Who, Person | None]
    places: dict[str, str]

    def address(self, shown: Shown) -> str:
        return shown.path.format(**self.places)


def make_world(desk: Desk, language: str) -> World:
    """Everything at once: one transaction, so that it takes a moment and not a minute."""
    member = desk.make.member(language=language, name="Maximiliana Sköld-Lefèvre", member_id=builders.token()[:7])
    team = desk.make.agent(language=language, name="Alexandra Montgomery-Ångström")
    boss = desk.make.admin(language=language, name="Åsa Montgomery")
    below = desk.make.member(language=language, rank="Manager")
    careful = desk.make.member(language=language, name="Maximiliana Sköld-Lefèvre")
    desk.inside(lambda: give_app(careful))
    pictures = desk.make.look(lambda: [_received(name) for name in ("écran.png", LONG_NAME, LONG_NAME)])
    places = desk.inside(lambda: _fill(member, team, language, list(pictures)))
    places = {
        **dict(places),
        "member": str(member.id),
        "colleague": str(team.id),
        "careful": careful.username,
        **make_chats(desk, team, language),
    }
    chatting = make_chatting_members(desk, team, language)
    return World(
        {Who.NOBODY: None, Who.MEMBER: member, Who.AGENT: team, Who.ADMIN: boss, Who.BELOW: below, **chatting}, places
    )


def _fill(member: Person, team: Person, language: str, pictures: list[Prepared]) -> dict[str, str]:
    title, at = TITLES[language], now()
    awaiting = _submit(member, language, title, at, picture=pictures.pop())
    tickets.assign(awaiting, accounts.agent(team.id), by=team, at=at)
    tickets.request_information(awaiting, "A question?\n" * 3, submission=builders.token(), by=team, at=at)
    tickets.add_note(awaiting, "Only for the team.", submission=builders.token(), by=team, at=at)
    closed = _submit(member, language, title, at)
    tickets.close(closed, by=team, at=at, body="It works again.", submission=builders.token())
    old = _submit(member, language, title, at - timedelta(days=70))
    tickets.close(old, by=team, at=at - timedelta(days=60))
    for number in range(12):
        tickets.close(_submit(member, language, f"{title} {number}", at), by=member, at=at)
    follower = _submit(member, language, title, at, follows=old)
    draft = drafts.begin(by=member, language=language, at=at)
    drafts.save_title(draft, language=language, title=title, at=at)
    drafts.save_description(draft, "First I …\n" * 5 + "w" * 200, at=at)
    for picture in pictures:
        files.stage(picture, submission=draft.submission, by=member)
    numbers = {"awaiting": awaiting.number, "closed": closed.number, "old": old.number, "follower": follower.number}
    link = account_service.issue_password_link(accounts.user(member.id), at=at)
    names = {"draft": draft.submission, "submitted": awaiting.submission, "link": link}
    names["ending"] = unsubscribing.token(member.id, "ticket_closed")
    return {name: str(place) for name, place in {**numbers, **names}.items()}


def _submit(
    owner: Person,
    language: str,
    title: str,
    at: datetime,
    *,
    picture: Prepared | None = None,
    follows: Ticket | None = None,
) -> Ticket:
    submission = builders.token()
    if picture is not None:
        files.stage(picture, submission=submission, by=owner)
    return tickets.submit(
        submission=submission, language=language, title=title, description="First I …\nThen «it» stopped.", by=owner,
        at=at, follows_id=follows.id if follows else None,
    )  # fmt: skip


def _received(name: str) -> Prepared:
    store, limits = current_app.config["FILES_STORE"], current_app.config["FILES_LIMITS"]
    return files.receive(builders.picture(640, 400), name, store=store, limits=limits)
