"""Serves the desk as `python app.py` does, in a hurry: PING_INTERVAL, PING_TIMEOUT, ABSENCE, ROUND are seconds."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
from datetime import timedelta  # noqa: E402

import app  # noqa: E402
from helpdesk.chat import queue, watch  # noqa: E402
from helpdesk.extensions import socketio  # noqa: E402

socketio.server.eio.ping_interval = float(os.environ["PING_INTERVAL"])
socketio.server.eio.ping_timeout = float(os.environ["PING_TIMEOUT"])
queue.ABSENCE = timedelta(seconds=float(os.environ["ABSENCE"]))
watch.EVERY_SECONDS = float(os.environ["ROUND"])
app.main()
