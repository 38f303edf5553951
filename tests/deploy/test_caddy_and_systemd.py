"""Caddy with the shipped file in front of a real desk, and the systemd unit as systemd reads it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.shipped import DEPLOY, HOST, LIES, NAME, needs, replaced
from tests.processes import PYTHON, ROOT, Server, free_port, started


@needs("caddy")
def test_caddy_does_the_same(served: Server, echo: int, tmp_path: Path) -> None:
    with caddy(served.port, tmp_path) as front:
        assert front.ask("/sign-in", headers=HOST).status == 200
        assert front.ask("/sign-in", method="POST", body=bytes(2 * 1024 * 1024), headers=HOST).status == 413
    with caddy(echo, tmp_path) as front:
        told = json.loads(front.ask("/", headers={**HOST, **LIES}).text)
        assert told["X-Forwarded-For"] == "127.0.0.1"
        assert not {"Forwarded", "X-Real-Ip"} & set(told)
    with caddy(free_port(), tmp_path) as front:
        away = front.ask("/technical-issues", headers=HOST)
        assert away.status == 502 and 'lang="sv"' in away.text
        assert front.ask("/static/500.css", headers=HOST).status == 200


@contextmanager
def caddy(upstream: int, folder: Path) -> Iterator[Server]:
    """Starts Caddy with the shipped file, its places and ports replaced and without certificates."""
    port = free_port()
    site = replaced(
        (DEPLOY / "Caddyfile").read_text(),
        {
            f"\n{NAME} {{": f"\nhttp://{NAME}:{port} {{\n\tbind 127.0.0.1", "{\n\tservers": "{\n\tadmin off\n\tservers",
            "127.0.0.1:8000": f"127.0.0.1:{upstream}", "/opt/helpdesk": str(ROOT),
        },
    )  # fmt: skip
    (folder / "Caddyfile").write_text(site)
    command = ("caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile")
    with started(*command, folder=folder, port=port, HOME=str(folder)) as server:
        yield server.wait_until_it_answers()


@needs("systemd-analyze")
def test_the_unit_is_understood_and_locked_up(tmp_path: Path) -> None:
    unit = tmp_path / "helpdesk.service"
    text = (DEPLOY / "helpdesk.service").read_text()
    programs = replaced(text, {"/opt/helpdesk/.venv/bin": str(Path(PYTHON).parent), "=/opt/helpdesk": f"={ROOT}"})
    unit.write_text(programs)

    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    rating = ["systemd-analyze", "security", "--offline=yes", "--threshold=15", "--no-pager", unit]
    score = subprocess.run(rating, capture_output=True, text=True)

    assert (checked.returncode, unit.name in checked.stderr) == (0, False), checked.stderr
    assert score.returncode == 0, score.stdout
