"""The reports' figures: what each change adds, on which day, for whom; and that counted anew they are the same."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.person import Person
from helpdesk.chat import handover
from helpdesk.chat import service as chats
from helpdesk.chat.models import Chat
from helpdesk.database import intend_to_write
from helpdesk.desk.reports import rebuilding
from helpdesk.extensions import db
from helpdesk.reports import scale
from helpdesk.reports.models import ReportCell
from helpdesk.tickets import changes, service
from helpdesk.tickets.models import Tag, Ticket, TicketTag
from tests import builders

# Half past eleven in the evening in Paris is the day before in UTC only from 1 am on; at this moment it is the same
# day there and the next one in neither: an hour later it is tomorrow in Paris and still today in UTC.
EVENING = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def settings() -> dict[str, object]:
    return {"time_zone": "Europe/Paris"}


def cells() -> dict[tuple[object, ...], int]:
    """Every cell that says something."""
    rows = db.session.execute(select(ReportCell.__table__).where(ReportCell.times != 0)).all()
    db.session.rollback()
    return {tuple(row)[:-1]: row.times for row in rows}


def of_days(measure: str, dimension: str = "all") -> dict[tuple[str, date, int], int]:
    """How often something was counted on each day, by key and bucket."""
    return {
        (key, day, bucket): times
        for (grain, what, whose, key, day, bucket), times in cells().items()
        if (grain, what, whose) == ("day", measure, dimension)
    }


def do(change: Callable[[], object]) -> None:
    intend_to_write()
    change()
    db.session.commit()


def submit(owner: Person, at: datetime, language: str = "en") -> Ticket:
    return service.submit(
        submission=builders.token(), language=language, title="It stops", description="There.", by=owner, at=at
    )


def reply(ticket: Ticket, team: Person, at: datetime) -> None:
    service.reply_as_agent(ticket, "Try again.", submission=builders.token(), by=team, at=at)


def tag(ticket: Ticket, name: str, by: Person, at: datetime) -> Tag:
    found = db.session.scalar(select(Tag).where(Tag.key == name)) or Tag(name=name, key=name)
    db.session.add(found)
    db.session.flush()
    db.session.add(TicketTag(ticket_id=ticket.id, tag_id=found.id, status=ticket.status, updated_at=at))
    changes.remember(ticket, "tagged", by=by, at=at, detail=name)
    return found


def untag(ticket: Ticket, one: Tag, by: Person, at: datetime) -> None:
    db.session.delete(db.session.get_one(TicketTag, (ticket.id, one.id)))
    changes.remember(ticket, "untagged", by=by, at=at, detail=one.name)


def begin_chat(member: Person, at: datetime) -> Chat:
    return chats.begin(
        name="M", member_ref="", email=member.email, question="Help me, please.", client_id=builders.token(),
        by=member, at=at,
    )  # fmt: skip


def test_a_day_ends_at_midnight_of_the_site(on_both: Flask) -> None:
    owner = builders.member()
    do(lambda: [submit(owner, EVENING), submit(owner, EVENING + HOUR, "fr")])
    assert of_days("opened") == {("", date(2026, 3, 31), 0): 1, ("", date(2026, 4, 1), 0): 1}
    assert of_days("opened", "language") == {("en", date(2026, 3, 31), 0): 1, ("fr", date(2026, 4, 1), 0): 1}
    months = {key[4]: times for key, times in cells().items() if key[:3] == ("month", "opened", "all")}
    assert months == {date(2026, 3, 1): 1, date(2026, 4, 1): 1}


def test_what_is_rolled_back_is_not_counted(on_both: Flask) -> None:
    owner = builders.member()
    intend_to_write()
    submit(owner, EVENING)
    db.session.rollback()
    do(lambda: submit(owner, EVENING))
    assert of_days("opened") == {("", date(2026, 3, 31), 0): 1}


def test_a_first_response_counts_once_and_for_who_gave_it(on_both: Flask) -> None:
    owner, first, second = builders.member(), builders.agent(), builders.agent()

    def answer_twice() -> None:
        ticket = submit(owner, EVENING)
        reply(ticket, first, EVENING + 10 * MINUTE)
        reply(ticket, second, EVENING + 20 * MINUTE)

    do(answer_twice)
    day, ten = date(2026, 3, 31), scale.bucket(600)
    assert of_days("first_response") == {("", day, ten): 1}
    assert of_days("first_response", "agent") == {(str(first.id), day, ten): 1}


def test_a_closing_counts_for_its_agent_and_for_the_tags_of_that_moment(on_both: Flask) -> None:
    owner, mine, other = builders.member(), builders.agent(), builders.agent()
    tags: list[int] = []

    def work() -> None:
        ticket = submit(owner, EVENING)
        service.assign(ticket, accounts.agent(mine.id), by=other, at=EVENING + MINUTE)
        kept = tag(ticket, "payment", other, EVENING + 2 * MINUTE)
        gone = tag(ticket, "login", other, EVENING + 3 * MINUTE)
        untag(ticket, gone, other, EVENING + 4 * MINUTE)
        service.close(ticket, by=other, at=EVENING + 5 * MINUTE)
        tag(ticket, "later", other, EVENING + 6 * MINUTE)
        service.close(submit(owner, EVENING), by=other, at=EVENING + 5 * MINUTE)
        service.close(submit(owner, EVENING), by=owner, at=EVENING + 5 * MINUTE)
        tags.append(kept.id)

    do(work)
    day, five = date(2026, 3, 31), scale.bucket(300)
    assert of_days("closed") == {("", day, 0): 3}
    assert of_days("closed", "agent") == {(str(mine.id), day, 0): 1, (str(other.id), day, 0): 1}
    assert of_days("closed", "tag") == of_days("closed", "tag") == {(str(tags[0]), day, 0): 1}
    assert of_days("resolution", "tag") == of_days("first_response", "tag") == {(str(tags[0]), day, five): 1}
    assert of_days("first_response") == {("", day, five): 2}, "a tag’s tickets are not counted twice among all"


def test_a_chat_counts_on_the_day_it_began_and_what_is_taken_back_is_gone(on_both: Flask) -> None:
    member, agent = builders.member(), builders.agent()

    def talk() -> None:
        chat = begin_chat(member, EVENING)
        chats.leave(chat, by=member, at=EVENING + MINUTE)
        chats.resume(chat, by=member, at=EVENING + 2 * MINUTE)
        chats.claim(chat, by=agent, at=EVENING + HOUR)
        chats.hand_back(chat, by=agent, at=EVENING + 2 * HOUR)
        chats.claim(chat, by=agent, at=EVENING + 3 * HOUR)
        chats.end(chat, by=member, at=EVENING + DAY)
        chats.rate(chat, 2, "", by=member)
        chats.rate(chat, 5, "", by=member)
        handover.fill_draft(chat, "fr", member=member, at=EVENING + DAY)
        handover.fill_draft(chat, "sv", member=member, at=EVENING + DAY)
        chats.leave(begin_chat(member, EVENING), by=member, at=EVENING + MINUTE)

    do(talk)
    day = date(2026, 3, 31)
    assert of_days("chats") == {("", day, 0): 2}
    assert of_days("chat_waited") == {("", day, scale.bucket(3600)): 1}
    assert of_days("chat_waited", "agent") == {(str(agent.id), day, scale.bucket(3600)): 1}
    assert of_days("chat_left") == {("", day, 0): 1}
    assert of_days("chat_rated") == {("", day, 5): 1}
    assert of_days("chat_handed_over", "language") == {("fr", day, 0): 1}


def test_who_leaves_the_queue_for_a_ticket_has_not_given_up(on_both: Flask) -> None:
    first, second = builders.member(), builders.member()

    def change_over() -> None:
        before, after = begin_chat(first, EVENING), begin_chat(second, EVENING)
        handover.fill_draft(before, "fr", member=first, at=EVENING)
        chats.leave(before, by=first, at=EVENING + MINUTE)
        chats.leave(after, by=second, at=EVENING + MINUTE)
        handover.fill_draft(after, "es", member=second, at=EVENING + 2 * MINUTE)

    do(change_over)
    assert of_days("chat_left") == {}
    assert sum(of_days("chat_handed_over").values()) == 2


def test_counted_anew_the_figures_are_the_same(on_both: Flask) -> None:
    owner, other = builders.member(), builders.member()
    team = [builders.agent(), builders.admin()]

    def months_of_work() -> None:
        for place in range(24):
            at, agent = EVENING + place * 31 * HOUR, team[place % 2]
            ticket = submit(owner, at, ("en", "fr", "sv", "es")[place % 4])
            if place % 3:
                service.assign(ticket, accounts.agent(team[place % 3 - 1].id), by=agent, at=at + MINUTE)
            put = [tag(ticket, f"tag {n}", agent, at + (2 + n) * MINUTE) for n in range(place % 4)]
            if place % 5:
                reply(ticket, agent, at + place * 10 * MINUTE)
            if place % 2:
                service.close(ticket, by=owner if place % 7 == 0 else agent, at=at + 5 * HOUR)
                for one in put[:1]:
                    untag(ticket, one, agent, at + 6 * HOUR)
            if place % 6 == 1:
                service.reply_as_owner(
                    ticket, "Again.", submission=builders.token(), by=owner, at=at + 7 * HOUR, reopen_days=30
                )
                service.assign(ticket, accounts.agent(team[0].id), by=agent, at=at + 8 * HOUR)
                service.close(ticket, by=agent, at=at + 9 * HOUR)
            _talk(other, team[place % 2], place, at)

    do(months_of_work)
    live = cells()
    opened, closed, reopened = (
        sum(times for key, times in live.items() if key[:3] == ("month", measure, "all"))
        for measure in ("opened", "closed", "reopened")
    )
    not_closed = db.session.scalar(select(db.func.count()).select_from(Ticket).where(Ticket.status != "closed"))
    assert (opened, closed - reopened) == (24, 24 - not_closed)

    heard: list[tuple[str, int]] = []
    rebuilding.rebuild(lambda what, many: heard.append((what, many)))

    assert cells() == live
    assert heard == [("tickets", 24), ("chats", 24)]
    rebuilding.rebuild()
    assert cells() == live, "and once more"


def test_an_undone_closing_has_been_no_answer(on_both: Flask) -> None:
    owner, agent = builders.member(), builders.agent()

    def undo() -> None:
        ticket = submit(owner, EVENING)
        tag(ticket, "payment", agent, EVENING + MINUTE)
        since, due, warn = ticket.waiting_since, ticket.due_at, ticket.warn_at
        service.close(ticket, by=agent, at=EVENING + 2 * MINUTE)
        before = {"status_since": EVENING, "waiting_since": since, "due_at": due, "warn_at": warn}
        changes.take_back_closing(ticket, "open", {**before, "first_answered_at": None}, by=agent, at=EVENING + HOUR)
        reply(ticket, agent, EVENING + 2 * HOUR)
        by_owner = submit(owner, EVENING)
        tag(by_owner, "payment", agent, EVENING + MINUTE)
        service.close(by_owner, by=owner, at=EVENING + 2 * MINUTE)
        words = {"submission": builders.token(), "by": owner, "at": EVENING + HOUR}
        service.reply_as_owner(by_owner, "Again.", **words, reopen_days=30)
        reply(by_owner, agent, EVENING + 2 * HOUR)

    do(undo)
    answered = {key: times for key, times in of_days("first_response").items() if times}
    assert answered == {("", date(2026, 4, 1), scale.bucket(7200)): 2}
    assert of_days("first_response", "tag") == {}
    assert sum(of_days("closed").values()) == sum(of_days("reopened").values()) == 2
    live = cells()
    rebuilding.rebuild()
    assert cells() == live


def _talk(member: Person, agent: Person, place: int, at: datetime) -> None:
    chat = begin_chat(member, at)
    if place % 4 == 0:
        chats.leave(chat, by=member, at=at + MINUTE)
        return
    chats.claim(chat, by=agent, at=at + place * timedelta(seconds=17))
    if place % 3 == 0:
        handover.fill_draft(chat, "sv", member=member, at=at + HOUR)
    chats.end(chat, by=member, at=at + HOUR)
    if place % 2:
        chats.rate(chat, place % 5 + 1, "", by=member)
