"""Passwords: how they are hashed, checked and judged."""

import pytest
from werkzeug.security import generate_password_hash

from helpdesk.accounts import passwords
from helpdesk.refusals import Busy, Invalid
from tests.builders import PASSWORD, PASSWORD_HASH


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    hashed = passwords.hash_password("a long enough password")

    assert hashed.startswith("$argon2id$")
    assert passwords.matches(hashed, "a long enough password")
    for wrong in ("A long enough password", "a long enough password ", "a long enough passwor", "", "\x00"):
        assert not passwords.matches(hashed, wrong)


def test_the_same_password_is_hashed_differently_each_time() -> None:
    assert passwords.hash_password(PASSWORD) != passwords.hash_password(PASSWORD)


def test_the_same_signs_composed_or_decomposed_are_the_same_password() -> None:
    assert passwords.matches(passwords.hash_password("lösenordet är här"), "lo\u0308senordet a\u0308r ha\u0308r")


@pytest.mark.parametrize("stored", [None, "", "nonsense", "$argon2id$", "scrypt:", "pbkdf2:", "scrypt:a:b:c$d$e", "!"])
def test_a_hash_that_is_none_fits_nothing(stored: str | None) -> None:
    assert not passwords.matches(stored, "nobody has this password")
    assert not passwords.matches(stored, "")


@pytest.mark.parametrize("method", ["scrypt", "pbkdf2:sha256:1000"])
def test_an_old_hash_still_opens_and_is_due_for_a_new_one(method: str) -> None:
    old = generate_password_hash(PASSWORD, method=method)

    assert passwords.matches(old, PASSWORD)
    assert not passwords.matches(old, "another password")
    assert passwords.is_outdated(old)
    assert not passwords.is_outdated(PASSWORD_HASH)
    assert passwords.is_outdated(PASSWORD_HASH.replace("t=2", "t=1"))


def test_a_giant_password_is_not_even_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_beside", lambda *_: pytest.fail("hashed"))
    assert not passwords.matches(PASSWORD_HASH, "x" * 1025)
    assert not passwords.matches(PASSWORD_HASH, "é" * 513)


def test_when_too_many_wait_the_next_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_waiting", passwords.LONGEST_LINE)
    with pytest.raises(Busy):
        passwords.hash_password(PASSWORD)
    assert passwords._waiting == passwords.LONGEST_LINE


JUDGED = [
    ("correct horse", None),
    ("väldigt långt lösenord", None),
    ("🙂🙃😀😁😂🤣😃😄😅😆😉😊", None),
    ("a" * 8 + "bcdefgh", None),
    ("eleven sign", "password_short"),
    ("", "password_short"),
    ("x" * 1025, "password_long"),
    ("aaaaaaaaaaaa", "password_guessable"),
    ("abababababab", "password_guessable"),
    ("123456789012", "password_guessable"),
    ("PasswordPassword", "password_guessable"),
    ("annaandersson", "password_guessable"),
    ("AnnaAnderssonAnna12", "password_guessable"),
    ("andersson and others", None),
]


@pytest.mark.parametrize(("password", "code"), JUDGED)
def test_a_password_is_long_enough_and_not_easy_to_guess(password: str, code: str | None) -> None:
    words = ["Anna", "Andersson", "", "a"]
    if code is None:
        passwords.check_strength(password, words=words)
        return
    with pytest.raises(Invalid, match=code):
        passwords.check_strength(password, words=words)
