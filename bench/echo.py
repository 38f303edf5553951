"""The bare echo: Flask-SocketIO as its documentation shows it. No session, no gate, no database. Prints its port."""

# ruff: noqa: E402  everything else is imported after gevent has patched the standard library

from gevent import monkey

monkey.patch_all()

import gevent
from flask import Flask
from flask_socketio import SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app)


@socketio.on("message:say")
def say(message: object) -> None:
    emit("message:said", message)


def tell_port() -> None:
    while not getattr(socketio.wsgi_server, "started", False):
        gevent.sleep(0.01)
    print(socketio.wsgi_server.server_port, flush=True)


if __name__ == "__main__":
    gevent.spawn(tell_port)
    socketio.run(app, host="127.0.0.1", port=0)
