"""What we rely on inside engineio and python-socketio. If one of these fails after an upgrade, read `install` again."""

import inspect

from engineio.socket import Socket
from flask import Flask
from flask_socketio import SocketIO
from gevent.queue import Empty
from socketio import Server

from helpdesk.extensions import socketio as socketio_of_the_desk
from helpdesk.web import packets, websocket
from helpdesk.web.outbox import Outbox
from helpdesk.web.packets import JsonPacket
from helpdesk.web.websocket import WebSocket


def bound() -> SocketIO:
    socketio = SocketIO()
    socketio.init_app(Flask(__name__), async_mode="gevent")
    return socketio


def test_engineio_still_takes_its_classes_from_where_we_put_ours() -> None:
    socketio = bound()
    before = dict(socketio.server.eio._async)

    websocket.install(socketio)

    assert set(before) == {"thread", "queue", "queue_empty", "event", "websocket", "sleep"}, "what a driver offers"
    assert socketio.server.eio._async == before | {"websocket": WebSocket, "queue": Outbox}
    assert bound().server.eio._async == before, "every server has its own, the driver's is as it was"


def test_engineio_makes_its_sockets_with_our_queue() -> None:
    socketio = bound()
    websocket.install(socketio)

    client = Socket(socketio.server.eio, "sid")

    assert type(client.queue) is Outbox
    assert socketio.server.eio.get_queue_empty_exception() is Empty


def test_engineio_still_calls_a_websocket_as_ours_wants_to_be_called() -> None:
    upgrade, converse = inspect.getsource(Socket._upgrade_websocket), inspect.getsource(Socket._websocket_handler)

    assert "self.server._async['websocket'](\n            self._websocket_handler, self.server)" in upgrade
    assert "return ws(environ, start_response)" in upgrade
    used = {line.split("ws.")[1].split("(")[0] for line in converse.splitlines() if " ws." in line}
    assert used == {"wait", "send", "close"}
    # It would set its timeout on these, and sending has another one than reading.
    engine = bound().server.eio
    assert not {"_sock", "socket"} & set(vars(WebSocket(Socket(engine, "sid")._websocket_handler, engine)))


def test_python_socketio_still_reads_packets_where_we_put_ours() -> None:
    server = bound().server

    packets.install(server)

    assert server.packet_class is JsonPacket
    assert "self.packet_class(encoded_packet=data)" in inspect.getsource(Server._handle_eio_message)
    assert server.eio.handlers["message"] != server._handle_eio_message
    assert Server.reserved_events == ["connect", "disconnect"]


def test_the_desk_uses_it(app: Flask) -> None:
    engine = socketio_of_the_desk.server.eio

    assert engine._async["websocket"] is WebSocket
    assert (engine.transports, engine.allow_upgrades) == (["websocket", "polling"], True)
    assert engine.max_http_buffer_size == 64 * 1024
    assert engine.async_handlers is False
