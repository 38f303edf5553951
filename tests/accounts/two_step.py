"""An authenticator app and a passkey as tests have them: real codes, real signatures, and a clock to move."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts.factors import sealing, totp
from helpdesk.accounts.factors.models import AuthenticatorApp
from helpdesk.accounts.models import User
from helpdesk.accounts.person import Person
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.site.models import AuditEntry
from tests.builders import PASSWORD
from tests.conftest import Client, Make

PAGE = "/profile/two-step"


class Phone:
    """The authenticator app of one person: knows their key by way of the database, makes the code of any step."""

    def __init__(self, app: Flask, person: Person) -> None:
        self._app, self._person = app, person

    @property
    def key(self) -> str:
        with self._app.app_context():
            row = db.session.scalars(select(AuthenticatorApp).where(AuthenticatorApp.user_id == self._person.id)).one()
            return sealing.unseal(row.next_key or row.key or "", self._app.config["SECRET_KEY"]) or ""

    def code(self, off: int = 0) -> str:
        return totp.code(self.key, totp.step_at(now()) + off)

    def rest(self) -> None:
        """Lets the last code lie a while back, so that the present one is new again."""
        with self._app.app_context():
            intend_to_write()
            db.session.execute(update(AuthenticatorApp).values(last_step=0))
            db.session.commit()


def set_up_app(browser: Client, phone: Phone) -> list[str]:
    """Sets an app up through its pages; the recovery codes that were shown."""
    assert browser.post("/profile/two-step/app").location == "/profile/two-step/app"
    answer = browser.post("/profile/two-step/app/code", data={"code": phone.code()})
    assert answer.status_code in {200, 303}, answer.text
    phone.rest()
    return codes_in(answer.text)


def codes_in(text: str) -> list[str]:
    return re.findall(r"<code translate=\"no\">([\w-]+)</code>", text)


def password_step(browser: Client, person: Person, **options: object):
    """The first page of the sign-in; the answer to it."""
    browser.get("/sign-in")
    answer = browser.post("/sign-in", data={"username": person.username, "password": PASSWORD}, **options)
    browser.get("/sign-in/second-step")  # with the secret of its forms
    return answer


def is_signed_in(browser: Client) -> bool:
    return browser.get("/profile").status_code == 200


@dataclass
class Key:
    """A security key: one credential on the curve P-256, as a browser hands its answers over."""

    origin: str = "http://localhost"
    host: str = "localhost"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: hashlib.sha256(str(now()).encode()).digest())
    count: int = 0
    verified: bool = True

    def make(self, options: dict[str, object]) -> str:
        """The answer to `navigator.credentials.create`."""
        point = self.private.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )  # fmt: skip
        data = self._data(0x40) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"attestationObject": text(attested), "transports": ["usb", "odd"]}
        return self._answer("webauthn.create", options, said)

    def sign(self, options: dict[str, object]) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", options)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"authenticatorData": text(data), "signature": text(signature)}
        return self._answer("webauthn.get", options, said)

    def _data(self, flags: int = 0) -> bytes:
        flags |= 0x01 | (0x04 if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, object]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, kind: str, options: dict[str, object], said: dict[str, object]) -> str:
        response = {"clientDataJSON": text(self._client(kind, options)), **said}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def add_key(browser: Client, key: Key, name: str = "Blue key") -> list[str]:
    """Adds a passkey through its doors; the recovery codes that were shown."""
    options = browser.post("/profile/two-step/passkeys/options").json
    answer = browser.post("/profile/two-step/passkeys", data={"name": name, "credential": key.make(options)})
    assert answer.status_code in {200, 303}, answer.text
    return codes_in(answer.text)


def since(make: Make, person: Person) -> object:
    """From when on they are asked for a second step; None: they are not."""
    return make.look(lambda: db.session.get_one(User, person.id).second_factor_at)


def logged(make: Make) -> list[tuple[str, int | None, int | None]]:
    """What the audit log has: what, by whom, about whom."""
    entries = select(AuditEntry.what, AuditEntry.actor_id, AuditEntry.about_id).order_by(AuditEntry.id)
    return [tuple(row) for row in make.look(lambda: db.session.execute(entries).all())]  # type: ignore[attr-defined]
