"""The cookie of a browser's session: signed by Flask, and good although the clock has been put back since.

Flask's own refuses a cookie that was signed in what is now the future: putting the clock right by a second would sign
out whoever got a page in that second, and by an hour everybody of the last hour. How long somebody stays signed in is
kept in the database; the cookie's age is only the outer limit.
"""

from datetime import datetime

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class Signer(TimestampSigner):
    """Takes what was signed too long ago for none of ours, and what was signed in the future for ours."""

    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> tuple[bytes, datetime] | bytes:
        try:
            return super().unsign(signed_value, max_age, return_timestamp)
        except SignatureExpired as expired:
            at = expired.date_signed
            if at is None or at.timestamp() <= self.get_timestamp():
                raise
        return super().unsign(signed_value, None, return_timestamp)


class Cookies(SecureCookieSessionInterface):
    """Flask's sessions with our signer, which is made once: an app has the same keys as long as it runs."""

    _made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._made is None:
            self._made = super().get_signing_serializer(app)
            if self._made is not None:
                self._made.signer = Signer
        return self._made


def init_app(app: Flask) -> None:
    """Gives the app its cookies."""
    app.session_interface = Cookies()
