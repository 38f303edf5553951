"""The doors of files: whole requests, the refusal beside the success."""

import io
import re

import pytest

from helpdesk.files import queries
from helpdesk.files.serving import disposition
from tests import builders

FORM, OTHER_FORM = "a" * 32, "b" * 32


@pytest.fixture
def ana(make):
    return make.member("ana")


@pytest.fixture
def hers(as_person, ana):
    """Ana's."""
    return as_person(ana)


@pytest.fixture
def staged(make, ana):
    """The files that Ana's form has."""
    return lambda submission=FORM: make.look(lambda: queries.staged(ana.id, submission))


def _send(hers, *files, submission=FORM, part=True, **fields):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if part else {}
    data = {"files": [(io.BytesIO(data), name) for name, data in files], **fields}
    return hers.post(f"/files/{submission}", data=data, headers=headers, content_type="multipart/form-data")


def _png(width=64, height=48):
    return builders.picture(width, height).getvalue()


def _but_for_tokens(page):
    """A page without its own address and its forms' secret, which are new on every page."""
    return re.sub(r"[0-9a-f]{32}|X-CSRFToken\": \"[^\"]+", "", page)


def _address(file, variant="thumb", submission=FORM):
    return f"/files/{submission}/{file.token}/{variant}"


def test_a_file_that_is_chosen_shows_up_in_the_form(hers, staged):
    answer = _send(hers, ("bild.png", _png()))
    assert answer.status_code == 200
    assert 'id="files"' in answer.text
    assert "bild.png" in answer.text
    [file] = staged()
    assert (file.name, file.kind, file.width, file.height) == ("bild.png", "png", 64, 48)


def test_good_files_stay_when_others_are_refused_in_words(hers, staged):
    answer = _send(hers, ("a.png", _png()), ("b.svg", b"<svg/>"), ("c.txt", b""), ("d.log", b"fine"))
    assert answer.status_code == 422
    assert "“b.svg” must be one of: PNG, JPG, GIF, WebP, PDF, or TXT." in answer.text
    assert "“c.txt” is empty." in answer.text
    assert [file.name for file in staged()] == ["a.png", "d.log"]


def test_the_sixth_file_is_refused(hers, staged):
    answer = _send(hers, *((f"{place}.txt", b"text") for place in range(7)))
    assert answer.status_code == 422
    assert answer.text.count("You can add up to 5 files.</span>") == 1
    assert len(staged()) == 5


def test_nothing_chosen_is_said(hers, staged):
    answer = _send(hers)
    assert (answer.status_code, "No file chosen" in answer.text) == (422, True)
    assert staged() == []


def test_names_are_shown_as_text(hers):
    answer = _send(hers, ('<img src=x onerror="alert(1)">.txt', b"text"))
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text


@pytest.mark.parametrize(
    ("fields", "referer", "goes_to"),
    [
        ({"back": "/technical-issues/new"}, None, "/technical-issues/new"),
        ({}, "http://localhost/technical-issues/1001", "/technical-issues/1001"),
        ({}, "http://evil.example/technical-issues", "/"),
        ({"back": "//evil.example"}, None, "/"),
        ({"back": "/\\evil.example"}, None, "/"),
        ({"back": "https://evil.example"}, None, "/"),
        ({"back": "javascript:alert(1)"}, None, "/"),
    ],
)
def test_without_script_the_browser_goes_back_to_the_form_and_nowhere_else(hers, staged, fields, referer, goes_to):
    headers = {"Referer": referer} if referer else {}
    data = {"files": (io.BytesIO(b"text"), "a.txt"), **fields}
    answer = hers.post(f"/files/{FORM}", data=data, headers=headers, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, goes_to)
    assert len(staged()) == 1


def test_without_script_what_was_refused_is_said_on_the_next_page(hers, staged):
    answer = _send(hers, ("a.exe", b"MZ"), part=False, back="/")
    assert answer.status_code == 303
    assert "“a.exe” must be one of" in hers.get("/").text
    assert staged() == []


def test_a_file_is_taken_out_of_the_form_with_its_bytes(hers, staged, app):
    _send(hers, ("bild.png", _png(2400, 1200)))
    [file] = staged()
    store = app.config["FILES_STORE"]
    assert all(store.path(key).exists() for key in file.keys)
    answer = hers.fragment(f"/files/{FORM}/{file.token}/removal", method="POST")
    assert (answer.status_code, "bild.png" in answer.text) == (200, False)
    assert staged() == []
    assert not any(store.path(key).exists() for key in file.keys)
    assert hers.get(_address(file)).status_code == 404


def test_nobody_else_reaches_or_removes_a_staged_file(hers, staged, make, as_person, client, app):
    _send(hers, ("bild.png", _png()))
    [file] = staged()
    assert hers.get(_address(file)).status_code == 200
    for other in (as_person(make.member("bo")), as_person(make.agent("ida"))):
        missing = other.get(f"/files/{FORM}/{'c' * 32}/thumb")
        foreign = other.get(_address(file))
        assert foreign.status_code == missing.status_code == 404
        assert _but_for_tokens(foreign.text) == _but_for_tokens(missing.text)
        assert other.post(f"/files/{FORM}/{file.token}/removal").status_code == 404
    assert hers.head(_address(file)).data == b""
    assert client.get(_address(file)).status_code == 303
    assert client.get(_address(file)).location.startswith("/sign-in")
    assert hers.get(_address(file, submission=OTHER_FORM)).status_code == 404
    assert len(staged()) == 1


def test_the_same_token_of_a_form_is_another_form_for_another_person(hers, staged, make, as_person):
    _send(hers, ("mine.txt", b"text"))
    answer = _send(as_person(make.member("bo")), ("theirs.txt", b"text"))
    assert "mine.txt" not in answer.text
    assert [file.name for file in staged()] == ["mine.txt"]


def test_a_member_below_the_rank_stages_nothing(make, as_person):
    answer = _send(as_person(make.member("low", rank="Manager")), ("a.txt", b"text"))
    assert answer.status_code == 403


@pytest.mark.parametrize("submission", ["1", "A" * 32, "g" * 32, "a" * 33, "a" * 31 + "%", "..", "a" * 31 + "\u0661"])
def test_what_is_not_a_forms_token_is_not_found(hers, submission):
    assert _send(hers, ("a.txt", b"text"), submission=submission).status_code in {404, 405}
    assert hers.get(f"/files/{submission}/{'a' * 32}/thumb").status_code == 404


@pytest.mark.parametrize("variant", ["thumb", "view", "original"])
def test_a_picture_is_shown_and_nothing_of_it_can_run(hers, staged, variant):
    _send(hers, ("été.png", _png(2400, 1200)))
    [file] = staged()
    answer = hers.get(_address(file, variant))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "inline; filename=\"ete.png\"; filename*=UTF-8''%C3%A9t%C3%A9.png"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert answer.content_length == len(answer.data) > 0
    assert answer.data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7 /JS (app.alert(1))", "application/pdf"),
        ("a.log", b"later <script>alert(1)</script>", "text/plain; charset=utf-8"),
    ],
)
def test_what_is_not_a_picture_is_only_ever_downloaded(hers, staged, name, data, media_type):
    _send(hers, (name, data))
    [file] = staged()
    answer = hers.get(_address(file, "original"))
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}"')
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data == data
    assert hers.get(_address(file, "thumb")).status_code == 404
    assert hers.get(_address(file, "view")).status_code == 404
    assert hers.get(_address(file, "anything")).status_code == 404


def test_a_small_picture_is_its_own_view(hers, staged):
    _send(hers, ("a.png", _png()))
    [file] = staged()
    assert hers.get(_address(file, "view")).data == hers.get(_address(file, "original")).data


@pytest.mark.parametrize(
    ("destination", "status"),
    [("image", 200), ("empty", 200), ("document", 200), ("script", 403), ("iframe", 403), ("object", 403), ("", 403)],
)
def test_a_file_is_for_looking_at_only(hers, staged, destination, status):
    _send(hers, ("a.png", _png()))
    [file] = staged()
    assert hers.get(_address(file), headers={"Sec-Fetch-Dest": destination}).status_code == status


def test_a_file_whose_bytes_are_lost_is_not_found(hers, staged, app):
    _send(hers, ("a.txt", b"text"))
    [file] = staged()
    app.config["FILES_STORE"].discard(file.key)
    assert hers.get(_address(file, "original")).status_code == 404


class TestBehindNginx:
    @pytest.fixture
    def settings(self):
        return {"x_accel": "/protected/"}

    def test_the_front_server_is_told_where_the_bytes_are(self, hers, staged, app):
        _send(hers, ("a.png", _png()))
        [file] = staged()
        answer = hers.get(_address(file, "original"))
        assert answer.headers["X-Accel-Redirect"] == f"/protected/{file.key[:2]}/{file.key[2:4]}/{file.key}"
        assert (answer.data, answer.headers["Content-Type"]) == (b"", "image/png")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_flood_of_uploads_is_slowed_down_for_its_sender_alone(hers, make, as_person):
    statuses = {_send(hers).status_code for _ in range(61)}
    assert statuses == {422, 429}
    assert _send(as_person(make.member("bo"))).status_code == 422


def test_the_write_lock_is_free_while_a_file_is_received(hers, ana, app, monkeypatch):
    from helpdesk.database import intend_to_write
    from helpdesk.extensions import db
    from helpdesk.files import service

    receive, others = service.receive, []

    def slow(*given, **named):
        with app.app_context():
            intend_to_write()
            others.append(queries.staged(ana.id, OTHER_FORM))
            db.session.rollback()
        return receive(*given, **named)

    monkeypatch.setattr(service, "receive", slow)
    assert _send(hers, ("a.txt", b"text")).status_code == 200
    assert others == [[]]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a".png', "attachment; filename=\"a_.png\"; filename*=UTF-8''a%22.png"),
        ("a;b\\c.png", "attachment; filename=\"a_b_c.png\"; filename*=UTF-8''a%3Bb%5Cc.png"),
        ("報告.txt", "attachment; filename=\"txt\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.txt"),
        ("a\r\nX: y.txt", "attachment; filename=\"a__X_ y.txt\"; filename*=UTF-8''a%0D%0AX%3A%20y.txt"),
        ("😀", "attachment; filename=\"file\"; filename*=UTF-8''%F0%9F%98%80"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
    ],
)
def test_a_name_makes_one_harmless_header(name, header):
    assert disposition(name, inline=False) == header
