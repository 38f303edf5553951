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
    assert run(app, "work", "--once").exit_code == 0
    assert post.only().recipients == ["asa@members.example"]


def test_a_mail_server_that_is_away_is_said(app: Flask) -> None:
    config: Config = app.config["HELPDESK"]
    object.__setattr__(config, "mail_port", processes.free_port())
    with app.app_context():
        queued()

    away = run(app, "work", "--once")
    assert away.exit_code == 1 and "cannot be reached. The mail is kept." in away.output

    with open_post_office(port=config.mail_port), app.app_context():
        assert run(app, "work", "--once").exit_code == 0
        assert row().sent_at is None, "not before its minute is over"


def test_what_was_set_aside_is_tried_again(app: Flask, post: PostOffice) -> None:
    with app.app_context():
        queued()
    post.answers["RCPT"] = "550 no"
    assert run(app, "work", "--once").exit_code == 0
    post.answers.clear()
    assert run(app, "work", "--once").exit_code == 0
    assert post.mails == []

    assert run(app, "retry-mail").output == "Mails that are tried again: 1\n"
    assert run(app, "work", "--once").exit_code == 0

    assert len(post.mails) == 1
    assert run(app, "retry-mail").output == "Mails that are tried again: 0\n"


@pytest.mark.parametrize("settings", [{}])
def test_without_a_mail_server_the_other_work_is_done(app: Flask) -> None:
    assert run(app, "work", "--once").exit_code == 0


def test_the_server_works_unless_another_process_is_to(app: Flask) -> None:
    done = run(app, "work")
    assert done.exit_code == 1 and "HELPDESK_WORK=separate" in done.output
