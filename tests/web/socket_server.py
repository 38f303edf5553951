"""A server with sockets and nothing else, started by tests: `python -m tests.web.socket_server PORT [simple]`."""

# ruff: noqa: E402  gevent patches before anything else is imported

from gevent import monkey

monkey.patch_all()

import gc
import os
import sys

import gevent
from flask import Flask, jsonify, request
from flask_socketio import SocketIO, emit
from gevent.pywsgi import WSGIServer

from helpdesk.web import websocket

app = Flask(__name__)
app.secret_key = "for tests only"
socketio = SocketIO()
TIMES = {"ping_interval": 25.0, "ping_timeout": 20.0}  # engineio's own, in seconds
seen = {"connects": 0, "disconnects": 0, "hits": 0}


@socketio.on("connect")
def connect(auth: object = None) -> None:
    seen["connects"] += 1
    gevent.sleep(float(request.args.get("slow") or 0))


@socketio.on("disconnect")
def went(reason: object = None) -> None:
    seen["disconnects"] += 1


@socketio.on("hit")
def hit() -> None:
    seen["hits"] += 1


@socketio.on("echo")
def echo(what: object) -> None:
    emit("echo", what)


@socketio.on("large")
def large(characters: int) -> None:
    """Sends one large message."""
    emit("large", "x" * characters)


@socketio.on("many")
def many(number: int, characters: int) -> None:
    """Sends many messages, as other people's messages come: not in step with what this client reads."""
    sid = request.sid
    for count in range(number):
        socketio.emit("one", str(count).rjust(characters, "."), to=sid)
        gevent.sleep(0)


@socketio.on("end")
def end() -> None:
    """Ends the connection; `disconnect()` would leave that to the client."""
    server = socketio.server
    server.eio.sockets[server.manager.eio_sid_from_sid(request.sid, "/")].close(wait=False)


@app.get("/facts")
def facts() -> object:
    """What the tests want to know of the process."""
    gc.collect()
    greenlets = sum(isinstance(thing, gevent.Greenlet) and not thing.dead for thing in gc.get_objects())
    sockets, files = len(socketio.server.eio.sockets), len(os.listdir("/proc/self/fd"))
    return jsonify({**seen, "sockets": sockets, "greenlets": greenlets, "files": files})


def served(port: str, *options: str) -> Flask:
    """The application as it is served on this port; with "simple" on simple-websocket, to compare."""
    times = {name: float(os.environ.get(name.upper(), usual)) for name, usual in TIMES.items()}
    socketio.init_app(
        app, async_mode="gevent", async_handlers=False, manage_session=False, max_http_buffer_size=64 * 1024,
        transports=["websocket", "polling"], cors_allowed_origins=[f"http://127.0.0.1:{port}"], **times,
    )  # fmt: skip
    if "simple" not in options:
        websocket.install(socketio)
    websocket.SEND_SECONDS = float(os.environ.get("SEND_SECONDS", websocket.SEND_SECONDS))
    return app


if __name__ == "__main__":
    port, *options = sys.argv[1:]
    WSGIServer(("127.0.0.1", int(port)), served(port, *options), log=None, backlog=2048).serve_forever()
