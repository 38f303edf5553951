"""Headers: what every mail carries, and that nobody can write one."""

from collections.abc import Callable
from email.utils import getaddresses, parsedate_to_datetime

import pytest
from flask import Flask

from helpdesk.mail import worker
from tests.mail.conftest import change, mail_settings, queued, row
from tests.mail.post_office import PostOffice

HEADERS = {
    "To", "From", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
}  # fmt: skip
EVIL = (
    "asa@members.example\r\nBcc: eve@evil.example",
    "asa@members.example\nBcc: eve@evil.example",
    "asa@members.example\rBcc: eve@evil.example",
    "asa@members.example\u2028Bcc: eve@evil.example",
    "asa@members.example\x0bBcc: eve@evil.example",
    "asa@members.example\x85Bcc: eve@evil.example",
    "asa@members.example, eve@evil.example",
    "asa@members.example,eve@evil.example",
    "asa@members.example; eve@evil.example",
    "asa@members.example eve@evil.example",
    "<asa@members.example> eve@evil.example",
    '"asa, eve"@evil.example',
    "=?utf-8?q?asa=0D=0ABcc:_eve?=@evil.example\x00",
    "asa@members.example>\r\nRCPT TO:<eve@evil.example",
    "asa@[127.0.0.1]",
    "asa",
    "",
    "åsa@members.example",
)


def test_a_mail_says_what_it_is(app_context: Flask, post: PostOffice) -> None:
    queued(language="fr")
    worker.send_due(app_context)

    message = post.only().message
    assert set(message.keys()) == HEADERS and len(message.keys()) == len(HEADERS)
    assert message["To"] == "asa@members.example" and message["From"] == "Help Desk <support@help.example>"
    assert message["Message-ID"] == f"<{row().token}@help.example>"
    assert abs((parsedate_to_datetime(message["Date"]) - row().queued_at).total_seconds()) < 1
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["Content-Language"] == "fr"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects and not any(part.defects for part in message.iter_parts())


@pytest.mark.parametrize(
    ("bounces", "sender"),
    [
        ("", "support@help.example"), ("none", "<>"), ("lost@help.example", "lost@help.example"),
        ("lost+{id}@help.example", "lost+{token}@help.example"),
    ],
)  # fmt: skip
def test_robots_and_returned_mail_go_where_the_site_says(
    make_site: Callable[..., Flask], post: PostOffice, bounces: str, sender: str
) -> None:
    app = make_site(**mail_settings(post.port, mail_bounces=bounces))
    with app.app_context():
        queued()
        worker.send_due(app)

        assert post.only().sender == sender.replace("{token}", row().token)
        assert post.only().message["From"] == "Help Desk <support@help.example>"


@pytest.mark.parametrize("address", EVIL)
def test_an_address_that_is_more_than_one_gets_no_mail(app_context: Flask, post: PostOffice, address: str) -> None:
    change(queued(), email=address)
    worker.send_due(app_context)

    assert post.mails == [] and row().why == "address unusable"


@pytest.mark.parametrize(
    "address", ["o'neil+desk@sub.members.example", "asa@xn--bcher-kva.example", "asa@bücher.example"]
)
def test_an_unusual_address_is_one_all_the_same(app_context: Flask, post: PostOffice, address: str) -> None:
    change(queued(), email=address)
    worker.send_due(app_context)

    assert post.only().recipients == [address.replace("bücher", "xn--bcher-kva")]


@pytest.mark.parametrize(
    "name",
    [
        "Åsa\r\nBcc: eve@evil.example",
        "Åsa\u2028Bcc: eve@evil.example",
        "Öberg, Åsa",
        '"Åsa" <eve@evil.example>',
        "=?utf-8?q?=0D=0ABcc:?= eve@evil.example",
        "Å" * 120,
    ],
)
def test_a_name_stays_in_the_text(app_context: Flask, post: PostOffice, name: str) -> None:
    change(queued(), name=name)
    worker.send_due(app_context)

    mail = post.only()
    assert mail.recipients == ["asa@members.example"]
    assert set(mail.message.keys()) == HEADERS
    assert getaddresses([str(mail.message["To"])]) == [("", "asa@members.example")]
    head = mail.content.split(b"\r\n\r\n")[0]
    assert b"evil" not in head and b"sa" in mail.content


@pytest.mark.parametrize("name", ["Help, Desk", 'The "Desk" <eve@evil.example>', "Stöd & hjälp", "帮助台"])
def test_the_sites_name_is_one_name(post: PostOffice, settings: dict[str, object], make_site, name: str) -> None:
    app = make_site(**mail_settings(post.port, site_name=name))
    with app.app_context():
        queued()
    worker.send_due(app)

    (sender,) = post.only().message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "support@help.example")
