"""A sentence that has no translation: the mail leaves in English as a whole, and it is said once."""

import logging

import pytest
from flask import Flask
from flask_babel import force_locale, get_translations

from helpdesk.mail import compose, worker
from tests import builders
from tests.mail.conftest import person
from tests.mail.post_office import PostOffice

GONE = {
    "a sentence": "We have received your ticket.",
    "a part of the foot": "Stop these emails",
}


@pytest.mark.parametrize("sentence", GONE.values(), ids=GONE.keys())
def test_it_leaves_in_english_and_is_reported_once(
    app_context: Flask, post: PostOffice, monkeypatch, caplog, sentence: str
) -> None:
    monkeypatch.setattr(compose, "_said_untranslated", set())
    with force_locale("fr"):
        catalogue = get_translations()._catalog
    monkeypatch.delitem(catalogue, sentence)
    owner = person(language="fr-CA")
    for _ in range(2):
        builders.ticket(owner)

    with caplog.at_level(logging.WARNING, logger="helpdesk.mail.compose"):
        worker.send_due(app_context)

    assert len(post.mails) == 2, "nothing is dropped for it"
    for mail in post.mails:
        assert mail.message["Content-Language"] == "en" and '<html lang="en">' in mail.part("html")
        assert "We have received your ticket." in mail.part("plain") and "Bonjour" not in mail.part("plain")
    (line,) = [record.getMessage() for record in caplog.records]
    assert "ticket_submitted" in line and "fr" in line and sentence in line


def test_with_all_its_sentences_it_is_in_the_readers_language(app_context: Flask, post: PostOffice, caplog) -> None:
    builders.ticket(person(language="fr-CA"))
    worker.send_due(app_context)

    assert post.only().message["Content-Language"] == "fr" and "Bonjour" in post.only().part("plain")
    assert [record for record in caplog.records if record.name == "helpdesk.mail.compose"] == []
