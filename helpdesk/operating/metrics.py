"""The figures of this process for Prometheus, on a port of the loopback address that no proxy leads to.

The text form is a dozen lines; a package for it would bring a registry, threads and its own server.
"""

import os
import resource
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakSet

import gevent
from flask import Flask
from gevent.pywsgi import WSGIServer
from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from helpdesk import connections
from helpdesk.chat.models import Chat
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.operating import counts
from helpdesk.version import VERSION

AGAIN_SECONDS = 1.0
TYPE = "text/plain; version=0.0.4; charset=utf-8"
Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]
# Those that run and those that ended and are held by something: where this grows, something is not let go.
_greenlets: "WeakSet[gevent.Greenlet[..., object]]" = WeakSet()


def page(app: Flask) -> str:
    """All figures, as Prometheus reads them."""
    return "".join(f"{line}\n" for part in (_requests(), _process(), _work(), _database(app)) for line in part)


def _requests() -> Iterator[str]:
    yield "# TYPE helpdesk_requests_total counter"
    for (door, status), number in sorted(counts.requests.items()):
        yield f'helpdesk_requests_total{{door="{door}",status="{status}"}} {number}'
    yield "# TYPE helpdesk_door_seconds_total counter"
    for door, took in sorted(counts.seconds.items()):
        yield f'helpdesk_door_seconds_total{{door="{door}"}} {took:.6f}'
    yield "# TYPE helpdesk_request_seconds histogram"
    below = 0
    for end, number in zip((*counts.CLASSES, "+Inf"), counts.waits, strict=True):
        below += number
        yield f'helpdesk_request_seconds_bucket{{le="{end}"}} {below}'
    yield f"helpdesk_request_seconds_sum {sum(counts.seconds.values()):.6f}"
    yield f"helpdesk_request_seconds_count {below}"


def _process() -> Iterator[str]:
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    yield f'helpdesk_info{{version="{VERSION}"}} 1'
    yield f"process_resident_memory_bytes {memory}"
    yield f"process_open_fds {len(os.listdir('/proc/self/fd'))}"
    yield f"process_max_fds {resource.getrlimit(resource.RLIMIT_NOFILE)[0]}"
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield f"process_cpu_seconds_total {used.ru_utime + used.ru_stime:.2f}"
    yield f"helpdesk_sockets {len(connections.open_now())}"
    yield f"helpdesk_greenlets {len(_greenlets)}"


def _work() -> Iterator[str]:
    for what in ("work_rounds", "database_busy"):
        yield f"# TYPE helpdesk_{what}_total counter"
        yield f"helpdesk_{what}_total {counts.totals[what]}"
    if "work_rounds" in counts.last:
        yield f"helpdesk_work_round_timestamp_seconds {counts.last['work_rounds']:.0f}"


def _database(app: Flask) -> Iterable[str]:
    try:
        with app.app_context():
            waiting = db.session.scalar(select(func.count()).select_from(Chat).where(Chat.state == "waiting"))
            mails, set_aside = outbox.figures()
    except Exception:
        app.logger.warning("the figures of the database cannot be had", exc_info=True)
        return ["helpdesk_database_up 0"]
    return [
        "helpdesk_database_up 1", f"helpdesk_chats_waiting {waiting}", f"helpdesk_mails_waiting {mails}",
        f"helpdesk_mails_set_aside {set_aside}",
    ]  # fmt: skip


def start(app: Flask) -> list[gevent.Greenlet]:
    """Gives the figures on the port that the settings name, until the greenlet is killed; nothing without one."""
    port = app.config["HELPDESK"].metrics_port
    if not port:
        return []
    gevent.Greenlet.add_spawn_callback(_greenlets.add)  # a set: once is enough, and again does no harm
    return [gevent.spawn(_keep_giving, app, port)]


def _keep_giving(app: Flask, port: int) -> None:
    while True:
        server = WSGIServer(("127.0.0.1", port), _answer(app), log=None, error_log=None)
        try:
            server.serve_forever()
        except OSError as fault:  # at a reload the worker before this one still has it
            app.logger.warning("the port of the figures cannot be had: %s", fault.strerror)
        finally:
            server.stop(timeout=0)
        gevent.sleep(AGAIN_SECONDS)


def _answer(app: Flask) -> Callable[[Environ, Start], list[bytes]]:
    def answer(environ: Environ, start_response: Start) -> list[bytes]:
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] != "GET":
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        body = page(app).encode()
        start_response("200 OK", [("Content-Type", TYPE), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def watch(engine: Engine) -> None:
    """Counts how often this database was busy, locked, full or away."""

    @event.listens_for(engine, "handle_error")
    def _count(context: ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, OperationalError):
            counts.one_more("database_busy")
