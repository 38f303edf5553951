"""The operator's commands: to send by hand, and to try again what was set aside."""

import pytest
from click.testing import Result
from flask import Flask

from helpdesk.config import Config
from tests import processes
from tests.mail.conftest import queued, row
from tests.mail.post_office import PostOffice, open_post_office


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def test_what_is_queued_is_sent_by_hand(app: Flask, post: PostOffice) -> None:
    with app.app_context():
        queued()
    assert run(app, "send-mail", "--once").exit_code == 0
    assert post.only().recipients == ["asa@members.example"]


def test_a_mail_server_that_is_away_is_said(app: Flask) -> None:
    config: Config = app.config["HELPDESK"]
    object.__setattr__(config, "mail_port", processes.free_port())
    with app.app_context():
        queued()

    away = run(app, "send-mail", "--once")
    assert away.exit_code == 1 and "cannot be reached. The mail is kept." in away.output

    with open_post_office(port=config.mail_port), app.app_context():
        assert run(app, "send-mail", "--once").exit_code == 0
        assert row().sent_at is None, "not before its minute is over"


def test_what_was_set_aside_is_tried_again(app: Flask, post: PostOffice) -> None:
    with app.app_context():
        queued()
    post.answers["RCPT"] = "550 no"
    assert run(app, "send-mail", "--once").exit_code == 0
    post.answers.clear()
    assert run(app, "send-mail", "--once").exit_code == 0
    assert post.mails == []

    assert run(app, "retry-mail").output == "Mails that are tried again: 1\n"
    assert run(app, "send-mail", "--once").exit_code == 0

    assert len(post.mails) == 1
    assert run(app, "retry-mail").output == "Mails that are tried again: 0\n"


@pytest.mark.parametrize("settings", [{}])
@pytest.mark.parametrize("words", [("send-mail",), ("send-mail", "--once")])
def test_without_a_mail_server_the_command_says_so(app: Flask, words: tuple[str, ...]) -> None:
    done = run(app, *words)
    assert done.exit_code == 1 and "HELPDESK_MAIL_SERVER" in done.output
