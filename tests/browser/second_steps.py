"""What is done on the pages of the second step before a sweep looks at them."""

from urllib.parse import urljoin

from flask import current_app
from playwright.sync_api import Page

from helpdesk.accounts import queries
from helpdesk.accounts.factors import service, totp
from helpdesk.accounts.person import Person
from helpdesk.database import now
from tests import builders
from tests.browser.words import Words


def give_app(person: Person) -> None:
    """Somebody has an authenticator app."""
    secret, user = current_app.config["SECRET_KEY"], queries.user(person.id)
    service.begin_app(user, secret=secret)
    key = service.key_being_set_up(user.id, secret=secret) or ""
    service.finish_app(user, totp.code(key, totp.step_at(now())), secret=secret, browser="", at=now())


def begin_app(page: Page, say: Words) -> None:
    """Proves who it is first: these sessions may be older than a proof lasts."""
    there = page.url
    page.goto(urljoin(there, "/confirm?next=/profile/two-step"))
    page.locator("#password").fill(builders.PASSWORD)
    page.locator("form:has(#password) button:not([type=button])").click()
    page.locator("#begin-app").click()
    page.locator("#key").wait_for()


def come_to_second_step(page: Page, say: Words) -> None:
    """Whose sign-in it is stands at the end of the address that it leads to."""
    page.locator("#username").fill(page.url.rpartition("/")[2])
    page.locator("#password").fill(builders.PASSWORD)
    page.locator("form:has(#username) .actions button").first.click()
    page.locator("#code").wait_for()
