"""The queue of what waits for one client, inside one process."""

import gevent
import pytest
from engineio.packet import CLOSE, MESSAGE, Packet
from gevent.queue import Empty

from helpdesk.web import outbox
from helpdesk.web.outbox import Outbox


def message(characters: int = 10) -> Packet:
    return Packet(MESSAGE, "x" * characters)


def taken(queue: Outbox) -> list[Packet | None]:
    """Everything that waits."""
    packets = []
    while not queue.empty():
        packets.append(queue.get(block=False))
        queue.task_done()
    return packets


def test_packets_come_out_in_order_and_cost_nothing_afterwards() -> None:
    queue, packets = Outbox(), [message(), message(), None]
    for packet in packets:
        queue.put(packet)

    assert queue.waiting_bytes == 2 * (outbox.BYTES_A_PACKET + 10)
    assert taken(queue) == packets
    assert queue.waiting_bytes == 0
    with pytest.raises(Empty):
        queue.get(block=False)


def test_a_queue_that_is_not_taken_from_is_emptied_and_ends() -> None:
    queue = Outbox()
    for _ in range(1000):
        queue.put(message(10_000))

    assert queue.overflowed
    assert queue.waiting_bytes <= outbox.BYTES_A_PACKET
    goodbye, end = taken(queue)
    assert goodbye is not None and goodbye.packet_type == CLOSE
    assert end is None
    queue.put(message())
    assert queue.empty(), "nothing is kept for a client that has to go"
    assert queue.join(timeout=0.1), "what was dropped counts as done"


def test_a_thousand_small_messages_are_no_reason_to_end_and_two_thousand_are() -> None:
    queue = Outbox()
    for _ in range(1000):
        queue.put(message())
    assert not queue.overflowed

    for _ in range(1000):
        queue.put(message())
    assert queue.overflowed


def test_one_message_may_be_as_large_as_it_is() -> None:
    queue = Outbox()

    queue.put(message(8_000_000))

    assert not queue.overflowed
    assert len(taken(queue)) == 1


def test_whoever_waits_for_a_packet_gets_the_end_when_it_overflows() -> None:
    queue = Outbox()
    waiting = gevent.spawn(queue.get)
    gevent.sleep(0)

    queue.put(message())

    packet = waiting.get(timeout=5)
    assert packet is not None and packet.packet_type == MESSAGE
    queue.put(None)
    assert taken(queue) == [None]


def test_nobody_waits_for_ever_for_a_client_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "JOIN_SECONDS", 0.05)
    queue = Outbox()
    queue.put(message())

    assert queue.join() is False
