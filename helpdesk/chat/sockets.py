"""Sockets in. Who connects passes the same gate as the pages; there is nothing to say yet, so nobody is let in."""

from flask_socketio import ConnectionRefusedError

from helpdesk.extensions import socketio
from helpdesk.ranks import Action
from helpdesk.refusals import Refusal
from helpdesk.web import gate


@socketio.on("connect")
def connect(auth: object = None) -> None:
    """Refuses with the refusal's code; with `chat_closed` those who may chat, until there is a chat."""
    try:
        gate.check(Action.OPEN_CHAT)
    except Refusal as refusal:
        raise ConnectionRefusedError(refusal.code) from None
    raise ConnectionRefusedError("chat_closed")


connect.requires = Action.OPEN_CHAT  # type: ignore[attr-defined]
