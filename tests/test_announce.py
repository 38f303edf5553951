"""What happened is told after the commit, once, and not at all when it did not happen."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from helpdesk.announce import Announcement, announce


class Base(DeclarativeBase):
    """Tables of this test."""


class Thing(Base):
    """Something to announce about."""

    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def thing(session: Session) -> Thing:
    thing = Thing()
    session.add(thing)
    session.commit()
    return thing


@pytest.fixture
def heard() -> list[int]:
    return []


@pytest.fixture
def moved(heard: list[int]) -> Announcement:
    announcement = Announcement("moved")
    announcement.listen(lambda thing_id: heard.append(thing_id))
    return announcement


def test_nothing_is_told_before_the_commit(session: Session, thing: Thing, moved: Announcement, heard: list[int]):
    announce(moved, about=thing, thing_id=1)
    session.flush()
    assert heard == []

    session.commit()

    assert heard == [1]


def test_it_is_told_once_and_in_order(session: Session, thing: Thing, moved: Announcement, heard: list[int]):
    for number in (1, 2, 3):
        announce(moved, about=thing, thing_id=number)
    session.commit()
    session.commit()

    assert heard == [1, 2, 3]


def test_a_rollback_drops_it(session: Session, thing: Thing, moved: Announcement, heard: list[int]):
    session.add(Thing())
    announce(moved, about=thing, thing_id=1)
    session.flush()
    session.rollback()
    session.get(Thing, thing.id)
    session.commit()

    assert heard == []


def test_every_listener_hears_it(session: Session, thing: Thing, moved: Announcement, heard: list[int]):
    moved.listen(lambda thing_id: heard.append(-thing_id))
    announce(moved, about=thing, thing_id=7)
    session.commit()

    assert heard == [7, -7]


def test_a_row_of_no_session_cannot_be_announced_about(moved: Announcement):
    with pytest.raises(RuntimeError, match="moved"):
        announce(moved, about=Thing(), thing_id=1)
