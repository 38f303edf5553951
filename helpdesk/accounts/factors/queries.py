"""What second factors somebody has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.accounts.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from helpdesk.extensions import db


@dataclass(frozen=True)
class Factors:
    """The second factors of one person. `codes` is how many recovery codes are left."""

    app: AuthenticatorApp | None
    passkeys: list[Passkey]
    codes: int

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.app is not None)


def factors(user_id: int) -> Factors:
    """Everything that this person can take the second step with."""
    app = db.session.get(AuthenticatorApp, user_id)
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return Factors(app if app and app.key else None, passkeys(user_id), db.session.scalar(left) or 0)


def passkeys(user_id: int) -> list[Passkey]:
    """This person's passkeys, the first one first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def codes_made_at(user_id: int) -> datetime | None:
    """When the recovery codes that are left were made."""
    return db.session.scalar(select(func.max(RecoveryCode.made_at)).where(RecoveryCode.user_id == user_id))
