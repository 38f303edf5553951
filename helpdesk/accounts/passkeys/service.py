"""Asks for passkeys' signatures and checks them (WebAuthn, by py_webauthn). Never commits, never reads the request."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from sqlalchemy import delete, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from helpdesk.accounts.factors import queries
from helpdesk.accounts.factors.models import Passkey, PasskeyChallenge
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.refusals import Invalid

LASTS = timedelta(minutes=5)
MOST_SIGNS = 20_000
TRANSPORTS = {one.value for one in AuthenticatorTransport}
# What a stranger's answer can break inside the library: all of it means that this is no passkey of ours.
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Site:
    """For whom passkeys are made: the host name, the address that pages have, and what it is called."""

    host: str
    origin: str
    name: str


def ask_for_new(user: User, site: Site, *, holder: str, secret: str, at: datetime) -> dict[str, Any]:
    """What the browser needs to make a passkey. `holder` names whose question it is."""
    options = webauthn.generate_registration_options(
        rp_id=site.host, rp_name=site.name, user_id=_handle(user.id, secret), user_name=user.username,
        user_display_name=user.name, challenge=_challenge(holder, at), exclude_credentials=_known(user.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )  # fmt: skip
    return _as_json(options)


def check_new(answer: str, site: Site, *, holder: str, name: str, at: datetime) -> Passkey:
    """The passkey that was made, not yet anybody's. Raises Invalid `passkey_refused`."""
    challenge = _take(holder, at)
    try:
        made = webauthn.verify_registration_response(
            credential=answer[:MOST_SIGNS], expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin,
        )  # fmt: skip
        said = json.loads(answer[:MOST_SIGNS])["response"].get("transports", [])
        transports = ",".join(sorted(TRANSPORTS & {str(one) for one in said}))
    except _WRONG as fault:
        raise Invalid("passkey_refused") from fault
    return Passkey(
        credential_id=bytes_to_base64url(made.credential_id), public_key=made.credential_public_key,
        sign_count=made.sign_count, transports=transports, name=name,
    )  # fmt: skip


def ask_to_sign(user_id: int, site: Site, *, holder: str, verified: bool, at: datetime) -> dict[str, Any]:
    """What the browser needs for one of this person's passkeys to sign; `verified`: with their finger, face or PIN."""
    need = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=_challenge(holder, at), allow_credentials=_known(user_id), user_verification=need
    )
    return _as_json(options)


def check_signed(answer: str, user_id: int, site: Site, *, holder: str, verified: bool, at: datetime) -> None:
    """Raises Invalid `passkey_refused` unless one of this person's passkeys has signed what was asked, just now."""
    challenge = _take(holder, at)
    try:
        named = json.loads(answer[:MOST_SIGNS])["id"]
        mine = select(Passkey).where(Passkey.user_id == user_id, Passkey.credential_id == str(named)[:1400])
        passkey = db.session.scalar(mine)
        if passkey is None:
            raise Invalid("passkey_refused")
        signed = webauthn.verify_authentication_response(
            credential=answer[:MOST_SIGNS], expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=verified,
        )  # fmt: skip
    except _WRONG as fault:
        raise Invalid("passkey_refused") from fault
    used = update(Passkey).where(Passkey.id == passkey.id).values(sign_count=signed.new_sign_count, used_at=at)
    db.session.execute(used)


def _challenge(holder: str, at: datetime) -> bytes:
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.holder == holder))
    challenge = secrets.token_bytes(32)
    row = PasskeyChallenge(holder=holder, challenge=bytes_to_base64url(challenge), ends_at=at + LASTS)
    db.session.add(row)
    return challenge


def _take(holder: str, at: datetime) -> bytes:
    """What was asked last; it can be answered once. Raises Invalid when nothing was."""
    mine = delete(PasskeyChallenge).where(PasskeyChallenge.holder == holder, PasskeyChallenge.ends_at > at)
    challenge = db.session.scalar(mine.returning(PasskeyChallenge.challenge))
    if challenge is None:
        raise Invalid("passkey_refused")
    return base64url_to_bytes(challenge)


def _known(user_id: int) -> Sequence[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(way) for way in one.transports.split(",") if way in TRANSPORTS] or None,
        )
        for one in queries.passkeys(user_id)
    ]


def _handle(user_id: int, secret: str) -> bytes:
    """What the authenticator calls the account by: the same each time, and nothing that tells who it is."""
    return hmac.digest(secret.encode(), f"passkey {user_id}".encode(), hashlib.sha256)


def _as_json(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found
