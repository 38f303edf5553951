"""What a page weighs: queries, bytes, what compressing it costs, and all that a browser loads the first time."""

import re
import time
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.servers import PART
from helpdesk.extensions import db
from helpdesk.web import compression

COMPRESSIONS = 50
LINKED = re.compile(r'(?:href|src)="/static/[^/"]+/([^"#]+)')
IMPORTED = re.compile(r'^import .*from "\./([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Weight:
    """`cold` and `warm` are the packed bytes of a first visit, with what the page links to, and of a later one."""

    queries: int
    html: int
    warm: int
    cold: int
    packing_micros: float


def weigh(app: Flask, path: str, cookie: str, *, part: bool = False) -> Weight:
    """The weight of a page, or of a part as HTMX asks for it, as one person sees it."""
    browser = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie} | (PART if part else {})
    browser.get(path, headers=headers)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    html = browser.get(path, headers=headers).data
    event.remove(engine, "before_cursor_execute", note)
    warm = len(browser.get(path, headers=headers | {"Accept-Encoding": "gzip, br"}).data)
    assets = _assets(app, browser, html.decode())
    queries = sum(not statement.startswith("BEGIN") for statement in statements)
    return Weight(queries, len(html), warm, warm + assets, _packing_micros(html))


def _assets(app: Flask, browser: FlaskClient, html: str) -> int:
    """The packed bytes of everything that the page links to, and of the modules that those import."""
    url = app.jinja_env.globals["asset"]
    waiting, loaded, total = set(LINKED.findall(html)), set(), 0
    while waiting:
        name = waiting.pop()
        loaded.add(name)
        total += len(browser.get(url(name), headers={"Accept-Encoding": "gzip, br"}).data)
        if name.endswith(".js"):
            folder = PurePosixPath(name).parent
            modules = IMPORTED.findall(browser.get(url(name)).text)
            waiting |= {str(folder / module) for module in modules} - loaded
    return total


def _packing_micros(html: bytes) -> float:
    begun = time.process_time()
    for _ in range(COMPRESSIONS):
        compression.PACKERS["br"](html, compression.WELL)
    return (time.process_time() - begun) / COMPRESSIONS * 1e6
