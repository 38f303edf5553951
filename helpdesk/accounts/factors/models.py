"""Tables of what people prove themselves with besides their password, and of proofs that are under way."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import UTCDateTime
from helpdesk.extensions import db


class AuthenticatorApp(db.Model):
    """Somebody's authenticator app: its key, sealed, and the last time step that a code was taken of.

    `next_key` is one that is being set up, until its first code has been typed; `key` is None before that.
    """

    __tablename__ = "authenticator_app"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str | None] = mapped_column(String(200))
    next_key: Mapped[str | None] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    added_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Passkey(db.Model):
    """A passkey of somebody: its id in base64url, its public key, and how often it says that it has signed."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(db.Model):
    """A recovery code that has not been used: its SHA-256. Of 120 random bits that is enough (v5.0.0-6.5.2)."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SecondStep(db.Model):
    """A sign-in whose password was right and whose second step is still to come. Only the token's SHA-256 is kept."""

    __tablename__ = "second_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class PasskeyChallenge(db.Model):
    """What a passkey is to sign, for one use: of a session, or of a sign-in under way; the last one counts."""

    __tablename__ = "passkey_challenge"

    holder: Mapped[str] = mapped_column(String(40), primary_key=True)
    challenge: Mapped[str] = mapped_column(String(100))
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
