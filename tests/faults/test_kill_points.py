"""F02: killed between a file's rename, the commit and the answer: no row without its file, and no ticket twice."""

import http.client
import io
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from helpdesk.database import now
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.submission import service as drafts
from helpdesk.tickets.models import Ticket
from tests.faults.desk import Desk
from tests.faults.facts import Badge
from tests.processes import PYTHON, Browser

CUT = (http.client.HTTPException, OSError)


class Kim:
    """A member with a draft that is ready to be sent, at a desk that is killed at one point and started again."""

    def __init__(self, folder: Path, point: str) -> None:
        self.desk = Desk(folder, command=(PYTHON, "-m", "tests.faults.serve_killed"), KILL_AT=point)
        (badge,) = self.desk.people(1)
        self.form = str(self.desk.inside(lambda: _draft(badge)))
        self.desk.serve()
        self._badge = badge
        self.browser = self._at_the_desk()

    def come_back(self, point: str) -> None:
        """Waits for the kill, and starts the desk again, to be killed at the next point."""
        assert self.desk.server.end() == -signal.SIGKILL, self.desk.printed
        self.desk.set(KILL_AT=point)
        self.desk.serve()
        self.browser = self._at_the_desk()

    def attach(self) -> int:
        """Adds a file to the draft; the status."""
        file = FileStorage(io.BytesIO(b"what I did"), "steps.txt")
        return self.browser.post(f"/files/{self.form}", files=file, back="/profile").status

    def submit(self) -> tuple[int, str]:
        """Sends the draft; the status and where it leads."""
        answer = self.browser.post(f"/technical-issues/new/{self.form}/d")
        return answer.status, answer.headers["Location"]

    def facts(self) -> tuple[int, int]:
        """How many tickets there are and how many rows of files; fails when a row has no file."""

        def read() -> tuple[int, int]:
            rows = list(db.session.scalars(select(StoredFile)))
            assert {key for row in rows for key in row.keys} <= self.desk.store.kept_keys(), "a row without its file"
            return db.session.scalar(select(func.count()).select_from(Ticket)) or 0, len(rows)

        return self.desk.look(read)  # type: ignore[return-value]

    def _at_the_desk(self) -> Browser:
        browser = Browser(self.desk.server)
        browser._cookies, browser._secret = {"session": self._badge.cookie}, self._badge.form_secret
        return browser


def _draft(badge: Badge) -> str:
    draft = drafts.begin(by=badge.person, language="en", at=now())
    drafts.save_title(draft, language="en", title="It stops", at=now())
    drafts.save_description(draft, "At the payment page.", at=now())
    db.session.flush()
    return draft.submission


def test_killed_between_rename_commit_and_answer_nothing_is_halved_and_nothing_doubled(tmp_path: Path) -> None:
    kim = Kim(tmp_path, "after_rename")
    with kim.desk:
        tickets, files = kim.facts()
        with pytest.raises(CUT):
            kim.attach()
        kim.come_back("before_commit")
        (left,) = kim.desk.store.kept_keys()
        assert kim.facts() == (tickets, files), "bytes that no row names, and no row without bytes"
        kim.desk.clean(at=now() + timedelta(hours=25))
        assert left not in kim.desk.store.kept_keys()

        assert kim.attach() == 303
        with pytest.raises(CUT):
            kim.submit()
        kim.come_back("after_commit")
        assert kim.facts() == (tickets, files + 1), "the ticket was not there yet; the draft still is"

        with pytest.raises(CUT):
            kim.submit()
        kim.come_back("never")
        assert kim.facts() == (tickets + 1, files + 1), "it was there, and nobody had been told"

        again = kim.submit()
        assert again == (303, f"/technical-issues/new/{kim.form}/submitted")
        assert kim.browser.get(again[1]).status == 200
        assert kim.facts() == (tickets + 1, files + 1)
