"""Mail servers for the tests: a real one that can be told to refuse, and some that only pretend to be one."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Taken:
    """A mail as the server took it: from whom, to whom, and its bytes."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def part(self, kind: str) -> str:
        """Its text or its HTML, as a person reads it."""
        body = self.message.get_body((kind,))
        assert body is not None
        return body.get_content().replace("\r\n", "\n")


@dataclass
class PostOffice:
    """A mail server on a port of its own. `answers` says what it answers to a command instead of taking the mail."""

    port: int = 0
    mails: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    signed_in: list[bytes] = field(default_factory=list)
    on_data: Callable[[], None] = lambda: None

    def only(self) -> Taken:
        """The one mail that it has taken."""
        (mail,) = self.mails
        return mail

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):  # noqa: N802
        answer = self.answers.get(f"RCPT {address}", self.answers.get("RCPT", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):  # noqa: N802
        await asyncio.get_running_loop().run_in_executor(None, self.on_data)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.mails.append(
                Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content or b"")
            )
        return answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object):
        known = getattr(data, "password", b"") == b"let me in"
        self.signed_in.append(getattr(data, "login", b""))
        return AuthResult(success=known, handled=known, message=None if known else "535 5.7.8 no")


@contextmanager
def open_post_office(
    *, port: int = 0, certificate: ssl.SSLContext | None = None, at_once: bool = False, members_only: bool = False
) -> Iterator[PostOffice]:
    """Runs a mail server; with a certificate it offers STARTTLS and asks for it, or speaks TLS `at_once`."""
    office = PostOffice()
    loop = asyncio.new_event_loop()
    options: dict[str, object] = {}
    if members_only:
        options = {"authenticator": office.authenticate, "auth_required": True}
    if certificate and not at_once:
        options |= {"tls_context": certificate, "require_starttls": True}

    def answer() -> SMTP:
        return SMTP(office, hostname="mail.example.org", loop=loop, **options)

    async def listen() -> asyncio.Server:
        return await loop.create_server(answer, "127.0.0.1", port, ssl=certificate if at_once else None)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


@contextmanager
def pretend(talk: Callable[[socket.socket], None], *, port: int = 0) -> Iterator[tuple[int, list[int]]]:
    """Listens, and has `talk` deal with each connection. Gives the port, and a list with an entry a connection."""
    listener = socket.create_server(("127.0.0.1", port))
    came: list[int] = []
    held: list[socket.socket] = []

    def take() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                came.append(1)
                held.append(connection)
                threading.Thread(target=_talk, args=(talk, connection), daemon=True).start()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], came
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for connection in held:
            connection.close()


def _talk(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with suppress(OSError):
        talk(connection)


def black_hole(connection: socket.socket) -> None:
    """Takes the connection and never says a word."""
    while connection.recv(1024):
        pass


def dies_in_data(connection: socket.socket) -> None:
    """Asks for the mail and hangs up when it has a part of it."""
    connection.sendall(b"220 mail\r\n")
    while line := connection.recv(1024):
        if line.startswith(b"DATA"):
            connection.sendall(b"354 go on\r\n")
            connection.recv(10)
            connection.close()
            return
        connection.sendall(b"250 OK\r\n")


def one_sign_at_a_time(connection: socket.socket) -> None:
    """Greets so slowly that each wait is short and all of them together never end."""
    pause = threading.Event()
    while not pause.wait(0.1):
        connection.sendall(b"2")
