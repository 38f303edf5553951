"""Engine.IO's pings come when they are due, and what waits for them is no greenlet that runs."""

import gc

import gevent
import pytest
from engineio.packet import PING, Packet
from engineio.server import Server
from engineio.socket import Socket
from greenlet import greenlet

from helpdesk.web import pings


@pytest.fixture
def client() -> Socket:
    engine = Server(async_mode="gevent", ping_interval=0.02, monitor_clients=False)
    pings.install(engine)
    return Socket(engine, "a client")


def packets(client: Socket) -> list[Packet]:
    return [client.queue.get(timeout=5)]


def test_a_ping_comes_when_it_is_due_and_again_after_each_answer(client: Socket) -> None:
    for _ in range(2):
        client.schedule_ping()
        assert client.last_ping is None and client.queue.empty()
        assert [packet.packet_type for packet in packets(client)] == [PING]
        assert client.last_ping is not None


@pytest.mark.parametrize("end", ["closing", "closed"])
def test_who_has_gone_is_not_pinged(client: Socket, end: str) -> None:
    client.schedule_ping()
    setattr(client, end, True)
    gevent.sleep(0.1)
    assert client.queue.empty() and client.last_ping is None


def test_what_waits_has_no_stack(client: Socket) -> None:
    client.server.ping_interval = 60
    client.schedule_ping()
    gevent.sleep(0)
    running = [one for one in gc.get_objects() if isinstance(one, greenlet) and one.gr_frame is not None]
    assert not [one for one in running if "ping" in one.gr_frame.f_code.co_qualname]


def test_other_tasks_of_the_engine_begin_at_once(client: Socket) -> None:
    done: list[int] = []
    client.server.start_background_task(done.append, 1).join()
    assert done == [1]
