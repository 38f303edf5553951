"""The bare page: Flask, Jinja and sqlite3, nothing else.

No session, no language, no gate, no form's secret: the least that pages with these rows cost.
"""

import sqlite3
from pathlib import Path

from flask import Flask, render_template

OWNED = "SELECT number, title, status, opened_at FROM ticket WHERE owner_id = ? AND status = ? "
OWNED += "ORDER BY status_since DESC, id DESC LIMIT 10"
# State by state, as the index has them: sorting all tickets of several states would take longer than everything else.
STATE = "SELECT * FROM (SELECT id FROM ticket WHERE status = '{}' ORDER BY updated_at DESC, id DESC LIMIT 25)"
DESK = f"""SELECT number, title, status, updated_at, owner.name AS owner, assignee.name AS assignee
FROM ticket JOIN user AS owner ON owner.id = owner_id LEFT JOIN user AS assignee ON assignee.id = assignee_id
WHERE ticket.id IN ({STATE.format("open")} UNION ALL {STATE.format("awaiting_feedback")})
ORDER BY updated_at DESC, ticket.id DESC LIMIT 25"""
MESSAGES = """SELECT body, written_at, name FROM message JOIN user ON user.id = author_id
WHERE ticket_id = ? ORDER BY seq"""
EVENTS = "SELECT what, at, name FROM event JOIN user ON user.id = actor_id WHERE ticket_id = ? ORDER BY seq"

# The same rows as ours, with the indexes that these pages need.
COPY = """
CREATE TABLE user (id INTEGER PRIMARY KEY, name);
CREATE TABLE ticket (id INTEGER PRIMARY KEY, number, owner_id, assignee_id, title, status, status_since, opened_at,
    updated_at);
CREATE TABLE message (ticket_id, seq, author_id, body, written_at);
CREATE TABLE event (ticket_id, seq, actor_id, what, at);
INSERT INTO user SELECT id, name FROM ours.user;
INSERT INTO ticket SELECT id, id + 1000, owner_id, assignee_id, title, status, status_since, opened_at, updated_at
    FROM ours.ticket;
INSERT INTO message SELECT ticket_id, seq, author_id, body, written_at FROM ours.ticket_message;
INSERT INTO event SELECT ticket_id, seq, actor_id, what, at FROM ours.ticket_event;
CREATE UNIQUE INDEX ticket_number ON ticket (number);
CREATE INDEX ticket_of_owner ON ticket (owner_id, status, status_since, id);
CREATE INDEX ticket_of_desk ON ticket (status, updated_at, id);
CREATE INDEX message_of_ticket ON message (ticket_id, seq);
CREATE INDEX event_of_ticket ON event (ticket_id, seq);
"""


def copy(ours: Path, bare: Path) -> None:
    """Makes the bare database with the rows of ours."""
    connection = sqlite3.connect(bare)
    connection.execute("ATTACH ? AS ours", (str(ours),))
    connection.executescript(COPY)
    connection.close()


def make_app(database: Path) -> Flask:
    """The bare application. Its one connection stays open, which is the cheapest way to have one."""
    app = Flask(__name__)
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row

    @app.get("/members/<int:member>")
    def start(member: int) -> str:
        person = connection.execute("SELECT name FROM user WHERE id = ?", (member,)).fetchone()
        return render_template("start.html", person=person)

    @app.get("/members/<int:member>/tickets")
    def issues(member: int) -> str:
        sections = [
            (status, connection.execute(OWNED, (member, status)).fetchall())
            for status in ("awaiting_feedback", "open", "closed")
        ]
        return render_template("list.html", sections=sections)

    @app.get("/tickets/<int:number>")
    def ticket(number: int) -> str:
        row = connection.execute("SELECT * FROM ticket WHERE number = ?", (number,)).fetchone()
        messages, events = (connection.execute(query, (row["id"],)).fetchall() for query in (MESSAGES, EVENTS))
        return render_template("ticket.html", ticket=row, messages=messages, events=events)

    @app.get("/desk")
    def desk() -> str:
        return render_template("desk.html", rows=connection.execute(DESK).fetchall())

    return app
