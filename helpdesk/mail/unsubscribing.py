"""The token with which one kind of mail is ended by one click: signed, so that nobody can end somebody else's.

It holds for ever: a mail may be read years later. With another secret key old ones are over.
"""

import hashlib

from flask import current_app
from itsdangerous import BadSignature, Signer

from helpdesk.database import MOST_ID
from helpdesk.mail.kinds import KINDS
from helpdesk.refusals import NotFound


def token(user_id: int, kind: str) -> str:
    """What ends this kind of mail for this account."""
    return _signer().sign(f"{user_id}.{kind}").decode()


def read(token: str) -> tuple[int, str]:
    """Whose token it is, and for which kind. Raises NotFound for what we have not signed, or is no kind any more."""
    try:
        signed = _signer().unsign(token).decode()
    except (BadSignature, UnicodeError):
        raise NotFound() from None
    user_id, _dot, kind = signed.partition(".")
    if kind not in KINDS or KINDS[kind].wanted is None or not 0 < int(user_id) <= MOST_ID:
        raise NotFound()
    return int(user_id), kind


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="unsubscribe", digest_method=hashlib.sha256)
