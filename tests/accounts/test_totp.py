"""One-time codes against the tables of the standards, and what is taken when; recovery codes; sealed keys."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.accounts.factors import codes, sealing, totp

# RFC 6238, appendix B, for SHA-1: the last six of its eight digits. RFC 4226, appendix D, for the first counters.
KEY = base64.b32encode(b"12345678901234567890").decode()
AT_SECOND = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip
AT_COUNTER = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")
NOON = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
HERE = totp.step_at(NOON)


@pytest.mark.parametrize(("second", "code"), AT_SECOND)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert totp.code(KEY, totp.step_at(datetime.fromtimestamp(second, UTC))) == code


@pytest.mark.parametrize(("counter", "code"), list(enumerate(AT_COUNTER)))
def test_so_are_those_of_the_first_counters(counter: int, code: str) -> None:
    assert totp.code(KEY, counter) == code


@pytest.mark.parametrize(
    ("off", "taken"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False), (3, False)]
)
def test_a_clock_may_be_one_step_off(off: int, taken: bool) -> None:
    found = totp.matching_step(KEY, totp.code(KEY, HERE + off), at=NOON, after=0)
    assert found == (HERE + off if taken else None)


@pytest.mark.parametrize(("after", "taken"), [(-1, True), (0, False), (1, False)])
def test_a_code_is_not_taken_again_nor_one_before_it(after: int, taken: bool) -> None:
    found = totp.matching_step(KEY, totp.code(KEY, HERE), at=NOON, after=HERE + after)
    assert (found is not None) is taken


@pytest.mark.parametrize("shown", ["{} {}", " {}{} ", "{}-{}", "{}\u00a0{}"])
def test_a_code_may_be_typed_with_its_spaces(shown: str) -> None:
    code = totp.code(KEY, HERE)
    typed = shown.format(code[:3], code[3:])
    assert totp.looks_like_one(typed) and totp.matching_step(KEY, typed, at=NOON, after=0) == HERE


@pytest.mark.parametrize(
    "typed", ["", "0", "12345", "1234567", "abcdef", "１２３４５６", "12345\x00", "9" * 5000, "٣٤٥٦٧٨"]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert not totp.looks_like_one(typed)
    assert totp.matching_step(KEY, typed, at=NOON, after=0) is None


def test_keys_are_random_and_their_address_says_for_whom_they_are() -> None:
    key = totp.new_key()
    assert len(base64.b32decode(key)) == 20 and totp.new_key() != key
    assert totp.grouped("ABCDEFGHI") == "ABCD EFGH I"
    address = totp.address("ABC", account="anna öberg", site="Help: Desk")
    assert address == (
        "otpauth://totp/Help%3A%20Desk%3Aanna%20%C3%B6berg?secret=ABC&issuer=Help%3A%20Desk&digits=6&period=30"
    )


def test_recovery_codes_are_ten_of_120_bits_and_typed_as_people_type() -> None:
    made = codes.new_codes()
    assert len(set(made)) == 10 and all(len(codes.plain(code)) == 24 for code in made)
    assert len(set(codes.ALPHABET)) == 32 and not set(codes.ALPHABET) & set("01ol")
    assert codes.code_hash(made[0].upper().replace("-", " ")) == codes.code_hash(made[0])
    assert codes.code_hash(made[0]) != codes.code_hash(made[1]) and made[0] not in codes.code_hash(made[0])


def test_a_sealed_key_opens_with_its_own_secret_only() -> None:
    sealed = sealing.seal(KEY, "the site's key")
    assert KEY not in sealed and len(sealed) <= 200 and sealing.seal(KEY, "the site's key") != sealed
    assert sealing.unseal(sealed, "the site's key") == KEY
    assert sealing.unseal(sealed, "another key") is None and sealing.unseal("no such thing", "the site's key") is None


def test_every_moment_of_a_step_has_the_same_code() -> None:
    assert (
        totp.step_at(NOON + timedelta(seconds=19)) == HERE == totp.step_at(NOON)
        and totp.step_at(NOON + timedelta(seconds=20)) == HERE + 1
    )
