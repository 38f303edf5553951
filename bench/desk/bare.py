"""The bare pages of the desk: Flask, Jinja and sqlite3 on our own database and its indexes, and nothing else.

No session, no language, no gate, no form's secret, no menu: the least that pages with these rows cost.
"""

import sqlite3
from pathlib import Path

from flask import Flask, render_template, request

NOT_CLOSED, CLOSED = ("open", "awaiting_feedback"), ("closed",)
# State by state, as the indexes have them.
STATE = "SELECT * FROM (SELECT id FROM ticket WHERE {} AND status = '{}' ORDER BY updated_at DESC, id DESC LIMIT 25)"
ROWS = """SELECT ticket.id + 1000 AS number, title, status, updated_at, owner.name AS owner, assignee.name AS assignee
FROM ticket JOIN user AS owner ON owner.id = owner_id LEFT JOIN user AS assignee ON assignee.id = assignee_id
WHERE ticket.id IN ({}) ORDER BY {} LIMIT 25"""
NEWEST = "updated_at DESC, ticket.id DESC"
TAGGED = """SELECT ticket_id FROM ticket_tag WHERE tag_id = ? AND status = 'open'
ORDER BY updated_at DESC, ticket_id DESC LIMIT 25"""
OVERDUE = "SELECT id FROM ticket WHERE due_at < datetime('now') ORDER BY due_at, id LIMIT 25"
OPENED = """SELECT id FROM ticket WHERE status = 'open' AND opened_at >= ? ORDER BY opened_at DESC, id DESC LIMIT 25"""
FOUND = "SELECT rowid FROM ticket_words WHERE ticket_words MATCH ? ORDER BY rowid DESC LIMIT 25"
TICKET = "SELECT id, id + 1000 AS number, title, status, opened_at, updated_at FROM ticket WHERE id = ?"
MESSAGES = """SELECT body, written_at, name FROM ticket_message JOIN user ON user.id = author_id
WHERE ticket_id = ? ORDER BY seq"""
EVENTS = """SELECT what, at, name FROM ticket_event LEFT JOIN user ON user.id = actor_id
WHERE ticket_id = ? ORDER BY seq"""
COUNTS = "SELECT scope, status, tickets FROM ticket_count WHERE scope IN ('all', 'unassigned', ?)"
NOTICES = """SELECT notice.ticket_id + 1000 AS number, title, kind AS status, at AS updated_at, name AS owner,
read_at AS assignee FROM notice JOIN ticket ON ticket.id = ticket_id LEFT JOIN user ON user.id = actor_id
WHERE user_id = ? ORDER BY notice.id DESC LIMIT 25"""
CELLS = """SELECT day, measure, sum(times) FROM report_cell WHERE grain = 'day' AND dimension = 'all'
AND measure IN ('opened', 'closed') AND day >= date('now', '-30 days') GROUP BY day, measure"""


def _of(condition: str, states: tuple[str, ...] = NOT_CLOSED) -> str:
    parts = " UNION ALL ".join(STATE.format(condition, state) for state in states)
    return ROWS.format(parts, NEWEST)


LISTS = {
    "open": _of("TRUE"), "any": _of("TRUE", (*NOT_CLOSED, *CLOSED)),
    "awaiting": _of("TRUE", ("awaiting_feedback",)), "closed": _of("TRUE", CLOSED),
    "assignee": _of("assignee_id = ?"), "unassigned": _of("assignee_id IS NULL"), "language": _of("language = ?"),
    "rank": _of("owner_rank = ?"), "priority": _of("priority = ?"), "tag": ROWS.format(TAGGED, NEWEST),
    "overdue": ROWS.format(OVERDUE, "due_at, ticket.id"),
    "opened": ROWS.format(OPENED, "opened_at DESC, ticket.id DESC"), "found": ROWS.format(FOUND, "ticket.id DESC"),
}  # fmt: skip


def make_app(database: Path) -> Flask:
    """The bare application. Its one connection stays open, which is the cheapest way to have one."""
    app = Flask("bench")
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row

    @app.get("/list/<name>")
    def tickets(name: str) -> str:
        query, value = LISTS[name], request.args.get("value")
        values = (value,) * query.count("?")
        return render_template("desk.html", rows=connection.execute(query, values).fetchall())

    @app.get("/tickets/<int:ticket_id>")
    def ticket(ticket_id: int) -> str:
        row = connection.execute(TICKET, (ticket_id,)).fetchone()
        messages, events = (connection.execute(query, (ticket_id,)).fetchall() for query in (MESSAGES, EVENTS))
        return render_template("ticket.html", ticket=row, messages=messages, events=events)

    @app.get("/counts/<int:agent>")
    def counts(agent: int) -> str:
        rows = connection.execute(COUNTS, (f"assignee:{agent}",)).fetchall()
        return render_template("figures.html", rows=rows)

    @app.get("/notices/<int:agent>")
    def notices(agent: int) -> str:
        return render_template("desk.html", rows=connection.execute(NOTICES, (agent,)).fetchall())

    @app.get("/reports")
    def reports() -> str:
        return render_template("figures.html", rows=connection.execute(CELLS).fetchall())

    return app
