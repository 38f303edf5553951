"""Plain HTTP requests for asyncio, a connection each: what a page's forms do."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.faults.facts import Badge

SECONDS = 30.0


@dataclass(frozen=True)
class Page:
    """An answer; `headers` have small names."""

    status: int
    headers: dict[str, str]
    body: str


async def get(port: int, path: str, badge: Badge | None = None) -> Page:
    """A page. Raises OSError or EOFError when the connection ends before the answer has come whole."""
    return await _ask(port, "GET", path, badge, {})


async def post(port: int, path: str, badge: Badge, **fields: object) -> Page:
    """Sends a form of somebody who is signed in. Raises as `get` does."""
    return await _ask(port, "POST", path, badge, {"csrf_token": badge.form_secret, **fields})


async def figure(port: int, name: str) -> float:
    """One of the figures that a desk gives on this port. Raises as `get` does, and ValueError without one."""
    lines = (await get(port, "/metrics")).body.splitlines()
    (value,) = (line.split()[1] for line in lines if line.startswith(f"{name} "))
    return float(value)


async def _ask(port: int, method: str, path: str, badge: Badge | None, fields: dict[str, object]) -> Page:
    body = urlencode(fields).encode()
    headers = {"Host": f"127.0.0.1:{port}", "Connection": "close", "Content-Length": str(len(body))}
    if badge is not None:
        headers["Cookie"] = f"session={badge.cookie}"
    if method == "POST":
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(head.encode() + body)
            return _page(await reader.read(-1))
        finally:
            writer.transport.abort()


def _page(answer: bytes) -> Page:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        raise EOFError("no answer")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "content-length" in headers and len(body) < int(headers["content-length"]):
        raise EOFError("half an answer")
    return Page(int(status.split(" ")[1]), headers, body.decode())
