"""T43, T46, T49: the desk asks no other machine for anything and unpacks no file of others."""

import ast
from collections.abc import Iterator
from pathlib import Path

HELPDESK = Path(__file__).resolve().parents[2] / "helpdesk"
# With these one asks other machines, runs programs, makes objects of bytes, or makes a document of a page.
WATCHED = {
    "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "telnetlib", "xmlrpc",
    "smtplib", "boto3", "subprocess", "pty", "pickle", "marshal", "shelve", "yaml", "xml", "lxml", "ctypes", "zipfile",
    "tarfile", "weasyprint", "reportlab", "xhtml2pdf", "pdfkit",
}  # fmt: skip
# Who may, and for what.
KNOWN = {
    "mail/smtp.py": {"smtplib"},  # the one machine that is asked: an operator's setting
    "files/images.py": {"subprocess"},  # our own program for pictures, with limits
    "operating/snapshot.py": {"subprocess"},  # pg_dump and its like, with an operator's settings
    "operating/restore.py": {"subprocess"},
    "operating/archive.py": {"zipfile"},  # backups: an operator's own file, names checked before they are written
    "privacy/exporting/archive.py": {"zipfile"},  # written, never read
    "privacy/exporting/building.py": {"zipfile"},
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_of_ours_asks_another_machine_but_the_mail_server() -> None:
    """T46, T49: no avatar, no preview, no hook, no page made into a PDF: there is nothing to turn against us."""
    found: dict[str, set[str]] = {}
    for path in sorted(HELPDESK.rglob("*.py")):
        names = set(imported(path))
        used = {one for one in WATCHED if any(name == one or name.startswith(f"{one}.") for name in names)}
        found |= {str(path.relative_to(HELPDESK)): used} if used else {}
    unknown = {path: more for path, used in found.items() if (more := used - KNOWN.get(path, set()))}
    assert unknown == {}, "say in KNOWN what this is for; an address that a person typed is never asked"
    assert found["mail/smtp.py"] == {"smtplib"}
