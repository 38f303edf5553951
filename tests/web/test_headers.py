"""The headers of every response, whatever it answers: pages, refusals, faults, files, sockets."""

import pytest
from flask import Flask

from helpdesk.extensions import db
from helpdesk.home import views as home
from helpdesk.web import security
from tests.conftest import Client, make_app
from tests.house.doors import DOORS, build, knock

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
FILES = {"tickets.file GET", "desk.file GET", "files.staged GET", "privacy.take_copy GET"}
FILE_POLICY = "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'none'"


def check(answer, *, policy: str = POLICY) -> None:
    where = f"{answer.status_code} {answer.request.path}"
    headers = answer.headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS, where
    assert headers.get("Content-Security-Policy") == policy, where
    assert headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}, where
    assert "camera=()" in headers.get("Permissions-Policy", ""), where
    assert headers.get("Cache-Control"), where
    for name in set(headers.keys()):
        assert len(headers.getlist(name)) == 1 or name in {"Set-Cookie", "Vary"}, f"{where}: {name} twice"
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]
    if answer.mimetype == "text/html":
        assert headers["Content-Type"] == "text/html; charset=utf-8", where
        assert {"Cookie", "Accept-Language"} <= {part.strip() for part in headers.get("Vary", "").split(",")}, where


def test_at_every_door_for_everybody(app: Flask) -> None:
    world = build(app)
    for role in ("nobody", "below", "owner", "agent"):
        for door in DOORS:
            if door.split(".")[1].startswith("sign_out"):
                continue
            answer = knock(world, role, door)
            file = door in FILES and answer.status_code == 200
            picture = answer.mimetype == "image/svg+xml" and door == "accounts.app_key GET"
            check(answer, policy=PICTURE_POLICY if picture else FILE_POLICY if file else POLICY)
            cached = door.startswith("assets.serve")
            assert ("public" in answer.headers["Cache-Control"]) is cached or "css" in door or door.startswith("assets")
            answer.close()


REFUSED = [
    ("GET", "/nowhere", {}, 404),
    ("GET", "/static/0/css/app.css", {}, 404),
    ("GET", "/static/../app.py", {}, 404),
    ("PUT", "/sign-in", {}, 405),
    ("TRACE", "/", {}, 405),
    ("POST", "/sign-in", {"data": b"x" * (2 * 1024 * 1024), "content_type": "application/x-www-form-urlencoded"}, 413),
    ("POST", "/sign-in", {"data": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
    ("GET", "/sign-in?next=%00", {}, 400),
    ("GET", "/", {"headers": {"Host": "evil.example"}}, 400),
    ("HEAD", "/help", {}, 200),
    ("OPTIONS", "/help", {}, 200),
]


@pytest.mark.parametrize(("method", "path", "options", "status"), REFUSED)
def test_on_refusals(client: Client, method: str, path: str, options: dict[str, object], status: int) -> None:
    answer = client.open(path, method=method, **options)
    assert answer.status_code == status
    check(answer)


def test_a_missing_secret_is_refused_with_them(client: Client) -> None:
    answer = client.post("/sign-in", data={})
    assert answer.status_code == 400
    check(answer)


def test_on_a_fault_of_ours(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault() -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "home.help", fault)

    answer = client.get("/help")

    assert answer.status_code == 500
    check(answer)
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
    for language in ("en", "fr", "sv", "es"):
        assert f'lang="{language}"' in answer.text


def test_when_the_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(home, "render_template", locked)
    answer = client.get("/help")
    assert answer.status_code == 503
    assert "database is locked" not in answer.text
    check(answer)


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=3", "/socket.io/x"])
def test_on_the_socket_too(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers.get("X-Content-Type-Options") == "nosniff"
    assert answer.headers.get("Content-Security-Policy") == POLICY
    assert "Access-Control-Allow-Origin" not in answer.headers or "*" not in answer.headers.getlist(
        "Access-Control-Allow-Origin"
    )


def test_another_site_gets_no_socket(client: Client) -> None:
    for origin in ("https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1"):
        answer = client.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
        assert answer.status_code == 400, origin


def test_over_https_browsers_are_told_to_stay_there(tmp_path, prepared_sqlite) -> None:
    (tmp_path / "helpdesk.sqlite").write_bytes(prepared_sqlite.read_bytes())
    app = make_app(tmp_path, public_url="https://help.example.org")
    answer = app.test_client().get("/help", base_url="https://help.example.org")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    with app.app_context():
        db.engine.dispose()


def test_over_plain_http_they_are_not(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/help").headers


def test_the_policy_here_is_the_policy_there() -> None:
    assert security.PAGE_POLICY == POLICY


CRAWLED = [
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/.env.production",
    "/.htaccess",
    "/.DS_Store",
    "/backup.zip",
    "/backup.sql",
    "/helpdesk.sqlite",
    "/instance/helpdesk.sqlite",
    "/instance/secret_key",
    "/app.py",
    "/pyproject.toml",
    "/requirements.txt",
    "/Makefile",
    "/Dockerfile",
    "/docker-compose.yml",
    "/config.py",
    "/wp-login.php",
    "/phpinfo.php",
    "/server-status",
    "/metrics",
    "/debug",
    "/console",
    "/setup",
    "/install",
    "/admin",
    "/api",
    "/status",
    "/health",
    "/actuator/env",
    "/graphql",
    "/swagger.json",
    "/sitemap.xml",
    "/tests/conftest.py",
    "/static/",
    "/static",
    "/static/js/app.js.map",
    "/static/500.html",
    "/static/../helpdesk/config.py",
    "/static/%2e%2e/app.py",
    "/static/0/../../app.py",
    "/static/{version}/../../app.py",
    "/static/{version}/%2e%2e/%2e%2e/app.py",
    "/static/{version}//etc/passwd",
    "/static/{version}/..%2f..%2fapp.py",
    "/static/{version}/",
    "/static/{version}/css",
    "/static/{version}/css/",
    "/static/{version}/css/app.css/",
    "/static/{version}/CSS/app.css",
    "/static/{version}/css/app.css%00",
    "/static/{version}/vendor/",
    "/socket.io.js",
    "/translations/fr/LC_MESSAGES/messages.po",
    "/templates/base.html",
    "/?__debugger__=yes&cmd=resource&f=style.css",
]


def test_a_crawler_finds_nothing(app: Flask, client: Client) -> None:
    version = app.extensions["assets"].version
    for path in CRAWLED:
        answer = client.get(path.format(version=version))
        if answer.location:  # two slashes are one, and the start page leads on
            assert answer.location.removeprefix("http://localhost") in {
                "/sign-in",
                path.format(version=version).replace("//", "/"),
            }, path
            assert path.startswith("/?") or client.get(answer.location).status_code == 404
            continue
        assert answer.status_code in {400, 404}, path
        assert "SECRET" not in answer.text and "root:" not in answer.text


def test_health_says_only_that_it_is_well(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert answer.json == {"ok": True}
        assert "Set-Cookie" not in answer.headers
