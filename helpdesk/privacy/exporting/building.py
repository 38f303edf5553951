"""Builds the copies that people have asked for, one after the other, in the background.

Piece by piece: each is read in a short transaction of its own and written at once, so that nothing large is ever in
memory and pages have their turn. A worker that is killed leaves its lease to run out; the next begins the file anew.
"""

import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import gevent
from flask import Flask

from helpdesk.config import Config
from helpdesk.database import intend_to_write, now
from helpdesk.extensions import db
from helpdesk.files.store import Store
from helpdesk.privacy.exporting import archive, facts, service
from helpdesk.privacy.labels import Reading, reading
from helpdesk.refusals import Busy, NotFound

log = logging.getLogger(__name__)
TOLD_EVERY = 10
TRY_AGAIN = timedelta(minutes=5)
Clock = Callable[[], datetime]


class NotWanted(Exception):
    """The copy was asked for anew, or its person is gone."""


@dataclass
class Work:
    """One copy that is being built."""

    app: Flask
    user_id: int
    token: str
    clock: Clock
    tickets: list[int]
    chats: list[int]
    done: int = 0

    @property
    def parts(self) -> int:
        """The tickets and chats twice (for machines and for people), and the files of each ticket."""
        return 3 * len(self.tickets) + 2 * len(self.chats) + 1

    def step(self) -> None:
        """One part is done. Raises NotWanted."""
        self.done += 1
        gevent.sleep(0)
        if self.done % TOLD_EVERY == 0:
            with self.app.app_context():
                intend_to_write()
                wanted = service.note_progress(
                    self.user_id, self.token, done=self.done, parts=self.parts, at=self.clock()
                )
                db.session.commit()
            if not wanted:
                raise NotWanted


def build_due(app: Flask, *, clock: Clock = now) -> None:
    """Every copy that waits. What fails is logged and tried again, at most three times."""
    with app.app_context():
        waiting = service.due(at=clock())
    for user_id in waiting:
        try:
            build(app, user_id, clock=clock)
        except NotWanted:
            continue
        except Exception as fault:
            # Only its name: an error's own words may hold what people wrote.
            app.logger.error(
                "The copy for the account %s failed (%s); it is tried again.", user_id, type(fault).__name__
            )


def build(app: Flask, user_id: int, *, clock: Clock = now) -> None:
    """One person's copy, unless another worker has it. Raises NotWanted, or what kept it from being written."""
    work = _begin(app, user_id, clock)
    if work is None:
        return
    config: Config = app.config["HELPDESK"]
    target = archive.path(config.instance, work.token)
    try:
        with archive.writing(target) as zipped:
            _write(work, zipped)
        _finish(work, target, config)
    except BaseException as fault:
        target.unlink(missing_ok=True)
        if isinstance(fault, Exception) and not isinstance(fault, NotWanted):
            _put_off(work)
        if not isinstance(fault, Busy):
            raise


def _begin(app: Flask, user_id: int, clock: Clock) -> Work | None:
    with app.app_context():
        intend_to_write()
        token = service.lease(user_id, at=clock())
        db.session.commit()
        if token is None:
            return None
        work = Work(app, user_id, token, clock, facts.ticket_ids(user_id), facts.chat_ids(user_id))
        service.note_progress(user_id, token, done=0, parts=work.parts, at=clock())
        db.session.commit()
    return work


def _finish(work: Work, target: Path, config: Config) -> None:
    with work.app.app_context():
        intend_to_write()
        wanted = service.note_ready(
            work.user_id, work.token, size=target.stat().st_size, times=config.keeping(), at=work.clock()
        )
        db.session.commit()
    if not wanted:
        raise NotWanted


def _put_off(work: Work) -> None:
    with work.app.app_context():
        intend_to_write()
        service.put_off(work.user_id, work.token, until=work.clock() + TRY_AGAIN)
        db.session.commit()


def _write(work: Work, zipped: zipfile.ZipFile) -> None:
    with zipped.open("data.json", "w") as file:
        for text in _json(work):
            file.write(text.encode())
    with zipped.open("index.html", "w") as file:
        for text in _html(work):
            file.write(text.encode())
    _files(work, zipped)


def _json(work: Work) -> Iterator[str]:
    """One object; its lists are written as they are read."""
    with work.app.app_context():
        head = {"made_at": facts.plain(work.clock()), **facts.account(work.user_id)}
    yield _dumped(head).removesuffix("\n}")
    for name, ids, read in (
        ("tickets", work.tickets, lambda one: facts.ticket_json(facts.ticket(work.user_id, one))),
        ("chats", work.chats, lambda one: facts.chat_json(facts.chat(work.user_id, one))),
    ):
        yield f',\n  "{name}": ['
        for place, one in enumerate(ids):
            with work.app.app_context():
                text = _dumped(read(one))
            yield (",\n" if place else "\n") + text
            work.step()
        yield "\n  ]"
    yield "\n}\n"


def _dumped(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)


def _html(work: Work) -> Iterator[str]:
    """The same for people, in their language and time zone."""
    yield _read(work, lambda page: page.head(facts.account(work.user_id), work.clock()))
    for ticket_id in work.tickets:
        yield _read(work, lambda page, one=ticket_id: page.ticket(facts.ticket(work.user_id, one)))
        work.step()
    for chat_id in work.chats:
        yield _read(work, lambda page, one=chat_id: page.chat(facts.chat(work.user_id, one)))
        work.step()
    yield _read(work, lambda page: page.foot())


def _read(work: Work, part: Callable[[Reading], str]) -> str:
    with work.app.app_context(), reading(facts.person(work.user_id)) as page:
        return part(page)


def _files(work: Work, zipped: zipfile.ZipFile) -> None:
    for ticket_id in work.tickets:
        with work.app.app_context():
            found = facts.ticket(work.user_id, ticket_id)
            sent = [
                (file.key, facts.file_path(file, found.ticket.number)) for one in found.thread for file in one.files
            ]
        _copy(work, zipped, sent)
        work.step()
    with work.app.app_context():
        unsent = [(file.key, facts.file_path(file, None)) for file in facts.staged(work.user_id)]
    _copy(work, zipped, unsent)


def _copy(work: Work, zipped: zipfile.ZipFile, found: list[tuple[str, str]]) -> None:
    """The bytes as they are kept. One that was taken away meanwhile is left out."""
    store: Store = work.app.config["FILES_STORE"]
    for key, name in found:
        try:
            with store.open(key) as source:
                archive.copy(source, zipped, name)
        except NotFound:
            continue
