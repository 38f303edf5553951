"""Addresses in what people write: which become links, and what never does."""

import pytest

from helpdesk.web.links import linked


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/help.", "https://example.org/help"),
        ("(https://example.org)", "https://example.org"),
        ("https://example.org/a_(b) and more", "https://example.org/a_(b)"),
        ("« https://example.org/x »", "https://example.org/x"),
        ("HTTP://EXAMPLE.org/?a=1&b=2!", "HTTP://EXAMPLE.org/?a=1&amp;b=2"),
    ],
)
def test_an_address_is_a_link_without_what_ends_the_sentence(text: str, address: str) -> None:
    link = f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>'
    assert link in linked(text)
    assert linked(text).striptags() == " ".join(text.split()), "nothing of the text is lost"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://example.org", "http://", "https:///path", "http://[half",
        "nohttps://example.org", "<script>https</script>",
    ],
)  # fmt: skip
def test_anything_else_is_text(text: str) -> None:
    assert "<a" not in linked(text)
    assert "<script" not in linked(text)


def test_a_link_cannot_get_out_of_its_attribute() -> None:
    assert "onclick" not in linked('https://example.org/"onclick="x').split(">")[0]
    assert "&#39;" in linked("https://example.org/'a'b")
