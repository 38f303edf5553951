"""Our own mistakes: a whole page where a page was asked for, a notice where HTMX asked for a part of one."""

from flask import Flask

from helpdesk.web.gate import open_to_all
from tests.conftest import Client


@open_to_all
def fail() -> str:
    raise RuntimeError("a mistake of ours")


def test_a_fault_is_a_page_for_browsers_and_a_notice_for_htmx(app: Flask, client: Client) -> None:
    app.testing = False
    app.add_url_rule("/fault", view_func=fail)

    whole = client.get("/fault", headers={"Accept-Language": "sv"})
    part = client.fragment("/fault", headers={"Accept-Language": "sv"})

    assert (whole.status_code, part.status_code) == (500, 500)
    assert "Något gick fel" in whole.text and "<h1>" in whole.text
    assert "Något gick fel" in part.text and "<h1>" not in part.text
    assert 'id="error"' in part.text
    assert "RuntimeError" not in whole.text + part.text
