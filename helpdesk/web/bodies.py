"""Bodies of Engine.IO's long polling: one that cannot be read ends its session, and is no error in the log."""

from typing import TYPE_CHECKING

from engineio import socket
from engineio.exceptions import EngineIOError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Socket(socket.Socket):
    """Engine.IO's session. It would log a traceback for such a body, and answer that all is well."""

    def handle_post_request(self, environ: "WSGIEnvironment") -> None:
        """Takes the packets of one request. Raises EngineIOError, which ends the session with a 400."""
        try:
            super().handle_post_request(environ)
        except (EngineIOError, ValueError, IndexError, RecursionError):
            # Without waiting for the client to take the goodbye: engineio would hold the request open for it.
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)
            raise EngineIOError from None


def install() -> None:
    """Makes engineio (4.15.1) begin its sessions with ours; its servers take the class from the module."""
    socket.Socket = Socket
