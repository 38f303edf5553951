"""The member directory's file: its columns, and what a line must hold."""

from collections.abc import Callable

import pytest

from helpdesk.accounts import directory
from helpdesk.accounts.directory import BadLine, Directory, Member
from helpdesk.ranks import Ranks
from tests import builders
from tests.accounts.directory_lines import ANNA, BERT, HEADER, WERKZEUG

ARGON2I = "$argon2i$v=19$m=512,t=2,p=2$c29tZXNhbHQ$c29tZWhhc2g"


@pytest.mark.parametrize(
    ("rule", "text", "result"),
    [
        (directory.username, "anna", "anna"),
        (directory.username, "x" * 80, "x" * 80),
        (directory.username, "Åsa.Öberg@x", "Åsa.Öberg@x"),
        (directory.email, "Anna.Ek@EXAMPLE.org", "Anna.Ek@example.org"),
        (directory.person_name, "  Anna   Ek ", "Anna Ek"),
        (directory.person_name, "x" * 120, "x" * 120),
        (directory.person_name, "<script>alert(1)</script>", "<script>alert(1)</script>"),
        (directory.member_id, "", None),
        (directory.member_id, "A" * 40, "A" * 40),
        (directory.language, "", None),
        (directory.language, "sv-FI", "sv"),
        (directory.language, "fr_CA", "fr"),
        (directory.password_hash, "", None),
        (directory.password_hash, builders.PASSWORD_HASH, builders.PASSWORD_HASH),
        (directory.password_hash, ARGON2I, ARGON2I),
        (directory.password_hash, WERKZEUG, WERKZEUG),
        (directory.password_hash, "pbkdf2:sha256:600000$salt$0a1b", "pbkdf2:sha256:600000$salt$0a1b"),
    ],
)  # fmt: skip
def test_a_good_cell_is_taken(rule: Callable[[str], str | None], text: str, result: str | None) -> None:
    assert rule(text) == result


@pytest.mark.parametrize(
    ("rule", "text", "reason"),
    [
        (directory.username, "", "the username is missing"),
        (directory.username, "x" * 81, "longer than 80"),
        (directory.username, "ﷺ" * 5, "longer than 80"),  # 18 letters each in the key
        (directory.username, "anna ek", "a space or an invisible sign"),
        (directory.username, "anna\u00a0ek", "a space or an invisible sign"),
        (directory.username, "anna\x00", r"'anna\\x00' has a space or an invisible sign"),
        (directory.username, "anna\u200b", "a space or an invisible sign"),
        (directory.username, "¨anna", "a space or an invisible sign"),
        (directory.email, "", "the e-mail address is missing"),
        (directory.email, "anna", "cannot be used: "),
        (directory.email, "anna@", "cannot be used: "),
        (directory.email, "anna@example.org\nBcc: all@example.org", "cannot be used: "),
        (directory.email, "a" * 250 + "@example.org", "cannot be used: "),
        (directory.person_name, "", "the name is missing"),
        (directory.person_name, "x" * 121, "longer than 120"),
        (directory.person_name, "Anna\x1b[31m", "control sign"),
        (directory.person_name, "Anna\u202ekE", "control sign"),
        (directory.member_id, "A" * 41, "longer than 40"),
        (directory.member_id, "A\x07", "an invisible sign"),
        (directory.language, "de", "the language 'de' is none of en, fr, sv, es"),
        (directory.password_hash, "correct horse battery", "neither argon2"),
        (directory.password_hash, "$2b$12$abcdefghijklmnopqrstuv", "neither argon2"),
        (directory.password_hash, "$argon2id$", "neither argon2"),
        (directory.password_hash, "scrypt:x$salt$00", "neither argon2"),
        (directory.password_hash, "pbkdf2:sha256:600000$salt$" + "0" * 200, "neither argon2"),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason(rule: Callable[[str], object], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        rule(text)


def test_a_password_in_the_column_of_hashes_is_not_shown() -> None:
    with pytest.raises(ValueError, match="neither") as refusal:
        directory.password_hash("my secret words")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("text", "rank"), [("gold", "Gold"), (" BLUE diamond", "Blue Diamond")])
def test_a_rank_is_spelt_as_the_site_does(text: str, rank: str) -> None:
    assert directory.rank(text, Ranks()) == rank


@pytest.mark.parametrize(
    ("text", "reason"), [("", "the rank is missing"), ("Titanium", "the site has no rank 'Titanium'")]
)
def test_a_rank_that_the_site_does_not_have_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        directory.rank(text, Ranks())


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "aNNA"), ("Straße", "STRASSE"), ("ａｎｎａ", "anna"), ("A\u030asa", "Åsa")]
)
def test_usernames_that_read_the_same_have_the_same_key(one: str, other: str) -> None:
    assert directory.username_key(one) == directory.username_key(other)


def read(*lines: bytes, header: bytes = HEADER.encode()) -> list[Member | BadLine]:
    return list(Directory([header + b"\n", *(line + b"\n" for line in lines)], Ranks()))


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("username,email,name,rank", "anna,anna@example.org,Anna Ek,Gold"),
        ("\ufeffRANK;Name;E-Mail;User name", "Gold;Anna Ek;anna@example.org;anna"),
        ('"Username","E-MAIL","Name","Rank"', '"anna","anna@example.org","Anna Ek","Gold"'),
        ("username,phone,email,name,rank,", "anna,+46 1,anna@example.org,Anna Ek,gold,\r"),
    ],
)
def test_columns_come_in_any_order_and_spelling(header: str, line: str) -> None:
    (member,) = read(line.encode(), header=header.encode())
    assert isinstance(member, Member)
    assert (member.username, member.email, member.name, member.rank) == ("anna", "anna@example.org", "Anna Ek", "Gold")
    assert (member.member_id, member.language, member.password_hash) == (None, None, None)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "username is missing"),
        (b"username,name,rank", "email is missing"),
        (b"username,email,e-mail,name,rank", "names the column email twice"),
        ("username,email,name,rank".encode("utf-16"), "not UTF-8"),
        (b'"username,email,name,rank', "cannot be read as CSV"),
    ],
)
def test_a_file_without_its_columns_is_refused(header: bytes, reason: str) -> None:
    with pytest.raises(directory.BadFile, match=reason):
        read(header=header)


def test_a_bad_line_spoils_no_other() -> None:
    broken = b'"bert,bert@example.org,Bert,B2,Gold,fr,'
    latin = "åsa,asa@example.org,Åsa,,Gold,,".encode("latin-1")
    lines = read(ANNA.encode(), broken, latin, b"", b",,,,,,", b"too,few", BERT.encode())
    assert [type(line).__name__ for line in lines] == ["Member", "BadLine", "BadLine", "BadLine", "Member"]
    assert [line.line for line in lines] == [2, 3, 4, 7, 8]


def test_unknown_columns_are_named() -> None:
    assert Directory([b"username,email,name,rank,langauge,\n"], Ranks()).unused == ["langauge"]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("ANNA,other@example.org,Other,O9,Gold,,", "the username 'anna' is on line 2 already"),
        ("other,Anna@Example.org,Other,O9,Gold,,", "the e-mail address 'anna@example.org' is on line 2 already"),
        ("other,other@example.org,Other,A1,Gold,,", "the member ID 'A1' is on line 2 already"),
    ],
)
def test_nobody_stands_in_the_file_twice(second: str, reason: str) -> None:
    assert read(ANNA.encode(), second.encode())[1] == BadLine(3, reason)


def test_members_without_a_member_id_are_not_the_same() -> None:
    assert all(isinstance(line, Member) for line in read(b"a,a@example.org,A,,Gold,,", b"b,b@example.org,B,,Gold,,"))
