"""The pages of the desk that are measured: their addresses, and those of the bare pages with the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Flask

from bench import pages
from bench.data import people, rows, words
from bench.pages import Visit

MEASURED_AGENTS = 3
# Of a measured member: answered, open, the same at every size.
TICKET_PLACE = 17
MEMBER = people.member_name(1)


@dataclass(frozen=True)
class Size:
    """How much there is in an instance."""

    tickets: int
    members: int


@dataclass(frozen=True)
class Page:
    """A page as the agent with this id sees it. `aimed` pages count for the aims; the others are shown."""

    name: str
    path: Callable[[int, Size], str]
    bare: Callable[[int, Size], str]
    part: bool = False
    aimed: bool = True

    def visits(self, size: Size, cookies: list[str]) -> list[Visit]:
        agents = people.agent_ids(size.members)
        return [Visit(self.path(agents[place], size), cookie, self.part) for place, cookie in enumerate(cookies)]

    def bare_visits(self, size: Size) -> list[Visit]:
        return [Visit(self.bare(agent_id, size)) for agent_id in people.agent_ids(size.members)[:MEASURED_AGENTS]]


def _list(name: str, bare: str, value: object = "", *, aimed: bool = True, **asked: str) -> Page:
    path = f"/desk/tickets?{urlencode(asked)}" if asked else "/desk/tickets"
    bare_path = f"/list/{bare}?{urlencode({'value': value})}"
    return Page(name, lambda agent, size: path, lambda agent, size: bare_path, aimed=aimed)


def _month_ago() -> str:
    return str((datetime.now(UTC) - timedelta(days=30)).date())


def _ticket(size: Size) -> int:
    return rows.own_ticket(0, TICKET_PLACE, size.tickets)


PAGES = (
    _list("List: all open", "open"),
    Page("List: mine", lambda agent, size: "/desk/tickets?assignee=me",
         lambda agent, size: f"/list/assignee?value={agent}"),
    _list("List: unassigned", "unassigned", assignee="none"),
    _list("List: awaiting", "awaiting", status="awaiting_feedback"),
    _list("List: overdue", "overdue", due="overdue", sort="due"),
    _list("List: closed", "closed", status="closed"),
    _list("List: every state", "any", status="any"),
    _list("Filter: language", "language", "fr", language="fr"),
    _list("Filter: rank", "rank", "Gold", rank="Gold"),
    _list("Filter: priority", "priority", "high", priority="high"),
    _list("Filter: tag", "tag", 1, tag="1", status="open"),
    _list("Filter: opened since", "opened", _month_ago(), **{"from": _month_ago(), "status": "open"}),
    _list("Search: 0.1 %", "found", words.RARE, q=words.RARE, status="any"),
    _list("Search: 10 %", "found", words.FREQUENT, q=words.FREQUENT, status="any"),
    _list("Search: phrase", "found", words.PHRASE, q=words.PHRASE, status="any"),
    _list("Search: member", "found", f'"{MEMBER}"', q=f'"{MEMBER}"', status="any"),
    Page("Ticket", lambda agent, size: f"/desk/tickets/{_ticket(size) + 1000}",
         lambda agent, size: f"/tickets/{_ticket(size)}"),
    Page("Counts (menu)", lambda agent, size: "/desk/nav", lambda agent, size: f"/counts/{agent}", part=True),
    Page("Desk", lambda agent, size: "/desk", lambda agent, size: f"/list/assignee?value={agent}", aimed=False),
    Page("Bell", lambda agent, size: "/notices", lambda agent, size: f"/notices/{agent}", aimed=False),
    Page("Reports", lambda agent, size: "/desk/reports", lambda agent, size: "/reports", aimed=False),
)  # fmt: skip


def cookies(app: Flask) -> list[str]:
    """The cookies of the measured agents, from signing in as they do."""
    names = map(people.agent_name, range(MEASURED_AGENTS))
    return [pages.sign_in(app, name, people.PASSWORD) for name in names]
