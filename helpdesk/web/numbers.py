"""Numbers in addresses: one way to write each, so that one page has one address; and in forms. Knows no feature."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A positive whole number in plain digits, without leading zeros or signs; anything else is not found."""

    regex = r"[1-9][0-9]{0,9}"


def typed_number(text: str) -> int | None:
    """The number that a form or a query names, as an id or a `seq`; None for anything else, however it is written."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def init_app(app: Flask) -> None:
    """Has `<int:...>` in every address mean such a number. Before the first address is registered."""
    app.url_map.converters["int"] = Number
