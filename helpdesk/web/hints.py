"""Redis as a hint: tells the other processes what this one emits, so that their sockets hear it at once.

Nothing waits for Redis and nothing fails without it: what is lost is in the database, and pages ask for it when the
next head is told. Only events come in this way; who is in which room each process knows for itself.
"""

import json
import logging
import socket
from collections.abc import Iterator
from typing import Any

import gevent
from gevent.queue import Full, Queue
from socketio import PubSubManager

from helpdesk.web.rooms import KnownRooms

log = logging.getLogger(__name__)
# What waits to be told. More than this is old by the time that Redis takes it.
MOST_WAITING = 1000
AGAIN_SECONDS = 2.0
ANSWER_SECONDS = 2.0
# So often the listener looks whether its connection still is one.
LISTEN_SECONDS = 5.0
# A Redis that vanishes without a word is noticed within about half a minute.
KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}


class Hints(KnownRooms, PubSubManager):
    """python-socketio's manager of rooms and sockets, with what is emitted passed on through Redis, as JSON."""

    name = "hints"

    def __init__(self, url: str, channel: str) -> None:
        super().__init__(channel=channel)
        # Only who has a Redis needs its package.
        from redis import Redis
        from redis.exceptions import RedisError

        self._faults = (RedisError, OSError)
        self._telling = Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        self._hearing = Redis.from_url(
            url, socket_connect_timeout=ANSWER_SECONDS, socket_keepalive=True, socket_keepalive_options=KEEPALIVE
        )
        self._waiting: Queue[str] = Queue(MOST_WAITING)
        self._teller: gevent.Greenlet | None = None
        self._away = False

    def _publish(self, data: dict[str, Any]) -> None:
        """Puts it in line to be told. Never waits; what is too much is left out."""
        if self._teller is None:
            self._teller = gevent.spawn(self._tell)
        try:
            self._waiting.put_nowait(json.dumps(data))
        except Full:
            return

    def _tell(self) -> None:
        while True:
            text = self._waiting.get()
            try:
                self._telling.publish(self.channel, text)
                self._is_away(None)
            except self._faults as fault:
                self._is_away(fault)
                while not self._waiting.empty():  # old by the time that Redis is back
                    self._waiting.get_nowait()
                gevent.sleep(AGAIN_SECONDS)

    def _listen(self) -> Iterator[dict[str, Any]]:
        """What other processes emit, for as long as this one runs."""
        while True:
            try:
                with self._hearing.pubsub(ignore_subscribe_messages=True) as heard:
                    heard.subscribe(self.channel)
                    self._is_away(None)
                    while True:
                        message = heard.get_message(timeout=LISTEN_SECONDS)
                        if message and (event := as_event(message["data"])):
                            yield event
            except self._faults as fault:
                self._is_away(fault)
                gevent.sleep(AGAIN_SECONDS)

    def _is_away(self, fault: Exception | None) -> None:
        """Logs once that Redis has gone, and once that it is back. Never its address, which holds a password."""
        if fault is not None and not self._away:
            log.warning("Redis is away (%s): other processes tell their pages a little later.", type(fault).__name__)
        elif fault is None and self._away:
            log.warning("Redis is back.")
        self._away = fault is not None


def as_event(data: object) -> dict[str, Any] | None:
    """An event that another process of ours has emitted; None for anything else that somebody has put there."""
    try:
        found = json.loads(data) if isinstance(data, bytes | str) else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("method") != "emit":
        return None
    room = found.get("room")
    texts = [*(room if isinstance(room, list) else [room]), *(found.get(n) for n in ("event", "namespace", "host_id"))]
    plain = found.get("binary") is False and found.get("callback") is None and found.get("skip_sid") is None
    return found if plain and "data" in found and all(isinstance(text, str) for text in texts) else None
