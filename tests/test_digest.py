"""The digest of the morning: once a day for each agent, when their day begins, on days on which the team works."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk import work
from helpdesk.accounts.models import User
from helpdesk.extensions import db
from helpdesk.mail import outbox
from helpdesk.mail.models import Mail
from helpdesk.site import service as site
from tests.builders import NOON
from tests.conftest import Make

DAY = timedelta(days=1)


@pytest.fixture
def app(either: Flask) -> Flask:
    """On both databases, with a mail server to which nothing is sent here."""
    with either.app_context():
        outbox.use(db.engine)
    return either


def mails(make: Make) -> list[tuple[str, int]]:
    rows = select(Mail.kind, Mail.user_id).order_by(Mail.id)
    return [tuple(row) for row in make.look(lambda: db.session.execute(rows).all())]


def test_each_agent_has_one_digest_when_their_morning_begins(app: Flask, make: Make) -> None:
    make.member()
    paris, lima = make.agent("ada").id, make.agent("bo").id
    for agent, zone in ((paris, "Europe/Paris"), (lima, "America/Lima")):
        make.change(lambda a=agent, z=zone: db.session.execute(update(User).where(User.id == a).values(time_zone=z)))
    monday = datetime(2026, 3, 2, tzinfo=UTC)

    heard = []
    for hour in (5, 7, 7.1, 12.9, 13, 13.1, 20, 24, 31):
        work.go_round(app, at=monday + timedelta(hours=hour))
        heard.append([to for kind, to in mails(make) if kind == "agent_digest"])
    assert heard == [
        [], [paris], [paris], [paris], [paris, lima], [paris, lima], [paris, lima], [paris, lima], [paris, lima, paris]
    ]  # fmt: skip

    app.extensions.pop("digests")
    work.go_round(app, at=monday + timedelta(hours=31))
    assert len(mails(make)) == 3, "another process does not tell them again"


def test_on_days_without_business_hours_there_is_no_digest(app: Flask, make: Make) -> None:
    make.agent()
    make.change(lambda: site.set_value("business_hours", "mon-fri 09:00-17:00", by=None, at=NOON))
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    work.go_round(app, at=saturday)
    assert mails(make) == []
    work.go_round(app, at=saturday + 2 * DAY)
    assert [kind for kind, _to in mails(make)] == ["agent_digest"]
