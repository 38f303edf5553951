"""The people of the test data: members of all ranks and languages, a team of agents, one administrator."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from helpdesk import demo, languages
from helpdesk.accounts.passwords import HASHER
from helpdesk.ranks import LADDER, Role

Row = dict[str, object]

AGENTS = 20
# The first members have as many tickets at every size, so that their pages show the same; they can sign in.
MEASURED, TICKETS_EACH = 5, 40
PASSWORD = demo.PASSWORD
FIRST_NAMES = (
    "Alice", "Astrid", "Ben", "Camille", "Carlos", "Chloé", "Elin", "Emma", "Félix", "Gösta", "Hanna", "Hugo", "Inés",
    "Jean", "José", "Karin", "Lars", "Lucía", "Maja", "María", "Noah", "Olivia", "Paul", "Renée", "Sam", "Sofía",
    "Sven", "Thomas", "Zoé", "Åsa",
)  # fmt: skip
LAST_NAMES = (
    "Andersson", "Bergström", "Blanc", "Carter", "Castro", "Dubois", "Ekström", "Fernández", "Fournier", "García",
    "Håkansson", "Jones", "Laurent", "Lefèvre", "Lindqvist", "López", "Martin", "Miller", "Morgan", "Müller", "Nilsson",
    "Núñez", "Öberg", "Ortega", "Peña", "Petit", "Roux", "Smith", "Taylor", "Wright",
)  # fmt: skip


def agent_ids(members: int) -> range:
    """The ids of the agents: they come behind the members."""
    return range(members + 1, members + 1 + AGENTS)


def member_name(place: int) -> str:
    return f"member{place}"


def agent_name(place: int) -> str:
    return f"agent{place}"


def rows(members: int, seed: int, at: datetime) -> Iterator[Row]:
    """The rows of all accounts. Only the measured members and the team have a password, the demo's."""
    chance = Random(f"{seed} people")
    password_hash = HASHER.hash(PASSWORD, salt=f"{seed:016}".encode())
    for place in range(members):
        measured = place < MEASURED
        rank = "Gold" if measured else LADDER[int(chance.random() * len(LADDER))]
        language = languages.DEFAULT if measured else languages.CODES[int(chance.random() * len(languages.CODES))]
        yield _account(place + 1, member_name(place), Role.MEMBER, at, chance) | {
            "rank": rank, "language": language, "member_id": f"{4_000_000 + place}",
            "password_hash": password_hash if measured else None,
        }  # fmt: skip
    for place, agent_id in enumerate(agent_ids(members)):
        role = Role.ADMIN if place == AGENTS - 1 else Role.AGENT
        yield _account(agent_id, agent_name(place), role, at, chance) | {
            "rank": None, "language": languages.DEFAULT, "member_id": None, "password_hash": password_hash,
        }  # fmt: skip


def profiles(members: int) -> Iterator[Row]:
    """How the agents work: each writes English and one language more."""
    for place, agent_id in enumerate(agent_ids(members)):
        other = languages.CODES[1 + place % 3]
        yield {"agent_id": agent_id, "languages": f"en,{other}", "takes_tickets": place % 4 > 0, "shortcuts": True}


def _account(user_id: int, username: str, role: Role, at: datetime, chance: Random) -> Row:
    first = FIRST_NAMES[int(chance.random() * len(FIRST_NAMES))]
    last = LAST_NAMES[int(chance.random() * len(LAST_NAMES))]
    email = f"{username}@example.org"
    return {
        "id": user_id, "username": username, "username_key": username, "email": email, "email_key": email,
        "name": f"{first} {last}", "role": role.value, "theme": "system", "origin": "demo",
        "time_zone": "Europe/Paris", "created_at": at - timedelta(days=800),
    }  # fmt: skip
