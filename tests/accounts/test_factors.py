"""Setting up, moving and removing one's second step, and what stands in the way of whoever is not its owner."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.accounts.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from helpdesk.accounts.models import UserSession
from helpdesk.accounts.person import Person
from helpdesk.database import now
from helpdesk.extensions import db
from tests.accounts.two_step import (
    PAGE,
    Key,
    Phone,
    add_key,
    codes_in,
    is_signed_in,
    logged,
    password_step,
    set_up_app,
    since,
)
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
REFUSED = "The passkey was not accepted. Try again."


def test_an_app_is_set_up_by_its_first_code_and_the_codes_are_shown_once(
    make: Make, tab: Client, anna: Person, phone: Phone
) -> None:
    tab.post(f"{PAGE}/app")
    page = tab.get(f"{PAGE}/app")
    shown = re.search(r'id="key" translate="no">([A-Z2-7 ]+)<', page.text)
    assert shown and shown[1].replace(" ", "") == phone.key
    assert f"secret={phone.key}&amp;issuer=Help%20Desk" in page.text and "no-store" in page.headers["Cache-Control"]
    assert since(make, anna) is None, "a key that nobody has used yet is asked of nobody"
    assert tab.post(f"{PAGE}/app/code", data={"code": "000000"}).status_code == 422

    codes = set_up_app(tab, phone)

    assert len(codes) == 10 and since(make, anna) is not None
    stored = make.look(lambda: [row.code_hash for row in db.session.scalars(select(RecoveryCode)).all()])
    assert len(stored) == 10 and not any(code.replace("-", "") in str(stored) for code in codes)  # type: ignore[arg-type]
    assert codes_in(tab.get(PAGE).text) == []
    assert tab.get(f"{PAGE}/app").location == PAGE, "its key is shown no more"
    assert tab.get(f"{PAGE}/app/key.svg").status_code == 404
    assert [what for what, _, _ in logged(make)] == ["factor_added", "recovery_codes_made"]


def test_the_key_is_a_picture_of_our_own_that_runs_nothing(tab: Client) -> None:
    tab.post(f"{PAGE}/app")
    picture = tab.get(f"{PAGE}/app/key.svg")
    assert picture.content_type == "image/svg+xml; charset=utf-8" and b"<path" in picture.data
    assert picture.headers["Cache-Control"] == "no-store"
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"


def test_no_key_of_an_app_stands_in_the_database_as_it_is(app: Flask, make: Make, tab: Client, phone: Phone) -> None:
    set_up_app(tab, phone)
    row = make.look(lambda: db.session.scalars(select(AuthenticatorApp.key)).one())
    assert phone.key not in str(row) and len(phone.key) == 32


def test_an_app_moves_to_another_phone_and_the_old_one_goes_on_until_then(
    app: Flask, make: Make, tab: Client, anna: Person, phone: Phone
) -> None:
    kept = set_up_app(tab, phone)
    old = phone.key
    tab.post(f"{PAGE}/app")
    assert phone.key != old
    other: Client = app.test_client()
    password_step(other, anna)
    assert other.post("/sign-in/second-step", data={"code": phone.code()}).status_code == 422
    answer = tab.post(f"{PAGE}/app/code", data={"code": phone.code()})
    assert answer.location == f"{PAGE}?changed=yes", "the recovery codes stay"
    phone.rest()
    assert other.post("/sign-in/second-step", data={"code": phone.code()}).status_code == 303
    assert len(kept) == 10 and "10 recovery codes are left." in tab.get(PAGE).text


def test_passkeys_have_names_and_there_may_be_several(make: Make, tab: Client, anna: Person) -> None:
    first, second = Key(), Key()
    assert len(add_key(tab, first, "Laptop")) == 10
    assert add_key(tab, second, "<b>Blue</b>") == []
    page = tab.get(PAGE)
    assert "<strong>Laptop</strong>" in page.text and "<strong>&lt;b&gt;Blue&lt;/b&gt;</strong>" in page.text
    kept = make.look(lambda: [(one.name, one.transports) for one in db.session.scalars(select(Passkey)).all()])
    assert kept == [("Laptop", "usb"), ("<b>Blue</b>", "usb")]


@pytest.mark.parametrize(
    ("name", "forge", "sentence"),
    [
        ("", lambda key, options: key.make(options), "Give the passkey a name."),
        ("x" * 61, lambda key, options: key.make(options), "The name must be 60 characters or fewer."),
        ("Key", lambda key, options: "", REFUSED),
        ("Key", lambda key, options: "{}", REFUSED),
        ("Key", lambda key, options: Key("https://evil.example").make(options), REFUSED),
        ("Key", lambda key, options: key.make({"challenge": "AAAA"}), REFUSED),
        ("Key", lambda key, options: key.sign(options), REFUSED),
    ],
)  # fmt: skip
def test_a_passkey_that_was_not_made_here_and_now_is_refused(
    make: Make, tab: Client, anna: Person, name: str, forge: Callable[..., str], sentence: str
) -> None:
    options = tab.post(f"{PAGE}/passkeys/options").json
    answer = tab.post(f"{PAGE}/passkeys", data={"name": name, "credential": forge(Key(), options)})
    assert answer.status_code == 422 and sentence in read(answer).problems
    assert since(make, anna) is None


def test_nobody_adds_the_passkey_of_somebody_else_nor_too_many(make: Make, tab: Client, as_person: SignedIn) -> None:
    key, bo = Key(), as_person(make.member("bo"))
    add_key(tab, key)
    options = bo.post(f"{PAGE}/passkeys/options").json
    assert bo.post(f"{PAGE}/passkeys", data={"name": "Mine", "credential": key.make(options)}).status_code == 422
    for number in range(9):
        add_key(tab, Key(), str(number))
    options = tab.post(f"{PAGE}/passkeys/options").json
    answer = tab.post(f"{PAGE}/passkeys", data={"name": "One more", "credential": Key().make(options)})
    assert read(answer).problems == ["You have 10 passkeys. Remove one first."]


def test_without_the_last_factor_the_password_alone_is_enough_again(
    make: Make, tab: Client, anna: Person, phone: Phone, client: Client
) -> None:
    set_up_app(tab, phone)
    add_key(tab, Key())
    assert tab.post(f"{PAGE}/app/removal").location == f"{PAGE}?changed=yes"
    assert since(make, anna) is not None
    mine = make.look(lambda: db.session.scalars(select(Passkey.id)).one())
    assert tab.post(f"{PAGE}/passkeys/{mine}/removal").status_code == 303
    assert since(make, anna) is None
    assert make.look(lambda: db.session.scalars(select(RecoveryCode.user_id)).all()) == []
    assert password_step(client, anna).location == "/" and is_signed_in(client)
    assert [what for what, _, _ in logged(make)].count("factor_removed") == 2


def test_a_foreign_passkey_is_as_good_as_none(make: Make, tab: Client, as_person: SignedIn) -> None:
    add_key(as_person(make.member("bo")), Key())
    theirs = make.look(lambda: db.session.scalars(select(Passkey.id)).one())
    for number in (theirs, 999, 2**40):
        assert tab.post(f"{PAGE}/passkeys/{number}/removal").status_code == 404
    assert make.look(lambda: len(db.session.scalars(select(Passkey.id)).all())) == 1


def test_new_recovery_codes_void_the_old_ones(tab: Client, anna: Person, phone: Phone, client: Client) -> None:
    old = set_up_app(tab, phone)
    new = codes_in(tab.post(f"{PAGE}/codes").text)
    assert len(set(new) - set(old)) == 10
    password_step(client, anna)
    assert client.post("/sign-in/second-step", data={"code": old[0]}).status_code == 422
    assert client.post("/sign-in/second-step", data={"code": new[0]}).status_code == 303


SENSITIVE = ("app", "app/code", "app/removal", "codes", "passkeys", "passkeys/1/removal", "passkeys/options")


def test_an_old_session_changes_no_factor_by_any_door(make: Make, tab: Client, anna: Person, phone: Phone) -> None:
    set_up_app(tab, phone)
    tab.post(f"{PAGE}/app")
    make.change(lambda: db.session.execute(update(UserSession).values(proved_at=now() - timedelta(minutes=16))))
    before = logged(make)
    for path in SENSITIVE:
        answer = tab.post(f"{PAGE}/{path}", data={"code": phone.code(), "name": "x", "credential": "{}"})
        assert answer.status_code == 403 and "Nothing has been changed yet." in answer.text, path
    for path in ("app", "app/key.svg"):
        answer = tab.get(f"{PAGE}/{path}")
        assert (answer.status_code, answer.location) == (303, f"/confirm?next={PAGE}/{path}")
    assert logged(make) == before


def test_a_passkey_proves_it_with_finger_face_or_pin_only(make: Make, tab: Client, anna: Person) -> None:
    key = Key()
    add_key(tab, key)
    make.change(lambda: db.session.execute(update(UserSession).values(proved_at=None)))
    for verified, status in ((False, 422), (True, 303)):
        key.verified = verified
        options = tab.post("/confirm/passkey/options").json
        assert options["userVerification"] == "required"
        data = {"credential": key.sign(options)}
        answer = tab.post("/confirm/passkey", query_string={"next": PAGE}, data=data)
        assert answer.status_code == status
    assert answer.location == PAGE and tab.post(f"{PAGE}/codes").status_code == 200


def test_other_sessions_end_when_that_is_asked_for(
    as_person: SignedIn, anna: Person, tab: Client, phone: Phone
) -> None:
    elsewhere = as_person(anna)
    set_up_app(tab, phone)
    assert 'action="/profile/sessions/end-others"' in tab.get(f"{PAGE}?changed=yes").text
    assert tab.post("/profile/sessions/end-others").status_code == 303
    assert [is_signed_in(browser) for browser in (tab, elsewhere)] == [True, False]
