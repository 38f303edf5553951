"""Socket.IO packets as the desk takes them: text without attachments. A client that sends anything else has to go."""

from collections.abc import Callable

from engineio.server import Server as Engine
from socketio import Server
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT, Packet

# The name under which python-socketio keeps the handler of all events that have none: no event is called so.
CATCH_ALL = "*"


class NoPacket(ValueError):
    """A client sent what no client of ours sends."""


class JsonPacket(Packet):
    """A packet that is checked before python-socketio acts on it.

    That would keep attachments until as many are there as the client announced, run the handlers of `connect` and
    `disconnect` for events of these names, and log a traceback for whatever has not the form that it expects.
    """

    uses_binary_events = False

    def __init__(self, *arguments: object, encoded_packet: object = None, **options: object) -> None:
        super().__init__(*arguments, **options)
        if encoded_packet is not None:
            self.decode(encoded_packet)

    def decode(self, encoded_packet: object) -> int:
        """Reads a client's packet. Raises NoPacket for what is none of a client's, and for very deep JSON."""
        if not isinstance(encoded_packet, str):
            raise NoPacket
        try:
            attachments = super().decode(encoded_packet)
        except (ValueError, RecursionError):
            raise NoPacket from None
        if attachments or not self._is_a_clients():
            raise NoPacket
        return 0

    def _is_a_clients(self) -> bool:
        match self.packet_type, self.data:
            case (_, None) if self.packet_type in {CONNECT, DISCONNECT}:
                return True
            case (_, dict()) if self.packet_type == CONNECT:
                return True
            case (_, [str(name), *_]) if self.packet_type == EVENT:
                return name not in Server.reserved_events and name != CATCH_ALL
            case (_, list()) if self.packet_type == ACK:
                return self.id is not None
        return False


def install(server: Server) -> None:
    """Makes this server read packets as JsonPacket and end the conversation with whoever sends something else."""
    server.packet_class = JsonPacket
    server.eio.on("message", _or_end(server.eio, server._handle_eio_message))


def _or_end(engine: Engine, hear: Callable[[str, object], None]) -> Callable[[str, object], None]:
    def hear_or_end(sid: str, message: object) -> None:
        try:
            hear(sid, message)
        except NoPacket:
            # Not an error of ours: nothing is logged that anybody outside can cause at will.
            engine.sockets[sid].close(wait=False)

    return hear_or_end
