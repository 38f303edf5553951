"""The site's own texts: side by side, marked where they are missing or old, read by members in their language."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from helpdesk.accounts.person import Person
from helpdesk.chat import service as chat
from helpdesk.database import now
from helpdesk.site import kept
from helpdesk.site import service as site
from helpdesk.site.texts import Written, states
from tests.builders import NOON
from tests.chat.talking import chat_of
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def desk(as_person: SignedIn, make: Make) -> Client:
    return as_person(make.admin())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, ["", "", "", ""]),
        ({"en": ("A", NOON)}, ["", "missing", "missing", "missing"]),
        ({"fr": ("A", NOON)}, ["missing", "", "missing", "missing"]),
        ({"en": ("A", LATER), "fr": ("B", NOON), "sv": ("C", LATER)}, ["", "stale", "", "missing"]),
        ({"en": ("", LATER), "fr": ("", NOON)}, ["", "", "", ""]),
    ],
)
def test_a_text_is_missing_or_older_than_the_english(written, expected) -> None:
    found = states({code: Written(*one) for code, one in written.items()})
    assert list(found.values()) == expected


def test_members_read_the_notice_in_their_language_and_the_english_one_says_that_it_is(
    desk: Client, as_person: SignedIn, make: Make
) -> None:
    words = {"notice-en": "Closed & <b>away</b>\nhttps://status.example.org {{ 7*7 }}", "notice-fr": "Fermé samedi."}
    members = {code: as_person(make.member(language=code)) for code in ("en", "fr", "sv")}
    assert all("site-notice" not in one.get("/technical-issues").text for one in members.values())
    assert desk.post("/desk/admin/texts/notice", data=words).status_code == 303
    pages = {code: one.get("/technical-issues").text for code, one in members.items()}
    assert '<div class="site-text" hx-ignore>Fermé samedi.</div>' in pages["fr"]
    assert '<div class="site-text" lang="en" hx-ignore>Closed &amp; &lt;b&gt;away' in pages["sv"]
    assert '<div class="site-text" hx-ignore>Closed &amp; &lt;b&gt;away&lt;/b&gt;' in pages["en"]
    assert '<a href="https://status.example.org"' in pages["en"] and "{{ 7*7 }}" in pages["en"]
    for code in ("en", "fr", "sv", "es"):
        words[f"notice-{code}"] = ""
    assert desk.post("/desk/admin/texts/notice", data=words).status_code == 303
    assert "site-notice" not in members["fr"].get("/technical-issues").text


def test_a_changed_english_text_marks_the_others_until_they_are_right_again(desk: Client) -> None:
    def marks() -> tuple[int, int]:
        page = desk.get("/desk/admin/texts").text
        return page.count("is missing"), page.count("older than the English text")

    words = {"footer-en": "One", "footer-fr": "Un", "footer-sv": "Ett"}
    desk.post("/desk/admin/texts/footer", data=words)
    assert marks() == (1, 0)
    words["footer-en"] = "One and more"
    desk.post("/desk/admin/texts/footer", data=words)
    assert marks() == (1, 2)
    desk.post("/desk/admin/texts/footer", data={**words, "footer-fr_right": "y"})
    assert marks() == (1, 1)
    desk.post("/desk/admin/texts/footer", data={**words, "footer-sv": "Ett och mer"})
    assert marks() == (1, 0)


def test_a_preview_keeps_nothing_and_a_text_that_is_too_long_stays_in_its_box(desk: Client, client: Client) -> None:
    shown = desk.post("/desk/admin/texts/footer", data={"footer-en": "Ours <i>", "preview": "1"})
    assert shown.status_code == 200 and shown.text.count('class="site-text"') == 4
    assert "Ours" not in client.get("/help").text
    refused = desk.post("/desk/admin/texts/footer", data={"footer-sv": "x" * 301})
    page = read(refused)
    assert refused.status_code == 422 and "x" * 301 in page.html and 'href="#footer-sv"' in page.html
    assert desk.post("/desk/admin/texts/css", data={}).status_code == 404


def test_the_footer_stands_on_every_page_and_never_breaks_one(desk: Client, client: Client) -> None:
    desk.post("/desk/admin/texts/footer", data={"footer-en": "Ask Maja", "footer-es": "Pregunta a Maja"})
    assert "Ask Maja" in client.get("/sign-in").text and "Ask Maja" in desk.get("/desk").text
    client.get("/help?lang=es")
    assert "Pregunta a Maja" in client.get("/help").text and "Ask Maja" not in client.get("/help").text


def test_the_chat_greets_who_waits_and_says_why_nobody_is_there(desk: Client, as_person: SignedIn, make: Make) -> None:
    desk.post("/desk/admin/texts/chat_greeting", data={"chat_greeting-en": "Hi", "chat_greeting-fr": "Bienvenue ici"})
    desk.post("/desk/admin/texts/chat_away", data={"chat_away-fr": "Revenez demain", "chat_away-en": "Come back"})
    member, agent = make.member(language="fr"), make.agent()
    theirs = as_person(member)
    assert "Revenez demain" in theirs.get("/chat").text and "Bienvenue ici" not in theirs.get("/chat").text
    make.change(lambda: (chat.set_available(agent, True, at=now()), chat_of(member)))
    assert "Bienvenue ici" in theirs.get("/chat").text and "Revenez demain" not in theirs.get("/chat").text


def test_another_process_follows_within_seconds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [100.0]
    monkeypatch.setattr(kept.time, "monotonic", lambda: at[0])
    with app.app_context():
        assert kept.words("footer", "sv") is None
        monkeypatch.setattr(site, "announce", lambda *words, **facts: None)  # as if another process had done it
        site.set_text("footer", "en", "New", by=None, at=NOON)
        kept.db.session.commit()
        assert kept.words("footer", "sv") is None
        at[0] += kept.FRESH_SECONDS
        assert kept.words("footer", "sv") == kept.Words("New", "en")
        kept.db.session.remove()
