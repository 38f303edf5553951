"""What can be done to second factors. Never commits, never reads the request; each change is told by mail and logged.

`secret` is the site's key, with which keys of apps are sealed.
"""

from datetime import datetime

from sqlalchemy import delete, select, update

from helpdesk.accounts.factors import codes, queries, sealing, totp
from helpdesk.accounts.factors.models import AuthenticatorApp, Passkey, PasskeyChallenge, RecoveryCode, SecondStep
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.refusals import Invalid, NotFound, WrongState
from helpdesk.site import service as site

MOST_PASSKEYS = 10


def begin_app(user: User, *, secret: str) -> None:
    """A new key for an authenticator app; the present one goes on until the first code of the new one is typed."""
    row = db.session.get(AuthenticatorApp, user.id)
    if row is None:
        row = AuthenticatorApp(user_id=user.id, last_step=0)
        db.session.add(row)
    row.next_key = sealing.seal(totp.new_key(), secret)


def key_being_set_up(user_id: int, *, secret: str) -> str | None:
    """The key that waits for its first code, if there is one."""
    row = db.session.get(AuthenticatorApp, user_id)
    return sealing.unseal(row.next_key, secret) if row and row.next_key else None


def finish_app(user: User, typed: str, *, secret: str, browser: str, at: datetime) -> None:
    """The app makes codes that fit: it is a factor from now on. Raises Invalid `code_wrong`."""
    row = db.session.get(AuthenticatorApp, user.id)
    key = key_being_set_up(user.id, secret=secret)
    step = totp.matching_step(key, typed, at=at, after=0) if key else None
    if row is None or step is None:
        raise Invalid("code_wrong")
    row.key, row.next_key, row.last_step, row.added_at, row.used_at = row.next_key, None, step, at, None
    _added(user, "app", browser=browser, at=at)


def remove_app(user: User, *, must_keep_one: bool, browser: str, at: datetime) -> None:
    """Takes the app away. Raises NotFound without one, WrongState when it is the last factor of who must have one."""
    if queries.factors(user.id).app is None:
        raise NotFound()
    _check_not_the_last(user, must_keep_one)
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    _removed(user, "app", browser=browser, at=at)


def add_passkey(user: User, passkey: Passkey, *, browser: str, at: datetime) -> None:
    """Keeps a new passkey. Raises WrongState for too many, Invalid for one that somebody has already."""
    if len(queries.passkeys(user.id)) >= MOST_PASSKEYS:
        raise WrongState("passkeys_enough", most=MOST_PASSKEYS)
    known = select(Passkey.id).where(Passkey.credential_id == passkey.credential_id)
    if db.session.scalar(known) is not None:
        raise Invalid("passkey_refused")
    passkey.user_id, passkey.added_at = user.id, at
    db.session.add(passkey)
    db.session.flush()
    _added(user, "passkey", browser=browser, at=at)


def remove_passkey(user: User, passkey_id: int, *, must_keep_one: bool, browser: str, at: datetime) -> None:
    """Takes one of their passkeys away. Raises NotFound for any other, WrongState as for an app."""
    found = next((one for one in queries.passkeys(user.id) if one.id == passkey_id), None)
    if found is None:
        raise NotFound()
    _check_not_the_last(user, must_keep_one)
    db.session.delete(found)
    db.session.flush()
    _removed(user, "passkey", browser=browser, at=at)


def new_codes(user: User, *, at: datetime) -> list[str]:
    """Ten new recovery codes, to be shown once; older ones are void."""
    made = codes.new_codes()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.add_all(RecoveryCode(code_hash=codes.code_hash(code), user_id=user.id, made_at=at) for code in made)
    site.record("recovery_codes_made", by=user.id, about=user.id, at=at)
    return made


def check_code(user: User, typed: str, *, secret: str, browser: str, at: datetime) -> None:
    """Takes a code of the app, or a recovery code, for this once. Raises Invalid `code_wrong`.

    The statement that takes it asks whether it is still good: of two at the same time one is too late.
    """
    taken = _take_app_code(user, typed, secret, at) if totp.looks_like_one(typed) else _take_recovery_code(user, typed)
    if not taken:
        raise Invalid("code_wrong")
    if totp.looks_like_one(typed):
        return
    left = queries.factors(user.id).codes
    site.record("recovery_code_used", by=user.id, about=user.id, at=at, facts={"left": left})
    _tell("recovery_code_used", user, at, browser=browser[:200], left=left)


def reset(user: User, *, by: int | None, at: datetime) -> None:
    """Somebody else takes all factors of an account away, as when a phone was lost. Raises WrongState without any."""
    if user.second_factor_at is None:
        raise WrongState("factor_none", name=user.name)
    _forget(user)
    site.record("factors_reset", by=by, about=user.id, at=at)
    _tell("factors_reset", user, at)


def forget_ended(*, at: datetime) -> None:
    """Removes sign-ins and challenges whose time is over."""
    for table in (SecondStep, PasskeyChallenge):
        db.session.execute(delete(table).where(table.ends_at <= at))


def _take_app_code(user: User, typed: str, secret: str, at: datetime) -> bool:
    row = db.session.get(AuthenticatorApp, user.id)
    key = sealing.unseal(row.key, secret) if row and row.key else None
    step = totp.matching_step(key, typed, at=at, after=row.last_step) if row and key else None
    if step is None:
        return False
    mine = update(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id, AuthenticatorApp.last_step < step)
    mine = mine.values(last_step=step, used_at=at).execution_options(synchronize_session=False)
    return db.session.execute(mine).rowcount == 1


def _take_recovery_code(user: User, typed: str) -> bool:
    mine = delete(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.code_hash == codes.code_hash(typed)
    )  # fmt: skip
    return db.session.execute(mine).rowcount == 1


def _check_not_the_last(user: User, must_keep_one: bool) -> None:
    if must_keep_one and queries.factors(user.id).count == 1:
        raise WrongState("factor_last")


def _added(user: User, which: str, *, browser: str, at: datetime) -> None:
    user.second_factor_at = user.second_factor_at or at
    site.record("factor_added", by=user.id, about=user.id, at=at, facts={"which": which})
    _tell("factor_added", user, at, browser=browser[:200], which=which)


def _removed(user: User, which: str, *, browser: str, at: datetime) -> None:
    if queries.factors(user.id).count == 0:
        _forget(user)
    site.record("factor_removed", by=user.id, about=user.id, at=at, facts={"which": which})
    _tell("factor_removed", user, at, browser=browser[:200], which=which)


def _forget(user: User) -> None:
    for table in (AuthenticatorApp, Passkey, RecoveryCode, SecondStep):
        db.session.execute(delete(table).where(table.user_id == user.id))
    user.second_factor_at = None


def _tell(kind: str, user: User, at: datetime, **facts: int | str) -> None:
    told = {"at": int(at.timestamp()), **facts}
    outbox.put(kind, to=user.id, facts=told, key=f"{kind}:{user.id}:{at.timestamp()}", at=at)
