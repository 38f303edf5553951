"""Connections that can be told to end, and what is done with those that exist when the server stops.

Used by both servers: `python app.py` and gunicorn's worker. Knows no feature and no settings.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from logging import Logger

import gevent
from gevent.pywsgi import WSGIHandler, WSGISecureEnviron, WSGIServer

from helpdesk.extensions import socketio

GOODBYE_SECONDS = 3.0
_SLICES = 60
_SLICE_AT_LEAST = 20


class Connection(WSGIHandler):
    """One connection of a browser, with the requests that come on it one after the other."""

    _waiting = False

    def handle(self) -> None:
        self.server.connections.add(self)
        try:
            super().handle()
        except ConnectionError:
            pass  # who sent what is no request has hung up before the answer to it: nothing to tell anybody
        finally:
            self.server.connections.discard(self)

    def read_requestline(self) -> str:
        """The next request's first line; empty, which ends the connection, once the server stops."""
        if self.server.stopping:
            return ""
        self._waiting = True
        try:
            return super().read_requestline()
        finally:
            self._waiting = False

    def start_response(self, *arguments: object) -> Callable[[bytes], None]:
        write = super().start_response(*arguments)
        if self.server.stopping and not self.close_connection:
            self.response_headers.append((b"Connection", b"close"))
            self.close_connection = True
        return write

    def end_if_waiting(self) -> None:
        """Ends a connection that is only kept for a next request; one that is being answered goes on to its end."""
        if self._waiting:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RD)

    def log_error(self, msg: str, *args: object) -> None:
        """What is no HTTP may hold anything, and the log holds neither addresses nor what people sent."""
        self.server.error_log.write("A malformed request was refused.\n")


class _Unaddressed(WSGISecureEnviron):
    """What of a request may be printed beside an error that nothing else has caught."""

    default_whitelist_keys = ("REQUEST_METHOD",)


class Server(WSGIServer):
    """gevent's server, which on closing also ends the connections that nothing is being answered on."""

    handler_class = Connection
    secure_environ_class = _Unaddressed

    def __init__(self, *arguments: object, **options: object) -> None:
        self.connections: set[Connection] = set()
        self.stopping = False
        super().__init__(*arguments, **options)

    def close(self) -> None:
        """Takes no new connection and ends the idle ones."""
        self.stopping = True
        super().close()
        for connection in list(self.connections):
            connection.end_if_waiting()


def say_goodbye(log: Logger) -> None:
    """Tells every Socket.IO client that its connection ends, in slices, so that they do not all come back at once."""
    open_now = list(socketio.server.eio.sockets.values())
    a_slice = max(_SLICE_AT_LEAST, len(open_now) // _SLICES + 1)
    for place, client in enumerate(open_now, start=1):
        try:
            client.close(wait=False)
        except Exception:
            log.exception("A client could not be told that the server stops.")
        if place % a_slice == 0:
            gevent.sleep(GOODBYE_SECONDS / _SLICES)
