"""What goes out is packed as the reader's browser takes it."""

import gzip

import brotli
import pytest

from helpdesk.web.compression import best_encoding
from tests.conftest import Client


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
