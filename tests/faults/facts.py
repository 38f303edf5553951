"""Plain facts that the fault tests pass around: who somebody is, and what is stored. Needs nothing of the product."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpdesk.accounts.person import Person


@dataclass(frozen=True)
class Badge:
    """Somebody who is signed in: who they are, their cookie, the secret of their forms, the site of their page."""

    person: "Person"
    cookie: str
    form_secret: str
    origin: str


@dataclass(frozen=True)
class Stored:
    """A message as the database has it."""

    seq: int
    client_id: str
    body: str
