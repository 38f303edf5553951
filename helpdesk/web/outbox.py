"""What waits to be sent to one Socket.IO client: a queue with an end. Knows engineio's packets, nothing of the desk."""

from engineio.packet import CLOSE, Packet
from gevent.queue import JoinableQueue

BYTES = 1024 * 1024
# What a packet costs besides its text. A thousand small ones are as many as a megabyte of large ones.
BYTES_A_PACKET = 1024
# How long `disconnect()` waits for a client to take what is left for it.
JOIN_SECONDS = 15.0


class Outbox(JoinableQueue):
    """engineio's queue for one client. When more waits than BYTES, all of it is dropped and the client is told to go.

    It comes back and catches up from the database; a queue that grew instead would be everybody's memory. Putting never
    blocks and never raises: the sender is mostly a broadcast, and the others in the room are well.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.waiting_bytes = 0
        self.overflowed = False

    def put(self, item: Packet | None, block: bool = True, timeout: float | None = None) -> None:
        """Adds a packet; None ends the conversation."""
        if self.overflowed and item is not None:
            return
        # Looked at before the packet is counted: a single one may be as large as it is.
        if item is not None and self.waiting_bytes > BYTES:
            self._overflow()
            return
        self.waiting_bytes += _cost(item)
        super().put(item, block, timeout)

    def get(self, block: bool = True, timeout: float | None = None) -> Packet | None:
        """The next packet; None for the end. Raises queue.Empty as every queue does."""
        item: Packet | None = super().get(block, timeout)
        self.waiting_bytes -= _cost(item)
        return item

    def join(self, timeout: float | None = None) -> bool:
        """Waits until everything has been taken, or for JOIN_SECONDS: a writer that failed takes nothing any more."""
        return bool(super().join(JOIN_SECONDS if timeout is None else timeout))

    def _overflow(self) -> None:
        while not self.empty():
            self.get(block=False)
            self.task_done()
        self.overflowed = True
        super().put(Packet(CLOSE))
        super().put(None)


def _cost(item: Packet | None) -> int:
    if item is None:
        return 0
    return BYTES_A_PACKET + (len(item.data) if isinstance(item.data, str | bytes) else 0)
