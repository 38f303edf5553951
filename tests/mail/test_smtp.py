"""How the mail server is spoken to: never in the open where that was not asked for, and as whom."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.mail import smtp, worker
from tests.mail.conftest import mail_settings, queued, row
from tests.mail.post_office import open_post_office


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key in the same file."""
    folder = tmp_path_factory.mktemp("certificate")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for_it = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key", "-out", "cert"]
    subprocess.run([*made, *for_it], cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "cert").read_text() + (folder / "key").read_text())
    return both


@pytest.fixture
def served_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that trusts that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    smtp._trust.cache_clear()
    yield
    smtp._trust.cache_clear()


@pytest.fixture
def settings() -> dict[str, object]:
    """Each test has its own mail server."""
    return {}


def send(make_site, port: int, **settings: object) -> None:
    app: Flask = make_site(**mail_settings(port, **settings))
    with app.app_context():
        queued()
    worker.send_due(app)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_is_spoken_to_in_secret(make_site, served_with: ssl.SSLContext, security: str) -> None:
    with open_post_office(certificate=served_with, at_once=security == "tls") as post:
        send(make_site, post.port, mail_security=security)
        assert post.only().recipients == ["asa@members.example"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_is_not_spoken_to(
    make_site, served_with: ssl.SSLContext, security: str
) -> None:
    with open_post_office(certificate=served_with, at_once=security == "tls") as post:
        send(make_site, post.port, mail_security=security)
        assert post.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_without_a_certificate_gets_nothing(make_site, security: str) -> None:
    with open_post_office() as post:
        app: Flask = make_site(**mail_settings(post.port, mail_security=security))
        with app.app_context():
            queued()
            assert worker.send_due(app) is True
            assert row().why == "unreachable" and row().failed_at is None
        assert post.mails == []


@pytest.mark.usefixtures("trusted")
def test_it_is_signed_in_to(make_site, served_with: ssl.SSLContext) -> None:
    with open_post_office(certificate=served_with, members_only=True) as post:
        send(make_site, post.port, mail_security="starttls", mail_username="desk", mail_password="let me in")
        assert post.signed_in == [b"desk"] and len(post.mails) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_delays_the_mail_and_is_not_logged(
    make_site, served_with: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    with open_post_office(certificate=served_with, members_only=True) as post:
        send(make_site, post.port, mail_security="starttls", mail_username="desk", mail_password="pass-phrase")
        assert post.signed_in and post.mails == []

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("helpdesk.")]
    assert ours == ["Mail 1 (chat_transcript) did not leave: SMTPAuthenticationError 535."]
