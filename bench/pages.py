"""The four pages that are compared: their addresses in our application and in the bare one, and who looks at them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

from flask import Flask

from bench import filling


@dataclass(frozen=True)
class Visit:
    """One request that is asked again and again: an address and the cookie of who asks."""

    path: str
    cookie: str = ""
    part: bool = False  # as HTMX asks for a part of a page


@dataclass(frozen=True)
class Page:
    """A page of ours and the bare one with the same rows; both addresses depend on who looks and on the size."""

    name: str
    path: Callable[[int, int], str]
    bare_path: Callable[[int, int], str]
    of_agents: bool = False

    def visits(self, tickets: int, cookies: list[str]) -> list[Visit]:
        """The page as several people see it: one's own rows would always be at hand."""
        return [Visit(self.path(person, tickets), cookie) for person, cookie in enumerate(cookies)]

    def bare_visits(self, tickets: int) -> list[Visit]:
        return [Visit(self.bare_path(person, tickets)) for person in range(filling.MEASURED)]


PAGES = (
    Page("Start page", lambda person, size: "/", lambda person, size: f"/members/{person + 1}"),
    Page(
        "My Technical Issues", lambda person, size: "/technical-issues",
        lambda person, size: f"/members/{person + 1}/tickets",
    ),
    Page(
        "Ticket", lambda person, size: f"/technical-issues/{filling.open_number(person, size)}",
        lambda person, size: f"/tickets/{filling.open_number(person, size)}",
    ),
    Page("Agents' list", lambda person, size: "/desk/tickets", lambda person, size: "/desk", of_agents=True),
)  # fmt: skip


def cookies(app: Flask) -> dict[bool, list[str]]:
    """The cookies of the measured agents (True) and members (False), from signing in as they do."""
    return {
        True: [sign_in(app, filling.agent_name(place), filling.PASSWORD) for place in range(filling.AGENTS)],
        False: [sign_in(app, filling.member_name(place), filling.PASSWORD) for place in range(filling.MEASURED)],
    }


def sign_in(app: Flask, username: str, password: str) -> str:
    """The cookie of somebody who has signed in through the page. Raises RuntimeError when they could not."""
    browser = app.test_client()
    secret = browser.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": secret, "username": username, "password": password}
    if browser.post("/sign-in", data=form).status_code != 303:
        raise RuntimeError(f"{username} could not sign in")
    browser.get("/profile")  # the first page after signing in puts the forms' secret into the cookie
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return f"{cookie.key}={cookie.value}"


def repeated(visits: list[Visit], times: int) -> list[Visit]:
    """So many visits, each person in turn."""
    turns = cycle(visits)
    return [next(turns) for _ in range(times)]
