"""Keys of authenticator apps are stored sealed with the site's key: a copy of the database alone makes no codes."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


def seal(text: str, secret: str) -> str:
    """The text, to be read again with the same secret only."""
    return _lock(secret).encrypt(text.encode()).decode()


def unseal(sealed: str, secret: str) -> str | None:
    """What was sealed; None with another secret, as after the site's key was changed."""
    try:
        return _lock(secret).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _lock(secret: str) -> Fernet:
    # The site's key has all the randomness there is; the words keep this use of it apart from signing cookies.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"helpdesk authenticator app\0" + secret.encode()).digest()))
