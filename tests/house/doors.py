"""Every door of the product with something to knock with: one world in which each has its own to open."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from helpdesk.accounts import service
from helpdesk.accounts.models import User, UserSession
from helpdesk.accounts.person import Person
from helpdesk.chat import service as chats
from helpdesk.database import intend_to_write, now
from helpdesk.desk.lists.filters import Filter
from helpdesk.desk.lists.saved import service as views
from helpdesk.extensions import db
from helpdesk.files.models import StoredFile
from helpdesk.mail import unsubscribing
from helpdesk.notices import service as notices
from helpdesk.notices.models import Notice
from helpdesk.submission import service as drafts
from helpdesk.tickets.models import Tag, Ticket
from tests import builders
from tests.conftest import Client
from tests.house import doors_of_admins

Words = dict[str, object]


@dataclass
class World:
    """A member with a ticket, a file in it, a draft and a staged file; and the others."""

    app: Flask
    people: dict[str, Person | None]
    browsers: dict[str, Client]
    facts: dict[str, str]

    def path(self, path: str) -> str:
        return path.format(**self.facts)


def build(app: Flask) -> World:
    """Makes the world anew in an empty application."""
    with app.app_context():
        people = {
            "nobody": None,
            "below": builders.member("below", rank="Premier"),
            "stranger": builders.member("stranger"),
            "owner": builders.member("owner"),
            "agent": builders.agent("agent"),
            "admin": builders.admin("admin"),
        }
        owner, other = people["owner"], builders.member("other")
        assert owner is not None
        ticket = builders.ticket(owner)
        intend_to_write()
        draft = drafts.begin(by=owner, language="en", at=now())
        drafts.save_title(draft, language="en", title="A draft", at=now())
        drafts.save_description(draft, "Of the owner.", at=now())
        user = db.session.get_one(User, owner.id)
        facts = {"number": str(ticket.number), "draft": draft.submission, "member": str(owner.id)}
        facts["link"] = service.issue_password_link(user, at=now())
        facts["ending"] = unsubscribing.token(owner.id, "ticket_closed")
        facts["agent"] = str(getattr(people["agent"], "id", 0))
        facts["other"] = str(other.id)
        db.session.add_all([Tag(id=1, name="Orders", key="orders"), Tag(id=2, name="Payment", key="payment")])
        facts["chat"] = str(
            chats.begin(
                name="Owner", member_ref="", email=owner.email, question="My page is blank.",
                client_id=builders.token(), by=owner, at=now(),
            ).id
        )  # fmt: skip
        agent = people["agent"]
        assert agent is not None
        facts["view"] = str(views.save("All French", Filter(language="fr"), shared=True, by=agent, at=now()).id)
        notices.give("ticket_replied", to=[owner.id], key="door", at=now(), ticket_id=ticket.id, actor_id=user.id)
        facts["notice"] = str(db.session.scalar(select(Notice.id).where(Notice.user_id == owner.id)))
        facts["plain"] = str(people["below"].id)
        facts["copy"] = builders.copy_of_data(app, owner)
        facts["version"] = app.extensions["assets"].version
        db.session.commit()
        db.session.remove()
    browsers = {name: _browser(app, person) for name, person in people.items()}
    world = World(app, people, browsers, facts)
    _add_files(world)
    return world


def _browser(app: Flask, person: Person | None) -> Client:
    client: Client = app.test_client()
    if person is not None:
        return client.sign_in(person)
    client.get("/sign-in")
    return client


def _add_files(world: World) -> None:
    owner, facts = world.browsers["owner"], world.facts
    reply = {
        "verb": "reply", "body": "See", "submission": builders.token(), "files": (builders.picture(), "in.png"),
    }  # fmt: skip
    assert owner.post(f"/technical-issues/{facts['number']}/messages", data=reply).status_code == 303
    staged = owner.post(f"/files/{facts['draft']}", data={"files": (builders.picture(), "staged.png")})
    assert staged.status_code == 303
    with world.app.app_context():
        sent = select(StoredFile.token).where(StoredFile.message_id.is_not(None))
        waiting = select(StoredFile.token).where(StoredFile.message_id.is_(None))
        facts["file"] = str(db.session.scalar(sent))
        facts["staged"] = str(db.session.scalar(waiting))
        theirs = select(UserSession.id).where(UserSession.user_id == int(facts["member"]))
        facts["session"] = str(db.session.scalar(theirs))
        assert db.session.get_one(Ticket, int(facts["number"]) - 1000).status == "open"


def reply() -> Words:
    return {"body": "Hello", "verb": "reply", "submission": builders.token()}


def upload() -> Words:
    return {"files": (builders.picture(), "a.png")}


def question() -> Words:
    return {"client_id": builders.token(), "name": "Me", "email": "me@example.org", "question": "My page is blank."}


def saved_reply() -> Words:
    return {"title": "Hello", "en": "Hello {name}."}


def line() -> Words:
    return {"client_id": builders.token(), "body": "Hello"}


NOTHING: Callable[[], Words] = dict
# endpoint and method, its address in this world, and what a person would send.
DOORS: dict[str, tuple[str, Callable[[], Words]]] = {
    "assets.serve GET": ("/static/{version}/css/app.css", NOTHING),
    "assets.fault_sheet GET": ("/static/500.css", NOTHING),
    "home.health GET": ("/healthz", NOTHING),
    "home.ready GET": ("/readyz", NOTHING),
    "home.help GET": ("/help", NOTHING),
    "home.start GET": ("/", NOTHING),
    "accounts.sign_in GET": ("/sign-in", NOTHING),
    "accounts.sign_in POST": ("/sign-in", lambda: {"username": "owner", "password": "wrong password"}),
    "accounts.confirm GET": ("/confirm", NOTHING),
    "accounts.confirm POST": ("/confirm", lambda: {"password": ""}),
    "accounts.forgotten GET": ("/forgotten-password", NOTHING),
    "accounts.forgotten POST": ("/forgotten-password", lambda: {"username": "owner"}),
    "accounts.set_password GET": ("/set-password/{link}", NOTHING),
    "accounts.set_password POST": ("/set-password/{link}", lambda: {"new_password": "short"}),
    "accounts.profile GET": ("/profile", NOTHING),
    "accounts.profile POST": ("/profile", lambda: {"name": "New name", "language": "en", "theme": "dark"}),
    "accounts.two_step GET": ("/profile/two-step", NOTHING),
    "accounts.begin_app POST": ("/profile/two-step/app", NOTHING),
    "accounts.set_up_app GET": ("/profile/two-step/app", NOTHING),
    "accounts.app_key GET": ("/profile/two-step/app/key.svg", NOTHING),
    "accounts.finish_app POST": ("/profile/two-step/app/code", lambda: {"code": "12345"}),
    "accounts.remove_app POST": ("/profile/two-step/app/removal", NOTHING),
    "accounts.new_codes POST": ("/profile/two-step/codes", NOTHING),
    "accounts.new_passkey_options POST": ("/profile/two-step/passkeys/options", NOTHING),
    "accounts.add_passkey POST": ("/profile/two-step/passkeys", lambda: {"name": "Key", "credential": "{}"}),
    "accounts.remove_passkey POST": ("/profile/two-step/passkeys/1/removal", NOTHING),
    "accounts.confirm_options POST": ("/confirm/passkey/options", NOTHING),
    "accounts.confirm_with_passkey POST": ("/confirm/passkey", lambda: {"credential": "{}"}),
    "accounts.second_step GET": ("/sign-in/second-step", NOTHING),
    "accounts.second_step POST": ("/sign-in/second-step", lambda: {"code": "123456"}),
    "accounts.sign_in_options POST": ("/sign-in/passkey/options", NOTHING),
    "accounts.sign_in_with_passkey POST": ("/sign-in/passkey", lambda: {"credential": "{}"}),
    "accounts.change_password POST": ("/profile/password", lambda: {"current_password": "", "new_password": ""}),
    "mail.choose GET": ("/profile/mail", NOTHING),
    "mail.choose POST": ("/profile/mail", lambda: {"kind": "ticket_closed"}),
    "mail.unsubscribe GET": ("/unsubscribe/{ending}", NOTHING),
    "mail.unsubscribe POST": ("/unsubscribe/{ending}", lambda: {"List-Unsubscribe": "One-Click"}),
    "privacy.notice GET": ("/privacy", NOTHING),
    "privacy.your_data GET": ("/profile/your-data", NOTHING),
    "privacy.take_copy GET": ("/profile/your-data/copy/{copy}", NOTHING),
    "privacy.ask_copy POST": ("/profile/your-data/copy", NOTHING),
    "privacy.ask_erasure POST": ("/profile/your-data/erasure", lambda: {"username": "owner"}),
    "privacy.take_back_erasure POST": ("/profile/your-data/erasure/withdrawal", NOTHING),
    "notices.index GET": ("/notices", NOTHING),
    "notices.count GET": ("/notices/unread", NOTHING),
    "notices.latest GET": ("/notices/latest", NOTHING),
    "notices.read POST": ("/notices/{notice}/reading", NOTHING),
    "notices.read_all POST": ("/notices/reading", NOTHING),
    "chat.index GET": ("/chat", NOTHING),
    "chat.begin POST": ("/chat", question),
    "chat.show GET": ("/chat/{chat}", NOTHING),
    "chat.status GET": ("/chat/{chat}/status", NOTHING),
    "chat.say POST": ("/chat/{chat}/messages", line),
    "chat.move POST": ("/chat/{chat}/leave", NOTHING),
    "chat.ticket POST": ("/chat/{chat}/ticket", NOTHING),
    "chat.ticket_from_question POST": ("/chat/ticket", lambda: {"question": "My page is blank."}),
    "chat.rate POST": ("/chat/{chat}/rating", lambda: {"rating": "5"}),
    "chat.transcript POST": ("/chat/{chat}/transcript", NOTHING),
    "tickets.index GET": ("/technical-issues", NOTHING),
    "tickets.section GET": ("/technical-issues/open", NOTHING),
    "tickets.show GET": ("/technical-issues/{number}", NOTHING),
    "tickets.messages GET": ("/technical-issues/{number}/messages", NOTHING),
    "tickets.file GET": ("/technical-issues/{number}/files/{file}/view", NOTHING),
    "tickets.write POST": ("/technical-issues/{number}/messages", reply),
    "tickets.closure GET": ("/technical-issues/{number}/closure", NOTHING),
    "desk.index GET": ("/desk", NOTHING),
    "desk.nav GET": ("/desk/nav", NOTHING),
    "desk.here GET": ("/desk/here", NOTHING),
    "desk.chat_list GET": ("/desk/chats", NOTHING),
    "desk.own_chats GET": ("/desk/chats/own", NOTHING),
    "desk.ended_chats GET": ("/desk/chats/ended", NOTHING),
    "desk.availability GET": ("/desk/availability", NOTHING),
    "desk.set_availability POST": ("/desk/availability", lambda: {"available": "yes"}),
    "desk.chat GET": ("/desk/chats/{chat}", NOTHING),
    "desk.chat_status GET": ("/desk/chats/{chat}/status", NOTHING),
    "desk.ask_chat_removal GET": ("/desk/chats/{chat}/removal", NOTHING),
    "desk.remove_said POST": ("/desk/chats/{chat}/removal", lambda: {"passage": "My page"}),
    "desk.move_chat POST": ("/desk/chats/{chat}/claim", NOTHING),
    "desk.say_in_chat POST": ("/desk/chats/{chat}/messages", line),
    "desk.read_chat POST": ("/desk/chats/{chat}/reading", lambda: {"seq": "1"}),
    "desk.ask_for_ticket POST": ("/desk/chats/{chat}/ticket", lambda: {"language": "fr"}),
    "desk.transfer_chat POST": ("/desk/chats/{chat}/transfer", lambda: {"agent": "nobody"}),
    "desk.settings GET": ("/desk/settings", NOTHING),
    "desk.settings POST": ("/desk/settings", lambda: {"languages": "fr", "takes_tickets": "y"}),
    "desk.reply_list GET": ("/desk/replies", NOTHING),
    "desk.new_reply GET": ("/desk/replies/new", NOTHING),
    "desk.new_reply POST": ("/desk/replies/new", saved_reply),
    "desk.edit_reply GET": ("/desk/replies/1", NOTHING),
    "desk.edit_reply POST": ("/desk/replies/1", saved_reply),
    "desk.remove_reply POST": ("/desk/replies/2/removal", NOTHING),
    "desk.reports GET": ("/desk/reports", NOTHING),
    "desk.report_file GET": ("/desk/reports/agents.csv", NOTHING),
    "desk.ticket_list GET": ("/desk/tickets", NOTHING),
    "desk.beside GET": ("/desk/tickets/beside", NOTHING),
    "desk.bulk POST": ("/desk/tickets/bulk", lambda: {"ticket": "1001", "verb": "assign", "agent": "me"}),
    "desk.undo_bulk POST": ("/desk/tickets/bulk/1/undo", NOTHING),
    "desk.view_list GET": ("/desk/views", NOTHING),
    "desk.new_view GET": ("/desk/views/new", NOTHING),
    "desk.new_view POST": ("/desk/views/new", lambda: {"name": "Mine", "query": "language=fr", "shared": "y"}),
    "desk.edit_view GET": ("/desk/views/{view}", NOTHING),
    "desk.edit_view POST": ("/desk/views/{view}", lambda: {"name": "Mine", "shared": "y"}),
    "desk.show_in_view POST": ("/desk/views/{view}/filter", lambda: {"query": "status=closed"}),
    "desk.ask_view_removal GET": ("/desk/views/{view}/removal", NOTHING),
    "desk.remove_view POST": ("/desk/views/2/removal", NOTHING),
    "desk.show GET": ("/desk/tickets/{number}", NOTHING),
    "desk.choose_merging GET": ("/desk/tickets/{number}/merging", NOTHING),
    "desk.merge POST": ("/desk/tickets/{number}/merging", lambda: {"number": "1"}),
    "desk.ask_removal GET": ("/desk/tickets/{number}/removal", NOTHING),
    "desk.remove_words POST": ("/desk/tickets/{number}/removal", lambda: {"passage": "page", "confirmed": "yes"}),
    "desk.split GET": ("/desk/tickets/{number}/splitting", NOTHING),
    "desk.split POST": ("/desk/tickets/{number}/splitting", lambda: {"language": "en", "title": "Apart"}),
    "desk.follow_up GET": ("/desk/tickets/{number}/follow-up", NOTHING),
    "desk.follow_up POST": ("/desk/tickets/{number}/follow-up", lambda: {"language": "en", "title": "Once more"}),
    "desk.relate POST": ("/desk/tickets/{number}/links", lambda: {"number": "1"}),
    "desk.unrelate POST": ("/desk/tickets/{number}/links/{number}/removal", NOTHING),
    "desk.messages GET": ("/desk/tickets/{number}/messages", NOTHING),
    "desk.file GET": ("/desk/tickets/{number}/files/{file}/view", NOTHING),
    "desk.take POST": ("/desk/tickets/{number}/taking", NOTHING),
    "desk.assign POST": ("/desk/tickets/{number}/assignment", lambda: {"agent": ""}),
    "desk.set_priority POST": ("/desk/tickets/{number}/priority", lambda: {"priority": "high"}),
    "desk.add_tag POST": ("/desk/tickets/{number}/tags", lambda: {"name": "Orders"}),
    "desk.remove_tag POST": ("/desk/tickets/{number}/tags/2/removal", NOTHING),
    "desk.keep_unsent POST": ("/desk/tickets/{number}/unsent", lambda: {"body": "Not yet", "mode": "note"}),
    "desk.view_ticket POST": ("/desk/tickets/{number}/viewing", lambda: {"doing": "writing"}),
    "desk.shortcuts GET": ("/desk/shortcuts", NOTHING),
    "desk.write POST": ("/desk/tickets/{number}/messages", reply),
    **doors_of_admins.DOORS,
    "tickets.closure POST": ("/technical-issues/{number}/closure", NOTHING),
    "files.staged GET": ("/files/{draft}/{staged}/thumb", NOTHING),
    "files.stage POST": ("/files/{draft}", upload),
    "files.remove POST": ("/files/{draft}/{staged}/removal", NOTHING),
    "submission.new GET": ("/technical-issues/new", NOTHING),
    "submission.step GET": ("/technical-issues/new/{draft}/d", NOTHING),
    "submission.save_title POST": ("/technical-issues/new/{draft}/a", lambda: {"title": "Mine", "language": "sv"}),
    "submission.save_description POST": ("/technical-issues/new/{draft}/b", lambda: {"description": "Mine"}),
    "submission.autosave POST": ("/technical-issues/new/{draft}/b/autosave", lambda: {"description": "Mine"}),
    "submission.submit POST": ("/technical-issues/new/{draft}/d", NOTHING),
    "submission.confirmation GET": ("/technical-issues/new/{draft}/submitted", NOTHING),
    "submission.discard POST": ("/technical-issues/new/{draft}/discard", NOTHING),
    "accounts.end_other_sessions POST": ("/profile/sessions/end-others", NOTHING),
    "accounts.end_session POST": ("/profile/sessions/{session}/end", NOTHING),
    "accounts.sign_out_everywhere POST": ("/sign-out-everywhere", NOTHING),
    "accounts.sign_out POST": ("/sign-out", NOTHING),
}


def knock(world: World, role: str, door: str, **options: object):
    """Sends what a person of this role would send to this door."""
    path, words = DOORS[door]
    method = door.rsplit(" ", 1)[1]
    data = {} if method == "GET" else {"data": words()}
    return world.browsers[role].open(world.path(path), method=method, **{**data, **options})


def names(app: Flask) -> list[str]:
    """Every endpoint with each of its methods."""
    return sorted(
        f"{rule.endpoint} {method}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def snapshot(app: Flask, *, leave_out: tuple[str, ...] = ("parked_form", "sign_in_failure")) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with app.app_context():
        tables = {table.name: table for table in db.metadata.sorted_tables if table.name not in leave_out}
        rows = {
            name: sorted(str(tuple(row)) for row in db.session.execute(select(table))) for name, table in tables.items()
        }
        db.session.remove()
    return rows
