"""Who is signed in, as doors and services see them: plain facts, read anew for every request. No table, no Flask."""

from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin

from helpdesk.ranks import Role


@dataclass(frozen=True, eq=False)
class Person(UserMixin):
    """A signed-in person. `session_id` is the row of their session; `token` is set only while signing in.

    `second_factor` is whether they have one; `proved_at` is when they last showed in this session that it is them.
    """

    id: int
    username: str
    name: str
    email: str
    member_id: str | None
    role: Role
    rank: str | None
    language: str | None
    time_zone: str | None
    theme: str
    session_id: int = 0
    token: str = ""
    second_factor: bool = False
    proved_at: datetime | None = None

    @property
    def is_agent(self) -> bool:
        return self.role is not Role.MEMBER

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's opaque token, never the account's id."""
        return self.token
