"""WebSockets (RFC 6455) for engineio on gevent's pywsgi, over wsproto. Knows sockets and frames, nothing of the desk.

What simple-websocket does not: a message goes out whole however full the buffers are, nothing is inflated, the size of
a message is checked before it is read, and a conversation that ends also ends its TCP connection.
"""

import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from errno import EPIPE
from io import BufferedReader, BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import gevent
from engineio.server import Server
from flask_socketio import SocketIO
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from wsproto.connection import SERVER, Connection
from wsproto.events import BytesMessage, CloseConnection, Message, Ping, TextMessage
from wsproto.events import Event as Received
from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, Opcode, RsvBits
from wsproto.utilities import LocalProtocolError

from helpdesk.web import bodies, handshake, packets, pings
from helpdesk.web.outbox import Outbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# A client has this long to take each piece of what it is sent; after that it is dropped.
SEND_SECONDS = 10.0
SEND_BYTES = 64 * 1024
# How long a client may take to end its side after ours has ended.
CLOSE_SECONDS = 0.8
READ_BYTES = 8 * 1024
NO_BITS = RsvBits(False, False, False)
# Closing sends a reset and forgets what was not taken, instead of offering it for minutes.
DROP_UNSENT = struct.pack("ii", 1, 0)


def install(socketio: SocketIO) -> None:
    """Makes this bound extension speak through our WebSocket, Outbox and packets; call it after `init_app`.

    `_async` is private to engineio (4.15.1): tests/web/test_websocket_install.py says when it has changed its shape.
    """
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": WebSocket, "queue": Outbox}
    engine.handle_request = handshake.refusing_bad_ones(engine.handle_request)
    packets.install(socketio.server)
    pings.install(engine)
    bodies.install()


class WebSocket:
    """One conversation. engineio makes it and calls it as a WSGI application, then sends and waits on it.

    One greenlet waits for messages, any may send or close.
    """

    def __init__(self, converse: Callable[["WebSocket"], object], server: Server) -> None:
        self._converse = converse
        self._client = converse.__self__  # type: ignore[attr-defined]  # the engineio socket that this carries
        self._logger = server.logger
        # Whoever is there answers engineio's pings within this time.
        self._patience = server.ping_interval + server.ping_timeout
        self._protocol = Connection(SERVER, [SizeLimit(server.max_http_buffer_size)])
        self._sending = BoundedSemaphore()
        self._waiting = False
        self._woken = Event()
        self._parted = False  # our Close has been sent, or nothing can be sent any more
        self._message: StringIO | BytesIO | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers the handshake, holds the whole conversation, and returns when the connection has ended."""
        self._socket, early = _connection(environ["wsgi.input"])
        try:
            self._open(environ, start_response)
            self._protocol.receive_data(early)
            self._converse(self)
        except Exception as wrong:
            # engineio catches what handlers raise: this client went away at once, or sent what is no Engine.IO packet.
            self._logger.info("A WebSocket ended: %s", type(wrong).__name__)
            self._client.close(wait=False, abort=True, reason=self._client.server.reason.TRANSPORT_ERROR)
            self._say_goodbye(CloseConnection(CloseReason.PROTOCOL_ERROR))
        self._linger()
        return _hang_up()

    def send(self, message: str | bytes) -> None:
        """Sends one message whole. Raises OSError once the conversation is over or when the client does not take it."""
        self._transmit(Message(data=message))

    def wait(self) -> str | bytes | None:
        """The client's next message; None when there will be no more."""
        while not self._parted:
            for event in self._protocol.events():
                message = self._take(event)
                if message is not None:
                    return message
                if self._parted:
                    return None
            data = self._read()
            if self._parted:
                return None
            if not data:
                self._drop()
                return None
            self._protocol.receive_data(data)
        return None

    def close(self) -> None:
        """Ends the conversation from our side; engineio's writer calls this. Takes seconds at most."""
        self._say_goodbye(CloseConnection(CloseReason.NORMAL_CLOSURE))
        if self._waiting and not self._woken.wait(CLOSE_SECONDS):
            self._drop()

    def _open(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> None:
        self._socket.settimeout(self._patience)
        with suppress(OSError):  # a Unix socket has none
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handshake.answer(environ, start_response)

    def _take(self, event: Received) -> str | bytes | None:
        """Answers what has its answer in the protocol; a message that is now whole."""
        match event:
            case TextMessage() | BytesMessage():
                return self._assemble(event)
            case Ping():
                with suppress(OSError):
                    self._transmit(event.response())
            case CloseConnection():  # theirs, or wsproto's word for what was wrong with a frame
                self._say_goodbye(event.response())
        return None

    def _assemble(self, part: TextMessage | BytesMessage) -> str | bytes | None:
        if self._message is None:
            if part.message_finished:
                return part.data
            self._message = StringIO(newline="") if isinstance(part, TextMessage) else BytesIO()
        self._message.write(part.data)  # type: ignore[arg-type]  # wsproto lets no part of another type through
        if not part.message_finished:
            return None
        whole, self._message = self._message.getvalue(), None
        return whole

    def _read(self) -> bytes:
        """What has come, at least one byte; empty when nothing will."""
        self._waiting = True
        try:
            # A client whose next frame is always here already would never let the others run.
            gevent.sleep(0)
            return self._socket.recv(READ_BYTES)
        except OSError:
            return b""
        finally:
            self._waiting = False
            self._woken.set()

    def _say_goodbye(self, close: CloseConnection) -> None:
        """Sends a Close frame and the end of our stream, the first time that it is called."""
        if self._parted:
            return
        self._woken.clear()
        self._parted = True
        with suppress(OSError):
            self._transmit(close)
            self._socket.shutdown(socket.SHUT_WR)

    def _transmit(self, event: Message | Ping | CloseConnection) -> None:
        with self._sending:
            try:
                frame = self._protocol.send(event)
                for start in range(0, len(frame), SEND_BYTES):
                    with gevent.Timeout(SEND_SECONDS, TimeoutError("The client does not read.")):
                        self._socket.sendall(frame[start : start + SEND_BYTES])
            except LocalProtocolError as over:
                raise BrokenPipeError(EPIPE, "The conversation is over.") from over
            except OSError:
                self._drop()  # a part may have gone: nothing that follows it would be understood
                raise

    def _drop(self) -> None:
        """Cuts the connection with all that it has not taken, and wakes whoever waits on it."""
        self._parted = True
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROP_UNSENT)
            self._socket.shutdown(socket.SHUT_RDWR)

    def _linger(self) -> None:
        """Reads away what the client still sends, until it ends too: a reset now could overtake our Close."""
        self._say_goodbye(CloseConnection(CloseReason.NORMAL_CLOSURE))
        with gevent.Timeout(CLOSE_SECONDS, False):
            while self._read():
                pass


class SizeLimit(Extension):
    """Refuses a message by its frames' headers once it is larger than `most` bytes. No client hears of it."""

    name = "size-limit"

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0

    def enabled(self) -> bool:
        return True

    def offer(self) -> bool:
        return False

    def frame_inbound_header(
        self, proto: Any, opcode: Opcode, rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        # Asked again for the same header when that comes in pieces, so nothing is counted here.
        too_much = not opcode.iscontrol() and self._taken + payload_length > self._most
        return CloseReason.MESSAGE_TOO_BIG if too_much else NO_BITS

    def frame_inbound_complete(self, proto: Any, fin: bool) -> None:
        header = proto.header
        if not header.opcode.iscontrol():
            # A byte for each frame, so that a message of endlessly many empty ones has an end.
            self._taken = 0 if fin else self._taken + header.payload_len + 1


def _connection(reader: BufferedReader) -> tuple[Any, bytes]:
    """gevent's socket below pywsgi's reader, and what that has already read beyond the handshake."""
    connection = reader.raw._sock  # type: ignore[attr-defined]
    connection.settimeout(0)
    return connection, reader.read1() or b""


def _hang_up() -> Iterator[bytes]:
    """The answer's body: tells pywsgi, after engineio has cleaned up, that no request can follow on this connection.

    Otherwise it would read what a client sent behind its last frame as a request, past whatever proxy stands in front.
    """
    raise BrokenPipeError(EPIPE, "The WebSocket has ended.")
    yield b""
