"""nginx with the shipped site in front of a real desk: limits, headers, files, and what it says when that is away."""

import io
import json
import re
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.datastructures import FileStorage

from helpdesk.extensions import db
from tests import builders
from tests.conftest import make_app
from tests.deploy.shipped import DEPLOY, HOST, LIES, NAME, needs, replaced
from tests.processes import ROOT, Browser, Server, free_port, started

pytestmark = needs("nginx")
Front = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that its owner has signed, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", f"/CN={NAME}", "-days", "2", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture
def nginx(tmp_path: Path, desk: Path, certificate: tuple[Path, Path]) -> Front:
    """Starts nginx with the shipped site, its places and ports replaced, in front of a port."""

    @contextmanager
    def in_front_of(upstream: int, worker: str = "root") -> Iterator[Server]:
        plain, port = free_port(), free_port()
        site = replaced(
            (DEPLOY / "nginx.conf").read_text(),
            {
                "    listen [::]:80;\n": "",
                "    listen [::]:443 ssl http2;\n": "",
                "listen 80;": f"listen 127.0.0.1:{plain};",
                "listen 443 ": f"listen 127.0.0.1:{port} ",
                "127.0.0.1:8000": f"127.0.0.1:{upstream}",
                f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate[0]),
                f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(certificate[1]),
                "/var/cache/nginx/helpdesk": str(tmp_path / "cache"),
                "/var/log/nginx": str(tmp_path),
                "/opt/helpdesk": str(ROOT),
                "/var/lib/helpdesk": str(desk / "instance"),
            },
        )
        user = f"user {worker} {tmp_path.group()};" if tmp_path.owner() == "root" else ""
        (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, user=user, site=site))
        command = ("nginx", "-p", tmp_path, "-e", "stderr", "-c", tmp_path / "nginx.conf")
        with started(*command, folder=tmp_path, port=port, scheme="https") as server:
            server.plain = plain
            yield server.wait_until_it_answers()

    return in_front_of


# Where files are sent, nginx is somebody else who is in the desk's group (docs/operating.md).
MAIN = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{site}
}}
"""


def test_nginx_passes_pages_on_and_adds_nothing_to_their_headers(nginx: Front, served: Server) -> None:
    with nginx(served.port) as front:
        page = front.ask("/sign-in", headers={**HOST, "Accept-Encoding": "gzip"})
        assert page.status == 200
        assert page.headers["Content-Encoding"] == "gzip"
        for header in ("Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security"):
            assert len(page.headers.get_all(header)) == 1, header
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_nginx_writes_down_no_secret(nginx: Front, served: Server, tmp_path: Path) -> None:
    with nginx(served.port) as front:
        told = {**HOST, "Referer": f"https://{NAME}/set-password/my-secret"}
        front.ask("/set-password/my-secret", headers=told)
        front.ask("/unsubscribe/my-secret", headers=told)
        front.ask("/sign-in?next=my-secret", headers=told)
        front.stop(signal.SIGQUIT)
    log = (tmp_path / "helpdesk.log").read_text()
    assert all(f"GET {path} " in log for path in ("/set-password/-", "/unsubscribe/-", "/sign-in"))
    assert "my-secret" not in log


def test_nginx_keeps_static_files(nginx: Front, served: Server, tmp_path: Path) -> None:
    with nginx(served.port) as front:
        found = re.search(r'href="(/static/[^"]+\.css)"', front.ask("/sign-in", headers=HOST).text)
        assert found is not None
        for _time in range(2):
            sheet = front.ask(found[1], headers={**HOST, "Accept-Encoding": "gzip"})
            assert sheet.status == 200 and sheet.headers["Content-Encoding"] == "gzip"
            assert "immutable" in sheet.headers["Cache-Control"]
        assert any(path.is_file() for path in (tmp_path / "cache").rglob("*"))
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/.git/config", "/.env", "/static/nothing"):
            assert front.ask(path, headers=HOST).status in {400, 404}, path


def test_nginx_refuses_a_body_that_is_too_large(nginx: Front, served: Server, app: Flask) -> None:
    too_large = secrets.token_bytes(2 * 1024 * 1024)
    with nginx(served.port) as front:
        refused = front.ask("/sign-in", method="POST", body=too_large, headers=HOST)
        assert (refused.status, b"nginx" in refused.body) == (413, True)
        assert "default-src 'none'" in refused.headers["Content-Security-Policy"]
        for path in upload_doors(app):
            file = FileStorage(io.BytesIO(too_large), "picture.png")
            assert Browser(front, NAME).post(path, files=file).status not in {404, 413, 502}, path


def upload_doors(app: Flask) -> list[str]:
    """An address of every door that takes files."""
    doors = [rule for rule in app.url_map.iter_rules() if hasattr(app.view_functions[rule.endpoint], "accepts_uploads")]
    values = {"submission": builders.token(), "number": 1001, "token": builders.token()}
    with app.test_request_context():
        paths = [
            app.url_map.bind("").build(door.endpoint, {name: values[name] for name in door.arguments}) for door in doors
        ]
    assert len(paths) >= 3
    return paths


def test_nginx_answers_to_one_name_and_over_https_only(nginx: Front, served: Server) -> None:
    with nginx(served.port) as front:
        assert front.ask("/healthz", headers=HOST).status == 200
        for other in ("evil.example", f"{NAME}.evil.example", "127.0.0.1"):
            assert front.ask("/healthz", headers={"Host": other}).status == 421, other
        moved = Server(front.process, front.log, front.plain).ask(
            "/sign-in?next=/help", headers={"Host": "evil.example"}
        )
        assert (moved.status, moved.headers["Location"]) == (301, f"https://{NAME}/sign-in?next=/help")


def test_nginx_sends_files_that_the_desk_has_let_somebody_see(nginx: Front, served: Server, desk: Path) -> None:
    for folder in (desk / "instance").parents:  # as on a server, where anybody may pass through /var/lib
        if folder.owner() == "root" and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    (desk / "instance").chmod(0o710)
    with nginx(served.port, worker="nobody") as front:
        kim, stranger = Browser(front, NAME), Browser(front, NAME)
        assert kim.sign_in("kim", builders.PASSWORD) == 303
        form = builders.token()
        sent = kim.post(f"/files/{form}", files=FileStorage(io.BytesIO(b"what I did"), "steps.txt"), back="/profile")
        assert sent.status == 303, sent.text
        token, key = the_only_file(desk / "instance")

        mine = kim.get(f"/files/{form}/{token}/original")

        assert (mine.status, mine.body) == (200, b"what I did")
        assert mine.headers["Content-Disposition"].startswith("attachment")
        assert mine.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert mine.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in mine.headers["Content-Security-Policy"]
        assert mine.headers["Cache-Control"] == "private, no-store"
        assert "X-Accel-Redirect" not in mine.headers
        assert_the_group_may_read(desk / "instance", key)
        assert stranger.get(f"/files/{form}/{token}/original").body != mine.body
        assert kim.get(f"/protected/{key[:2]}/{key[2:4]}/{key}").status == 404


def assert_the_group_may_read(instance: Path, key: str) -> None:
    """What the desk has stored its group may read, and the folders on the way let it pass."""
    store = instance / "files" / "store"
    file = store / key[:2] / key[2:4] / key
    assert [path.stat().st_mode & 0o077 for path in (instance / "files", store, file.parent.parent, file.parent)] == [
        0o010, 0o050, 0o050, 0o050
    ]  # fmt: skip
    assert file.stat().st_mode & 0o077 == 0o040


def the_only_file(instance: Path) -> tuple[str, str]:
    """What the only file is called in addresses, and in the store."""
    app = make_app(instance)
    with app.app_context(), db.engine.connect() as connection:
        token, key = connection.execute(text("SELECT token, key FROM stored_file")).one()
    with app.app_context():
        db.engine.dispose()
    return token, key


def test_while_the_desk_is_away_nginx_says_so_in_four_languages(nginx: Front) -> None:
    with nginx(free_port()) as front:
        away = front.ask("/technical-issues", headers=HOST)
        assert away.status == 502
        for language in ("en", "fr", "sv", "es"):
            assert f'lang="{language}"' in away.text
        assert "style-src 'self'" in away.headers["Content-Security-Policy"]
        assert front.ask("/static/500.css", headers=HOST).headers["Content-Type"] == "text/css"


def test_nginx_tells_the_desk_one_hop_and_no_lies(nginx: Front, echo: int) -> None:
    with nginx(echo) as front:
        told = json.loads(front.ask("/", headers={**HOST, **LIES}).text)
        assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["Host"]) == ("127.0.0.1", "https", NAME)
        assert told["Connection"] == "close" and "Upgrade" not in told
        assert not {"X-Forwarded-Host", "X-Real-IP", "Forwarded", "X-Forwarded-Prefix", "X-Forwarded-Port"} & set(told)
        upgrade = {**HOST, "Connection": "Upgrade", "Upgrade": "websocket"}
        told = json.loads(front.ask("/socket.io/", headers=upgrade).text)
        assert (told["Connection"].lower(), told["Upgrade"]) == ("upgrade", "websocket")
