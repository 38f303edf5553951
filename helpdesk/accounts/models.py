"""Tables of people, their sessions, their sign-in failures, their one-time links, and how agents work."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime, now
from helpdesk.extensions import db
from helpdesk.ranks import Role


class User(db.Model):
    """A person with an account: a member of the organisation, an agent or an administrator.

    `language` and `time_zone` are None until the person, or their browser at the first sign-in, has chosen.
    `origin` says where the account comes from: `directory`, `command` or `demo`. `second_factor_at` is since when they
    have a second factor, and None without one: accounts/factors keeps it, every request reads it. `last_seen_at` is
    their last sign-in.
    """

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("role IN ('member', 'agent', 'admin')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80))
    username_key: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    member_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(10), default=Role.MEMBER.value, index=True)
    rank: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(2))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    theme: Mapped[str] = mapped_column(String(6), default="system")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(10), default="directory")
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    second_factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PersonWord(db.Model):
    """A word by whose beginning somebody is found: of their name, their username, address or member ID, folded.

    It is ordered by its bytes on both databases, so that everything that begins alike stands together.
    """

    __tablename__ = "person_word"

    word: Mapped[str] = mapped_column(
        String(80).with_variant(String(80, collation="C"), "postgresql"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)


class UserSession(db.Model):
    """One signed-in browser. Only the token's SHA-256 is stored; ending the row ends the session at once.

    `proved_at` is when this person last showed in it that it is them: at the sign-in, or before something sensitive.
    """

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInFailure(db.Model):
    """Failed sign-ins of one account name or one source; `key` is a keyed hash, so no name or address is kept."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class PasswordLink(db.Model):
    """A one-time link to set a password. Only the token's SHA-256 is stored."""

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ParkedForm(db.Model):
    """What somebody had typed when their session ended, kept until they have signed in again: one a person and page."""

    __tablename__ = "parked_form"
    __table_args__ = (Index("uq_parked_form_user_path", "user_id", "path", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(200))
    fields: Mapped[str]
    parked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgentProfile(db.Model):
    """How somebody of the team works: the languages they write (codes, by comma), and what they have switched on.

    `takes_tickets` lets new tickets be given to them; `assigned_at` is when they were last given one.
    """

    __tablename__ = "agent_profile"

    agent_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    languages: Mapped[str] = mapped_column(String(20), default="")
    takes_tickets: Mapped[bool] = mapped_column(default=False)
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shortcuts: Mapped[bool] = mapped_column(default=True)
