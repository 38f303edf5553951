"""The audit log: everything has a sentence, filters narrow it, pages go on, and what it holds is escaped."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.desk.admin.audit import labels
from helpdesk.site import service as site
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.house.source import python_files
from tests.web.page import read

SignedIn = Callable[[Person], Client]


@pytest.fixture
def desk(as_person: SignedIn, make: Make) -> Client:
    return as_person(make.admin("sam", name="Sam"))


def test_every_code_that_is_recorded_has_its_sentence_and_its_name_in_the_filter(app: Flask) -> None:
    recorded = r"\b_?record\(\s*(?:\"(\w+)\" if \w+ else )?\"(\w+)\""
    pattern = re.compile(recorded + r"|_set_holidays\([^\"\n]*\"(holiday_\w+)\"")
    codes = {
        code for path in python_files() for found in pattern.finditer(path.read_text()) for code in found.groups()
        if code
    }  # fmt: skip
    assert {"rank_set", "tag_retired", "tag_offered", "holiday_added", "text_set"} <= codes
    with app.test_request_context():
        assert codes <= set(labels.SENTENCES) and set(labels.SENTENCES) == set(labels.kinds())


def test_the_log_is_narrowed_by_who_about_whom_what_and_when(desk: Client, make: Make) -> None:
    admin, member, other = make.admin("ada"), make.member("elin", name="Elin"), make.member("nina", name="Nina")

    def happen() -> None:
        site.record("account_disabled", by=None, about=member.id, at=NOON)
        site.record("account_enabled", by=admin.id, about=member.id, at=NOON + timedelta(days=1))
        site.record("signed_out", by=admin.id, about=other.id, at=NOON + timedelta(days=2))

    make.change(happen)

    def lines(query: str) -> list[str]:
        page = read(desk.get(f"/desk/admin/audit{query}"))
        found = [one.text for one in page.all("th") if "audit-what" in (one.attributes.get("class") or "")]
        return [re.sub(r"\s*Account\s+\w+$", "", " ".join(one.split())) for one in found]

    gone, back, out = "Account of Elin disabled", "Account of Elin enabled", "Nina signed out everywhere"
    assert lines("") == [out, back, gone]
    assert lines("?by=command") == [gone]
    assert lines(f"?by={admin.id}") == [out, back]
    assert lines("?about=elin") == [back, gone]
    assert lines("?about=nobody") == []
    assert lines("?what=signed_out") == [out]
    assert lines("?from=2026-03-07&to=2026-03-07") == [back]
    assert lines("?what=anything&by=x&from=tomorrow&to=0000-00-00") == [out, back, gone]


def test_payloads_are_escaped_and_an_unknown_code_shows_as_it_is(desk: Client, make: Make) -> None:
    def happen() -> None:
        site.record(
            "tag_renamed", by=None, at=NOON, facts={"was": "<script>alert(1)</script>", "name": "%(x)s {{ 1 }}"}
        )
        site.record("of_an_older_release", by=None, at=NOON, facts={})
        site.record("role_set", by=None, at=NOON, facts={"was": "king", "role": "member"})

    make.change(happen)
    page = desk.get("/desk/admin/audit").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "{{ 1 }}" in page
    assert "of_an_older_release" in page and "role_set" in page


def test_a_long_log_has_pages_of_fifty(desk: Client, make: Make) -> None:
    def happen() -> None:
        for number in range(120):
            site.record("tag_retired", by=None, at=NOON + timedelta(minutes=number), facts={"name": f"tag {number}"})

    make.change(happen)
    page, seen = "/desk/admin/audit?what=tag_retired", []
    while page:
        answer = read(desk.get(page))
        seen += re.findall(r"Tag “tag (\d+)” retired", answer.html)
        page = next((one.attributes["href"] for one in answer.all("a") if one.attributes.get("rel") == "next"), None)
    assert seen == [str(number) for number in range(119, -1, -1)]


def test_commands_are_in_the_log_by_nobody(app: Flask, desk: Client, make: Make) -> None:
    make.member("elin")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["set-rank", "elin", "Diamond"]).exit_code == 0
    token = runner.invoke(args=["set-password-link", "elin"]).stdout.strip().rsplit("/", 1)[1]
    page = desk.get("/desk/admin/audit?by=command").text
    assert "Rank of Elin set to Diamond" in page and "Link to set a password made for Elin" in page
    assert token not in page
