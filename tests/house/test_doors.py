"""Every door says who may come in, and lets nobody else in: each route, each method, each kind of person."""

import re

import pytest
from flask import Flask

from helpdesk.extensions import socketio
from helpdesk.ranks import Action
from tests.house import doors_of_admins
from tests.house.doors import DOORS, build, knock, names, snapshot

ROLES = ("nobody", "below", "stranger", "owner", "agent", "admin")
OPEN = (200, 200, 200, 200, 200, 200)
PROFILE = (303, 200, 200, 200, 200, 200)
MEMBERS = (303, 403, 200, 200, 403, 403)  # what any member of the rank has
OWNERS = (303, 403, 404, 200, 403, 403)  # what belongs to one of them
OWNERS_DO = (303, 403, 404, 303, 403, 403)
TEAM = (303, 403, 403, 403, 200, 200)
TEAM_DOES = (303, 403, 403, 403, 303, 303)
# What each kind of person gets at each door: in the order of DOORS, because what the owner does changes their world.
EXPECTED: dict[str, tuple[int, ...]] = {
    "assets.serve GET": OPEN,
    "assets.fault_sheet GET": OPEN,
    "home.health GET": OPEN,
    "home.ready GET": OPEN,
    "home.help GET": OPEN,
    "home.start GET": (303, 200, 200, 200, 303, 303),
    "accounts.sign_in GET": (200, 303, 303, 303, 303, 303),
    "accounts.sign_in POST": (422, 303, 303, 303, 303, 303),
    "accounts.confirm GET": PROFILE,
    "accounts.confirm POST": (303, 422, 422, 422, 422, 422),
    "accounts.forgotten GET": OPEN,
    "accounts.forgotten POST": (404, 404, 404, 404, 404, 404),  # there is no mail server: as if it were not there
    "accounts.set_password GET": OPEN,
    "accounts.set_password POST": (422, 422, 422, 422, 422, 422),
    "accounts.profile GET": PROFILE,
    "accounts.profile POST": (303, 303, 303, 303, 303, 303),
    "accounts.two_step GET": PROFILE,
    "accounts.begin_app POST": (303, 303, 303, 303, 303, 303),
    "accounts.set_up_app GET": PROFILE,
    "accounts.app_key GET": PROFILE,
    "accounts.finish_app POST": (303, 422, 422, 422, 422, 422),
    "accounts.remove_app POST": (303, 404, 404, 404, 404, 404),
    "accounts.new_codes POST": (303, 409, 409, 409, 409, 409),
    "accounts.new_passkey_options POST": PROFILE,
    "accounts.add_passkey POST": (303, 422, 422, 422, 422, 422),
    "accounts.remove_passkey POST": (303, 404, 404, 404, 404, 404),
    "accounts.confirm_options POST": PROFILE,
    "accounts.confirm_with_passkey POST": (303, 422, 422, 422, 422, 422),
    "accounts.second_step GET": (303, 303, 303, 303, 303, 303),  # nobody's password has been right
    "accounts.second_step POST": (303, 303, 303, 303, 303, 303),
    "accounts.sign_in_options POST": (303, 303, 303, 303, 303, 303),
    "accounts.sign_in_with_passkey POST": (303, 303, 303, 303, 303, 303),
    "accounts.change_password POST": (303, 422, 422, 422, 422, 422),
    "mail.choose GET": PROFILE,
    "mail.choose POST": (303, 303, 303, 303, 303, 303),
    "mail.unsubscribe GET": OPEN,
    "mail.unsubscribe POST": OPEN,  # its token is the right to it
    "privacy.notice GET": OPEN,
    "privacy.your_data GET": PROFILE,
    "privacy.take_copy GET": (303, 404, 404, 200, 404, 404),
    "privacy.ask_copy POST": (303, 303, 303, 303, 303, 303),
    "privacy.ask_erasure POST": (303, 422, 422, 303, 422, 422),  # another username than their own
    "privacy.take_back_erasure POST": (303, 303, 303, 303, 303, 303),
    "notices.index GET": PROFILE,
    "notices.count GET": (303, 303, 303, 303, 303, 303),  # a part of other pages
    "notices.latest GET": (303, 303, 303, 303, 303, 303),
    "notices.read POST": (303, 404, 404, 303, 404, 404),
    "notices.read_all POST": (303, 303, 303, 303, 303, 303),
    "chat.index GET": MEMBERS,
    "chat.begin POST": (303, 403, 422, 303, 403, 403),  # nobody of the team takes chats; the owner has one open
    "chat.show GET": OWNERS_DO,  # it goes on, and so has a page of its own
    "chat.status GET": OWNERS,
    "chat.say POST": OWNERS_DO,
    "chat.move POST": OWNERS_DO,
    "chat.ticket POST": OWNERS_DO,
    "chat.ticket_from_question POST": (303, 403, 303, 303, 403, 403),
    "chat.rate POST": (303, 403, 404, 409, 403, 403),  # it was left, not ended
    "chat.transcript POST": (303, 403, 404, 404, 403, 403),  # there is no mail server: as if it were not there
    "tickets.index GET": MEMBERS,
    "tickets.section GET": MEMBERS,
    "tickets.show GET": OWNERS,
    "tickets.messages GET": OWNERS_DO,
    "tickets.file GET": OWNERS,
    "tickets.write POST": OWNERS_DO,
    "tickets.closure GET": OWNERS,
    "desk.index GET": TEAM,
    "desk.nav GET": TEAM_DOES,
    "desk.here GET": (303, 403, 403, 403, 204, 204),
    "desk.chat_list GET": TEAM,
    "desk.own_chats GET": TEAM_DOES,
    "desk.ended_chats GET": TEAM,
    "desk.availability GET": TEAM,
    "desk.set_availability POST": TEAM_DOES,
    "desk.chat GET": TEAM,
    "desk.chat_status GET": TEAM_DOES,
    "desk.ask_chat_removal GET": TEAM,
    "desk.remove_said POST": TEAM,  # it shows once more what would go
    "desk.move_chat POST": TEAM_DOES,
    "desk.say_in_chat POST": TEAM_DOES,
    "desk.read_chat POST": (303, 403, 403, 403, 204, 204),
    "desk.ask_for_ticket POST": TEAM_DOES,
    "desk.transfer_chat POST": (303, 403, 403, 403, 404, 404),  # to nobody in particular
    "desk.settings GET": TEAM,
    "desk.settings POST": TEAM_DOES,
    "desk.reply_list GET": TEAM,
    "desk.new_reply GET": TEAM,
    "desk.new_reply POST": TEAM_DOES,
    "desk.edit_reply GET": TEAM,
    "desk.edit_reply POST": TEAM_DOES,
    "desk.remove_reply POST": TEAM_DOES,
    "desk.reports GET": TEAM,
    "desk.report_file GET": TEAM,
    "desk.ticket_list GET": TEAM,
    "desk.beside GET": TEAM_DOES,
    "desk.bulk POST": TEAM_DOES,
    "desk.undo_bulk POST": TEAM_DOES,  # what they have just changed themselves: each person has a world of their own
    "desk.view_list GET": TEAM,
    "desk.new_view GET": TEAM,
    "desk.new_view POST": TEAM_DOES,
    "desk.edit_view GET": TEAM,
    "desk.edit_view POST": TEAM_DOES,
    "desk.show_in_view POST": TEAM_DOES,
    "desk.ask_view_removal GET": TEAM,
    "desk.remove_view POST": TEAM_DOES,  # the view that they have made themselves
    "desk.show GET": TEAM,
    "desk.choose_merging GET": TEAM,
    "desk.merge POST": (303, 403, 403, 403, 422, 422),  # into no ticket that there is
    "desk.ask_removal GET": TEAM,
    "desk.remove_words POST": TEAM_DOES,
    "desk.split GET": TEAM,
    "desk.split POST": (303, 403, 403, 403, 422, 422),  # nothing chosen
    "desk.follow_up GET": TEAM,
    "desk.follow_up POST": (303, 403, 403, 403, 422, 422),  # it is not closed
    "desk.relate POST": TEAM_DOES,
    "desk.unrelate POST": TEAM_DOES,
    "desk.messages GET": TEAM_DOES,
    "desk.file GET": TEAM,
    "desk.take POST": TEAM_DOES,
    "desk.assign POST": TEAM_DOES,
    "desk.set_priority POST": TEAM_DOES,
    "desk.add_tag POST": TEAM_DOES,
    "desk.remove_tag POST": TEAM_DOES,
    "desk.keep_unsent POST": (303, 403, 403, 403, 204, 204),
    "desk.view_ticket POST": TEAM_DOES,
    "desk.shortcuts GET": TEAM,
    "desk.write POST": TEAM_DOES,
    **doors_of_admins.EXPECTED,
    "tickets.closure POST": OWNERS_DO,
    "files.staged GET": (303, 403, 404, 200, 404, 404),
    "files.stage POST": (303, 403, 303, 303, 303, 303),
    "files.remove POST": (303, 403, 404, 303, 404, 404),
    "submission.new GET": (303, 403, 302, 302, 403, 403),
    "submission.step GET": OWNERS,
    "submission.save_title POST": OWNERS_DO,
    "submission.save_description POST": OWNERS_DO,
    "submission.autosave POST": OWNERS,
    "submission.submit POST": OWNERS_DO,
    "submission.confirmation GET": OWNERS,
    "submission.discard POST": (303, 403, 404, 404, 403, 403),  # the owner has submitted it by now
    "accounts.end_other_sessions POST": (303, 303, 303, 303, 303, 303),
    "accounts.end_session POST": (303, 404, 404, 303, 404, 404),
    "accounts.sign_out_everywhere POST": (303, 303, 303, 303, 303, 303),
    "accounts.sign_out POST": (303, 303, 303, 303, 303, 303),
}


def test_every_door_says_whom_it_is_for(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "requires", None), Action)
        and not getattr(app.view_functions[rule.endpoint], "open_to_all", False)
    ]
    assert silent == [], f"put @requires(Action.…) on these views, or @open_to_all: {silent}"


def test_no_door_is_both_open_and_closed(app: Flask) -> None:
    both = [
        name for name, view in app.view_functions.items()
        if hasattr(view, "requires") and getattr(view, "open_to_all", False)
    ]  # fmt: skip
    assert both == [], "a door is for somebody or for everybody"


@pytest.mark.usefixtures("app")
def test_every_socket_handler_says_whom_it_is_for() -> None:
    handlers = {
        f"{namespace} {event}": handler
        for namespace, events in socketio.server.handlers.items()
        for event, handler in events.items()
    }
    silent = [name for name, handler in handlers.items() if _declared(handler) is None]
    # Whatever way they were registered: message:say stands on python-socketio's server without Flask-SocketIO.
    assert {"/ connect", "/ message:say", "/ chat:claim"} <= handlers.keys()
    assert silent == [], f"give these socket handlers `requires = Action.…`: {silent}"


def _declared(handler: object) -> object:
    while handler is not None:
        if getattr(handler, "requires", None) or getattr(handler, "open_to_all", None):
            return handler
        handler = getattr(handler, "__wrapped__", None)
    return None


def test_every_door_is_in_the_table(app: Flask) -> None:
    assert sorted(DOORS) == names(app), "give the new door its line in DOORS (doors.py): an address and what is sent"
    assert list(EXPECTED) == list(DOORS), "say in EXPECTED who gets what at the new door, in the order of DOORS"


@pytest.mark.parametrize("role", ROLES)
def test_at_every_door_each_person_gets_what_the_table_says(app: Flask, role: str) -> None:
    world = build(app)
    got, wanted = {}, {}
    for door, expected in EXPECTED.items():
        world.browsers[role].get("/help")  # signing out changes the secret of the forms
        answer = knock(world, role, door)
        got[door], wanted[door] = answer.status_code, expected[ROLES.index(role)]
        if expected is not OPEN and role == "nobody" and answer.status_code == 303:
            assert answer.location.startswith("/sign-in"), door
        answer.close()
    assert got == wanted


@pytest.mark.parametrize("role", ["nobody", "below", "stranger"])
def test_whoever_is_refused_changes_nothing(app: Flask, role: str) -> None:
    world = build(app)
    own = {
        "accounts.profile POST",
        "mail.choose POST",
        "mail.unsubscribe POST",
        "files.stage POST",
        "privacy.ask_copy POST",
        "submission.new GET",
        "chat.ticket_from_question POST",
    }
    before = snapshot(app, leave_out=("parked_form", "sign_in_failure", "user_session"))
    for door in EXPECTED:
        if door.split(".")[0] == "accounts" or door in own:
            continue
        knock(world, role, door).close()
    assert snapshot(app, leave_out=("parked_form", "sign_in_failure", "user_session")) == before


UNSAFE = [door for door in DOORS if door.endswith("POST")]
# What a reader's mail program sends: no page of ours was open before.
WITHOUT_SECRET = "mail.unsubscribe "
MEMBERS_DOORS = [door for door in UNSAFE if not door.startswith(("desk.", "accounts.sign_in ", WITHOUT_SECRET))]


def senders() -> list[tuple[str, str]]:
    found = [("owner", door) for door in MEMBERS_DOORS]
    found += [("agent", door) for door in UNSAFE if door.startswith("desk.")]
    return [*found, ("nobody", "accounts.sign_in POST"), ("nobody", "accounts.set_password POST")]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_no_form_is_taken_without_its_secret(app: Flask, language: str) -> None:
    world = build(app)
    foreign = app.test_client()
    foreign.get("/sign-in")
    before = snapshot(app)
    for role, door in senders():
        browser = world.browsers[role]
        path, words = DOORS[door]
        browser.set_cookie("lang", language)
        mine, browser.csrf = browser.csrf, ""
        for secret in ({}, {"csrf_token": ""}, {"csrf_token": foreign.csrf}, {"csrf_token": "x" * 300}):
            answer = browser.post(world.path(path), data={**words(), **secret})
            assert answer.status_code == 400, (door, secret)
            assert "<h1>" in answer.text and "<html" in answer.text
        plain = browser.post(world.path(path), data=b"csrf_token=" + mine.encode(), content_type="text/plain")
        assert plain.status_code == 400, door
        browser.csrf = mine
    assert snapshot(app) == before


def test_the_page_about_a_missing_secret_is_in_the_readers_language(app: Flask) -> None:
    texts = {}
    for code in ("en", "fr", "sv", "es"):
        client = app.test_client()
        client.set_cookie("lang", code)
        answer = client.post("/sign-in", data={})
        assert answer.status_code == 400 and f'<html lang="{code}"' in answer.text
        texts[code] = answer.text
    assert "The form has expired. Reload the page and try again." in texts["en"]
    assert len({re.findall(r'<p class="lead">(.*?)</p>', text)[0] for text in texts.values()}) == 4


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://[half"},
    {"Origin": "http://localhost:8080"},
]


def test_no_form_is_taken_from_another_site_even_with_its_secret(app: Flask) -> None:
    world = build(app)
    before = snapshot(app)
    for role, door in senders():
        for headers in ELSEWHERE:
            assert knock(world, role, door, headers=headers).status_code == 403, (door, headers)
    assert snapshot(app) == before


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_our_own_pages_are_let_in(app: Flask, headers: dict[str, str]) -> None:
    world = build(app)
    assert knock(world, "owner", "tickets.write POST", headers=headers).status_code == 303


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_link_cannot_pretend_to_be_a_form(app: Flask, name: str) -> None:
    world = build(app)
    before = snapshot(app)
    for role, door in senders():
        path, _ = DOORS[door]
        answer = world.browsers[role].get(world.path(path) + "?_method=POST", headers={name: "POST"})
        answer.close()
    assert snapshot(app) == before
