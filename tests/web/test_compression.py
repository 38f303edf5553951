"""What goes out is packed as the reader's browser takes it."""

import gzip
from collections.abc import Callable

import brotli
import pytest

from helpdesk.accounts.person import Person
from helpdesk.web import compression
from helpdesk.web.compression import best_encoding
from tests.conftest import Client, Make


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_best_encoding_that_the_browser_takes_is_used(accepted: str, encoding: str | None) -> None:
    assert best_encoding(accepted) == encoding


@pytest.mark.parametrize("path", ["/help", "asset"])
def test_packed_and_plain_are_the_same(client: Client, path: str) -> None:
    address = client.application.extensions["assets"].url("css/app.css") if path == "asset" else path
    client.get(address)
    plain, zipped, packed = (
        client.get(address, headers={"Accept-Encoding": accepted}) for accepted in ("identity", "gzip", "gzip, br")
    )

    assert [answer.headers.get("Content-Encoding") for answer in (plain, zipped, packed)] == [None, "gzip", "br"]
    assert len(packed.data) < len(zipped.data) < len(plain.data)
    if path == "asset":  # a page holds a new secret each time
        assert gzip.decompress(zipped.data) == brotli.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_teams_pages_are_packed_quickly_and_members_pages_well(
    make: Make, as_person: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    pack = compression.PACKERS["br"]
    monkeypatch.setitem(compression.PACKERS, "br", lambda body, quality: asked.append(quality) or pack(body, quality))
    for person, path in (
        (make.agent(), "/desk/tickets"),
        (make.member(), "/technical-issues"),
        (make.agent(), "/help"),
    ):
        page = as_person(person).get(path, headers={"Accept-Encoding": "br"})
        assert page.status_code == 200 and b"</html>" in brotli.decompress(page.data)
    assert asked == [compression.QUICKLY, compression.WELL, compression.WELL]
