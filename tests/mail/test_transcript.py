"""The transcript: what it says, in whose language and time, and to whom it goes."""

import difflib
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.mail import worker
from tests.mail.conftest import EVENING, change, colleague, ended_chat, person, queue, queued, row
from tests.mail.post_office import PostOffice

EXPECTED = Path(__file__).parent / "expected"
# What an account may hold, the catalogue that it means, and the zone.
READERS = [
    ("en", "en", None),
    ("fr-CA", "fr", "America/Toronto"),
    ("sv-FI", "sv", "Europe/Helsinki"),
    ("es-419", "es", "America/Mexico_City"),
    (None, "en", "Asia/Kolkata"),
    ("tlh", "en", "Mars/Olympus"),
]


def expected(name: str, text: str) -> None:
    """Compares with the stored file. A missing one is written, and fails: look at it, and run the test again."""
    path = EXPECTED / name
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} was written: read it, and run the test again")
    stored = path.read_text(encoding="utf-8")
    assert text == stored, "\n".join(difflib.unified_diff(stored.splitlines(), text.splitlines(), "stored", "now"))


@pytest.mark.parametrize(("language", "catalogue", "zone"), READERS, ids=[str(one[0]) for one in READERS])
def test_it_is_in_its_readers_language_and_time(
    app_context: Flask, post: PostOffice, language: str | None, catalogue: str, zone: str | None
) -> None:
    queued(language=language, time_zone=zone)

    worker.send_due(app_context)

    mail = post.only()
    assert mail.message["Content-Language"] == catalogue
    assert f'<html lang="{catalogue}">' in mail.part("html")
    name = f"transcript.{language}"
    expected(f"{name}.txt", f"{mail.message['Subject']}\n\n{mail.part('plain')}")
    expected(f"{name}.html", mail.part("html"))


def test_it_is_complete_however_long_the_chat_was(app_context: Flask, post: PostOffice) -> None:
    member = person()
    said = tuple(f"Line {place} of many." for place in range(1200))
    queue(member, ended_chat(member, colleague(), said=said))

    worker.send_due(app_context)

    text = post.only().part("plain")
    places = [text.index(f"{line}\n") for line in said]
    assert places == sorted(places)
    html = post.only().part("html")
    assert all(line in html for line in said)


def test_what_was_typed_is_text_in_html_too(app_context: Flask, post: PostOffice) -> None:
    member = person(name="Åsa <script>alert(1)</script>")
    queue(member, ended_chat(member, colleague(), said=("<img src=x onerror=alert(1)>", "</td></table>{{ 7*7 }}")))

    worker.send_due(app_context)

    html = post.only().part("html")
    assert "<script>" not in html and "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html and "&lt;/td&gt;" in html and "{{ 7*7 }}" in html
    assert "<img src=x onerror=alert(1)>" in post.only().part("plain"), "the text has it as it was typed"


def test_a_very_long_line_travels_in_short_ones(app_context: Flask, post: PostOffice) -> None:
    member, long = person(), "å" * 3000 + " " + "x" * 4000
    queue(member, ended_chat(member, colleague(), said=(long, ".\nFrom here\n.")))

    worker.send_due(app_context)

    assert max(len(line) for line in post.only().content.split(b"\r\n")) <= 78
    assert post.only().content.isascii()
    assert long in post.only().part("plain") and "\n.\nFrom here\n.\n" in post.only().part("plain")


def test_it_says_what_its_reader_has_chosen_by_the_time_it_leaves(app_context: Flask, post: PostOffice) -> None:
    member = queued(language="en")
    change(member, language="sv", email="new@members.example", time_zone="Europe/Helsinki")

    worker.send_due(app_context)

    assert post.only().recipients == ["new@members.example"]
    assert post.only().message["Content-Language"] == "sv" and "Tidszon: östeurop" in post.only().part("plain")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"disabled_at": EVENING}, "account closed"),
        ({"rank": "Premier"}, "not allowed"),
        ({"rank": None}, "not allowed"),
    ],
)
def test_whoever_may_no_longer_see_it_does_not_get_it(
    app_context: Flask, post: PostOffice, facts: dict[str, object], why: str
) -> None:
    change(queued(), **facts)

    worker.send_due(app_context)

    assert post.mails == [] and row().why == why and row().failed_at is not None


def test_nobody_gets_the_chat_of_somebody_else(app_context: Flask, post: PostOffice) -> None:
    chat = ended_chat(person(), colleague())
    other = person("other", email="other@members.example")
    queue(other, chat)

    worker.send_due(app_context)

    assert post.mails == [] and row().why == "not theirs"


def test_an_agent_gets_no_transcript_of_what_they_may_see(app_context: Flask, post: PostOffice) -> None:
    agent = colleague()
    queue(agent, ended_chat(person(), agent))

    worker.send_due(app_context)

    assert post.mails == [] and row().why == "not allowed"
