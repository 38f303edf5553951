"""The chats that the sweeps' pages of the desk show: one that waits, two with the agent, one that is over."""

from datetime import datetime, timedelta

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.person import Person
from helpdesk.chat import service
from helpdesk.chat.models import AgentPresence, Chat
from helpdesk.database import now
from helpdesk.desk.chats import service as desk_chats
from helpdesk.extensions import db
from tests import builders
from tests.browser.desk import Desk

NAMES = ("Maximiliana Sköld-Lefèvre", "Bernadette Montgomery-Ångström", "Li", "Guillermo Hernández-Castellanos")
QUESTION = "Bonjour, ma commande ne passe pas depuis ce matin, la page de paiement reste blanche. " * 2


def make_chats(desk: Desk, team: Person, language: str) -> dict[str, str]:
    """Their numbers by name. Nobody is given up while the sweep goes on: all were last seen tomorrow."""
    members = [desk.make.member(name=name, language=language, member_id=builders.token()[:7]) for name in NAMES]
    for member in members[:2]:
        desk.make.ticket(member, title="The order cannot be processed after the payment page", language=language)
    return dict(desk.inside(lambda: _fill(members, team, now())))


def _fill(members: list[Person], team: Person, at: datetime) -> dict[str, str]:
    service.set_available(team, True, at=at)
    db.session.get_one(AgentPresence, team.id).seen_at = at + timedelta(days=1)
    waiting, asked, talking, over = [begin(member, at - timedelta(minutes=7)) for member in members]
    accounts.user(members[0].id).time_zone = "America/Argentina/Buenos_Aires"
    desk_chats.ask_for_ticket(asked, "sv", "Skicka ett ärende.", by=team, at=at)
    for chat in (talking, over):
        service.claim(chat, by=team, at=at)
    for body in ("Hello, which browser?", "See https://example.org/a-very-long-address/without-any-space-" + "x" * 60):
        say(talking, body, team, at)
    say(talking, "w" * 200, members[2], at)
    service.end(over, by=team, at=at)
    over.rating, over.rating_comment = 4, "Quick and kind."
    chats = {"waits": waiting, "asked": asked, "talks": talking, "over": over}
    return {name: str(chat.id) for name, chat in chats.items()}


def begin(member: Person, at: datetime) -> Chat:
    chat = service.begin(
        name=member.name, member_ref="typed-otherwise", email=member.email, question=QUESTION,
        client_id=builders.token(), by=member, at=at,
    )  # fmt: skip
    chat.seen_at = at + timedelta(days=1)
    return chat


def say(chat: Chat, body: str, by: Person, at: datetime) -> None:
    service.say(chat, body, client_id=builders.token(), by=by, at=at)
