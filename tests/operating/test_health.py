"""Health says yes or no and nothing else; figures are given on a port of this machine only."""

import gc
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from weakref import WeakSet

import gevent
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from helpdesk import serving
from helpdesk.config import BadSetting, Config
from helpdesk.database import intend_to_write
from helpdesk.extensions import db
from helpdesk.operating import counts, metrics, readiness
from helpdesk.operating.disk import shutil
from tests.conftest import KEY, Client, Make, make_app
from tests.processes import PYTHON, free_port, started

Figures = dict[str, float]


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "waits", [0] * len(counts.waits))
    for numbers in (counts.requests, counts.seconds, counts.totals, counts.last):
        numbers.clear()


def not_ready(client: Client) -> bool:
    """Whether both doors say what they should while the desk cannot work: it lives, and is not ready."""
    alive, ready = client.get("/healthz"), client.get("/readyz")
    assert (alive.status_code, ready.json) == (200, {"ok": ready.status_code == 200})
    return ready.status_code == 503


def test_a_desk_is_ready_and_becomes_so_again(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not not_ready(client)
    (tmp_path / serving.RESTORING).touch()
    assert not_ready(client)
    (tmp_path / serving.RESTORING).unlink()
    assert not not_ready(client)
    with monkeypatch.context() as full:
        full.setattr(readiness.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**12, 10**12, 10**6))
        assert not_ready(client)
    assert not not_ready(client)


def test_a_database_of_another_version_or_none_is_not_ready(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "helpdesk.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001_the_first_schema'")
    connection.close()
    assert not_ready(client)

    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("the password of the database is wrong"))

    monkeypatch.setattr(serving, "present_version", away)
    assert not_ready(client)
    assert "password" not in client.get("/readyz").text


def test_neither_says_more_to_anybody(client: Client, make: Make) -> None:
    """T14: after the set-up as before it, and to the team as to nobody."""
    client.sign_in(make.admin())
    for path in ("/healthz", "/readyz"):
        assert client.get(path).text == '{"ok":true}\n'
    for path in ("/metrics", "/status", "/setup", "/health", "/debug", "/console", "/server-status", "/telemetry"):
        assert client.get(path).status_code == 404, path


def figures(app: Flask) -> Figures:
    lines = [line for line in metrics.page(app).splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.]+', line) for line in lines), (
        lines
    )
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_requests_are_counted_by_door_and_answer(app: Flask, client: Client, make: Make) -> None:
    for path in ("/help", "/help", "/technical-issues/4711", "/nowhere/<script>"):
        client.get(path)

    found = figures(app)

    assert found['helpdesk_requests_total{door="home.help",status="200"}'] == 2
    assert found['helpdesk_requests_total{door="none",status="404"}'] == 1
    assert found['helpdesk_request_seconds_bucket{le="+Inf"}'] == found["helpdesk_request_seconds_count"] == 4
    assert found['helpdesk_door_seconds_total{door="home.help"}'] > 0
    assert "script" not in str(found)


def test_what_waits_and_what_the_process_holds_is_told(app: Flask) -> None:
    found = figures(app)
    for name in ("helpdesk_database_up", "process_resident_memory_bytes", "process_open_fds", "process_max_fds"):
        assert found[name] > 0, name
    for name in ("helpdesk_sockets", "helpdesk_chats_waiting", "helpdesk_mails_waiting", "helpdesk_mails_set_aside"):
        assert found[name] == 0, name


def test_a_busy_database_is_counted_and_one_that_is_away_keeps_nothing_else_from_being_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.database.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("helpdesk.database.BUSY_MS", 10)
    with sqlite3.connect(app.config["HELPDESK"].instance / "helpdesk.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with app.app_context():
            intend_to_write()
            with pytest.raises(OperationalError):
                db.session.connection()
        other.execute("ROLLBACK")
    other.close()
    assert figures(app)["helpdesk_database_busy_total"] >= 1

    monkeypatch.setattr(metrics.outbox, "figures", lambda: 1 / 0)
    assert (figures(app)["helpdesk_database_up"], "helpdesk_mails_waiting" in figures(app)) == (0, False)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[int]:
    """The port on which a served desk gives its figures."""
    port, metrics_port = free_port(), free_port()
    settings = {"HELPDESK_MODE": "demo", "HELPDESK_INSTANCE": str(tmp_path / "instance"), "PORT": str(port)}
    with started(
        PYTHON, "app.py", folder=tmp_path, port=port, HELPDESK_METRICS_PORT=str(metrics_port), **settings
    ) as server:
        server.wait_until_it_answers()
        assert server.ask("/metrics").status == 404
        server.port = metrics_port
        server.wait_until_it_answers()
        told = server.ask("/metrics")
        assert (told.status, told.headers["Content-Type"]) == (200, metrics.TYPE)
        assert "helpdesk_requests_total" in told.text and "helpdesk_database_up 1" in told.text
        assert [server.ask(path).status for path in ("/", "/help", "/metrics/x")] == [404] * 3
        yield metrics_port


def test_greenlets_are_counted_from_their_start_until_nothing_holds_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_greenlets", WeakSet())
    monkeypatch.setitem(app.config, "HELPDESK", replace(app.config["HELPDESK"], metrics_port=free_port()))
    giving = metrics.start(app)
    try:
        before = figures(app)["helpdesk_greenlets"]
        held = [gevent.spawn(gevent.sleep) for _ in range(3)]
        assert figures(app)["helpdesk_greenlets"] == before + 3
        gevent.joinall(held)
        assert figures(app)["helpdesk_greenlets"] == before + 3, "something still holds them"
        held.clear()
        gevent.sleep(0)  # the loop holds the last that has ended until it goes on
        gc.collect()
        assert figures(app)["helpdesk_greenlets"] == before
    finally:
        gevent.Greenlet.remove_spawn_callback(metrics._greenlets.add)
        gevent.killall(giving)


def test_a_served_desk_gives_them_on_the_loopback_address_only(given: int) -> None:
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if f":{given:04X}" in line]
    assert f"0100007F:{given:04X}" in listening
    assert f"00000000:{given:04X}" not in listening


def test_without_a_port_there_are_none(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    assert metrics.start(app) == []
    with app.app_context():
        db.engine.dispose()
    with pytest.raises(BadSetting, match="a port of its own"):
        Config(secret_key=KEY, metrics_port=5000).check()
