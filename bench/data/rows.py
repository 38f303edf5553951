"""The tickets of the test data as rows. Knows no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bench.data import people, words
from bench.data.lives import ENDED, IN_HAND, OWN, Life, Step
from bench.data.people import Row
from helpdesk import languages
from helpdesk.tickets.lifecycle import Status
from helpdesk.tickets.priorities import Priority

# The tickets come evenly over this time, up to the end; the team has most of the last of them still in hand.
SPAN = timedelta(days=730)
RECENT, IN_HAND_RECENT, IN_HAND_OLD = 0.02, 0.6, 0.02
TAGS = ("payment", "invoice", "delivery", "sign-in", "address", "telephone", "report", "duplicate", "printer", "urgent")
# A tenth of the tickets is urgent or high, a tenth low; due after so many hours.
PRIORITIES = (Priority.URGENT, Priority.HIGH, Priority.HIGH, Priority.LOW, Priority.LOW, Priority.LOW)
OF_PRIORITIES = 20
DUE_HOURS = {Priority.URGENT: 4, Priority.HIGH: 8, Priority.NORMAL: 24, Priority.LOW: 72}
MEASURED_TICKETS = people.MEASURED * people.TICKETS_EACH


@dataclass(frozen=True)
class Plan:
    """What is to be made: the same plan gives the same rows. `until` is the moment of the newest ticket."""

    tickets: int
    members: int
    seed: int
    until: datetime

    def __post_init__(self) -> None:
        if self.members <= people.MEASURED or self.tickets < 0:
            raise ValueError(f"at least {people.MEASURED + 1} members, and no fewer than no tickets")


@dataclass
class Made:
    """One ticket with all that belongs to it. `public` and `internal` are its folded words."""

    ticket: Row
    public: list[str]
    internal: list[str]
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    tags: list[Row] = field(default_factory=list)


def own_ticket(member: int, place: int, tickets: int) -> int:
    """The id of a measured member's ticket, `place` after their oldest, at any size."""
    return (place * people.MEASURED + member) * (tickets // MEASURED_TICKETS) + 1


def tickets(plan: Plan) -> Iterator[Made]:
    """All tickets, the oldest first."""
    chance, marks = Random(f"{plan.seed} tickets"), words.Marks(Random(f"{plan.seed} marks"))
    agents = people.agent_ids(plan.members)
    between = SPAN / max(plan.tickets, 1)
    for place in range(plan.tickets):
        owner, life = _whose(place, plan, chance)
        opened = plan.until - (plan.tickets - place) * between
        yield _Making(place + 1, owner, life, opened, agents, plan.until, chance).made(marks.next())


def _whose(place: int, plan: Plan, chance: Random) -> tuple[int, Life]:
    """The owner's id, and what becomes of the ticket."""
    apart = plan.tickets // MEASURED_TICKETS
    if apart and not place % apart and place // apart < MEASURED_TICKETS:
        own_place, member = divmod(place // apart, people.MEASURED)
        return member + 1, OWN[own_place % len(OWN)]
    owner = people.MEASURED + 1 + int(chance.random() * (plan.members - people.MEASURED))
    in_hand = IN_HAND_RECENT if place >= plan.tickets * (1 - RECENT) else IN_HAND_OLD
    lives = IN_HAND if chance.random() < in_hand else ENDED
    return owner, lives[int(chance.random() * len(lives))]


class _Making:
    """Writes down one life."""

    def __init__(
        self, ticket_id: int, owner: int, life: Life, opened: datetime, agents: Sequence[int], until: datetime,
        chance: Random,
    ) -> None:  # fmt: skip
        self._id, self._owner, self._life, self._until, self._chance = ticket_id, owner, life, until, chance
        self._agent = agents[int(chance.random() * len(agents))]
        self._language = languages.CODES[int(chance.random() * len(languages.CODES))]
        self._at = opened
        self._seq = 0
        title = words.title(self._language, chance)
        self._made = Made(
            {
                "id": ticket_id, "owner_id": owner, "assignee_id": None, "follows_id": None, "language": self._language,
                "title": title.body, "status": Status.OPEN.value, "status_since": opened, "opened_at": opened,
                "updated_at": opened, "waiting_since": None, "closed_at": None, "last_seq": 0,
                "submission": f"{ticket_id:032x}", "priority": Priority.NORMAL.value, "owner_rank": None,
                "due_at": None, "warn_at": None, "first_answered_at": None, "reminded_at": None, "merged_into_id": None,
            },
            [str(ticket_id + 1000), title.folded], [],
        )  # fmt: skip

    def made(self, marks: Sequence[words.Text]) -> Made:
        for number, step in enumerate(self._life.steps):
            self._take(step, marks if not number else ())
            if not number:
                self._set_priority()
                self._put_tags()
        ticket = self._made.ticket
        ticket["last_seq"] = self._seq
        if self._life.owes:
            self._owe()
        for tag in self._made.tags:
            tag |= {"status": ticket["status"], "updated_at": ticket["updated_at"]}
        return self._made

    def _take(self, step: Step, marks: Sequence[words.Text]) -> None:
        ticket, actor = self._made.ticket, self._owner if step.by_owner else self._agent
        self._at = min(self._at + timedelta(minutes=step.minutes), self._until)
        if step.kind:
            self._write(step.kind, actor, marks)
        if step.what == "assigned":
            ticket["assignee_id"] = self._agent
        if ticket["status"] != step.status.value:
            ticket["status"], ticket["status_since"] = step.status.value, self._at
            ticket["closed_at"] = self._at if step.status is Status.CLOSED else None
        if ticket["first_answered_at"] is None and step.kind in {"reply", "request"} and not step.by_owner:
            ticket["first_answered_at"] = self._at
        self._remember(step.what, actor, about_id=self._agent if step.what == "assigned" else None)

    def _write(self, kind: str, author: int, marks: Sequence[words.Text]) -> None:
        text = words.some(self._language, self._chance, words.SENTENCES_EACH if kind == "description" else 2)
        for mark in marks:
            text += mark
        (self._made.internal if kind == "note" else self._made.public).append(text.folded)
        self._seq += 1
        self._made.messages.append(
            {
                "ticket_id": self._id, "seq": self._seq, "author_id": author, "kind": kind, "body": text.body,
                "submission": f"{self._seq:032x}", "written_at": self._at,
            }
        )  # fmt: skip

    def _remember(self, what: str, actor: int, *, about_id: int | None = None, detail: str | None = None) -> None:
        self._seq += 1
        self._made.ticket["updated_at"] = self._at
        self._made.events.append(
            {
                "ticket_id": self._id, "seq": self._seq, "actor_id": actor, "about_id": about_id, "what": what,
                "status": self._made.ticket["status"], "at": self._at, "other_id": None, "detail": detail,
            }
        )  # fmt: skip

    def _set_priority(self) -> None:
        place = int(self._chance.random() * OF_PRIORITIES)
        if place < len(PRIORITIES):
            priority = PRIORITIES[place].value
            self._made.ticket["priority"] = priority
            self._remember("priority_changed", self._agent, detail=priority)

    def _put_tags(self) -> None:
        first = int(self._chance.random() * 2 * len(TAGS))
        for tag in {first, first * 3 % 16}:
            if tag < len(TAGS):
                self._made.tags.append({"ticket_id": self._id, "tag_id": tag + 1})
                self._remember("tagged", self._agent, detail=TAGS[tag])

    def _owe(self) -> None:
        ticket = self._made.ticket
        hours = DUE_HOURS[Priority(str(ticket["priority"]))]
        since = next(row["at"] for row in reversed(self._made.events) if row["actor_id"] == self._owner)
        due = since + timedelta(hours=hours)
        ticket |= {"waiting_since": since, "due_at": due, "warn_at": due - timedelta(hours=hours) / 4}
