"""Every page there is, once: where it is and who sees it. The sweeps walk this table in each language."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Page

from tests.browser import second_steps, steps
from tests.browser.words import Words


class Who(StrEnum):
    """Who a page is for."""

    NOBODY = "nobody"
    MEMBER = "member"
    BELOW = "below the rank"
    AGENT = "agent"
    ADMIN = "administrator"
    WAITING = "a member in the queue"
    TALKING = "a member with an agent"
    LEFT = "a member who left the queue"
    ENDED = "a member whose chat has ended"


@dataclass(frozen=True)
class Shown:
    """A page: its address (places in braces are filled from the world), its reader, what to do there, its status."""

    name: str
    path: str
    who: Who
    act: Callable[[Page, Words], None] | None = None
    status: int = 200

    @property
    def answers(self) -> tuple[int, ...]:
        """The refusals that are part of the page."""
        return tuple({self.status, 422} - {200}) if self.act else tuple({self.status} - {200})


def _send_empty(page: Page, say: Words) -> None:
    page.locator("form:has(#password) .actions button").click()
    page.locator("#error-summary").wait_for()


def _continue_wrong(page: Page, say: Words) -> None:
    # Too long rather than empty: the description is saved while it is typed, and the draft is still needed.
    page.locator("#title, #description").fill("x" * 10_001)
    steps.go_on(page, say)
    page.locator("#error-summary").wait_for()


def _choose_refused(page: Page, say: Words) -> None:
    wrong = {"name": "programme-très-important.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    page.locator("#files-input").set_input_files([wrong])
    page.locator("#files-refused").wait_for()


def _reply_empty(page: Page, say: Words) -> None:
    page.locator("[form=reply-form]").first.click()
    page.locator("#error-summary").wait_for()


def _save_nameless(page: Page, say: Words) -> None:
    page.locator("#name").fill("")
    page.get_by_role("button", name=say("Save changes")).click()
    page.locator("#error-summary").wait_for()


def _preview_footer(page: Page, say: Words) -> None:
    page.locator("#footer-en").fill("Example Ltd")
    page.locator("#preview-footer").click()
    page.locator("#footer-preview").wait_for()


def _open_without_hours(page: Page, say: Words) -> None:
    page.locator("[name=kind][value=by_day]").check()
    page.locator("#save-hours").click()
    page.locator("#error-summary").wait_for()


def _open_menu(page: Page, say: Words) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def _open_all(page: Page, say: Words) -> None:
    """Every part that is folded away, but the menus, which cover each other."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


def _save_untitled(page: Page, say: Words) -> None:
    page.locator("#save-reply").click()
    page.locator("#error-summary").wait_for()


def _take_in_no_language(page: Page, say: Words) -> None:
    page.locator("#takes_tickets").check()
    page.locator("#save-settings").click()
    page.locator("#error-summary").wait_for()


def _search_nothing(page: Page, say: Words) -> None:
    page.locator("#closed-q").fill("xyzzy")
    page.locator("#closed .empty").wait_for()


def _begin_wrong(page: Page, say: Words) -> None:
    page.locator(".chat-form button").click()
    page.locator("#error-summary").wait_for()


def _be_connected(page: Page, say: Words) -> None:
    page.locator("[data-connection=connected]").wait_for()


def _be_in_the_queue(page: Page, say: Words) -> None:
    """The page may have been looked at before, and two minutes after that its member has left the queue."""
    back = page.get_by_role("button", name=say("Go back to the queue"))
    if back.is_visible():
        back.click()
    _be_connected(page, say)


def _ask_to_end(page: Page, say: Words) -> None:
    _be_connected(page, say)
    page.locator("#end summary").click()


def _rate_without(page: Page, say: Words) -> None:
    page.locator("#send-rating").click()
    page.locator("#error-summary").wait_for()


M, A, N = Who.MEMBER, Who.AGENT, Who.NOBODY
PAGES = (
    Shown("sign-in", "/sign-in", N),
    Shown("sign-in-error", "/sign-in", N, _send_empty),
    Shown("forgotten", "/forgotten-password", N),
    Shown("set-password", "/set-password/{link}", N),
    Shown("help", "/help", N),
    Shown("not-found", "/nowhere", N, status=404),
    Shown("start", "/", M),
    Shown("start-below", "/", Who.BELOW),
    Shown("refused-below", "/technical-issues", Who.BELOW, status=403),
    Shown("issues", "/technical-issues", M),
    Shown("issues-open", "/technical-issues", M, _open_menu),
    Shown("issues-nothing-found", "/technical-issues", M, _search_nothing),
    Shown("section", "/technical-issues/closed", M),
    Shown("step-a", "/technical-issues/new/{draft}/a", M),
    Shown("step-a-error", "/technical-issues/new/{draft}/a", M, _continue_wrong),
    Shown("step-b", "/technical-issues/new/{draft}/b", M),
    Shown("step-b-error", "/technical-issues/new/{draft}/b", M, _continue_wrong),
    Shown("step-c", "/technical-issues/new/{draft}/c", M),
    Shown("step-c-refused", "/technical-issues/new/{draft}/c", M, _choose_refused),
    Shown("step-d", "/technical-issues/new/{draft}/d", M),
    Shown("confirmation", "/technical-issues/new/{submitted}/submitted", M),
    Shown("ticket-awaiting", "/technical-issues/{awaiting}", M),
    Shown("ticket-error", "/technical-issues/{awaiting}", M, _reply_empty),
    Shown("ticket-closed", "/technical-issues/{closed}", M),
    Shown("ticket-long-closed", "/technical-issues/{old}", M),
    Shown("closure", "/technical-issues/{awaiting}/closure", M),
    Shown("chat", "/chat", M),
    Shown("chat-error", "/chat", M, _begin_wrong),
    Shown("chat-waiting", "/chat", Who.WAITING, _be_in_the_queue),
    Shown("chat-talking", "/chat", Who.TALKING, _ask_to_end),
    Shown("chat-left", "/chat", Who.LEFT),
    Shown("chat-ended", "/chat", Who.ENDED),
    Shown("chat-ended-error", "/chat", Who.ENDED, _rate_without),
    Shown("second-step", "/sign-in?next=/profile/{careful}", N, second_steps.come_to_second_step),
    Shown("confirm", "/confirm", M),
    Shown("two-step", "/profile/two-step", M),
    Shown("two-step-app", "/profile/two-step", M, second_steps.begin_app),
    Shown("profile", "/profile", M),
    Shown("profile-error", "/profile", M, _save_nameless),
    Shown("privacy", "/privacy", N),
    Shown("your-data", "/profile/your-data", M),
    Shown("desk-removal", "/desk/tickets/{awaiting}/removal", A),
    Shown("desk-chat-removal", "/desk/chats/{over}/removal", A),
    Shown("desk-member-erasure", "/desk/members/{member}/erasure", Who.ADMIN),
    Shown("profile-mail", "/profile/mail", M),
    Shown("profile-mail-team", "/profile/mail", A),
    Shown("unsubscribe", "/unsubscribe/{ending}", N),
    Shown("notices", "/notices", M),
    Shown("notices-of-the-desk", "/notices", A),
    Shown("not-allowed", "/desk", M, status=403),
    Shown("desk", "/desk", A),
    Shown("desk-queue", "/desk/chats", A),
    Shown("desk-chat-waiting", "/desk/chats/{waits}", A),
    Shown("desk-chat-open", "/desk/chats/{waits}", A, _open_all),
    Shown("desk-chat", "/desk/chats/{talks}", A),
    Shown("desk-chat-all-open", "/desk/chats/{talks}", A, _open_all),
    Shown("desk-chat-asked", "/desk/chats/{asked}", A),
    Shown("desk-chat-over", "/desk/chats/{over}", A),
    Shown("desk-chats-ended", "/desk/chats/ended", A),
    Shown("desk-away", "/desk/availability", A),
    Shown("desk-settings", "/desk/settings", A),
    Shown("desk-settings-error", "/desk/settings", A, _take_in_no_language),
    Shown("desk-reports", "/desk/reports?range=this_month", A, _open_all),
    Shown("desk-reports-months", "/desk/reports?range=12_months", A),
    Shown("desk-reports-wrong", "/desk/reports?first=2026-03-05&last=2026-03-01", A, status=422),
    Shown("desk-members", "/desk/members?q=maxi", A),
    Shown("desk-member", "/desk/members/{member}", Who.ADMIN, _open_all),
    Shown("admin", "/desk/admin", Who.ADMIN),
    Shown("admin-colleague", "/desk/admin/team/{colleague}", Who.ADMIN),
    Shown("admin-texts", "/desk/admin/texts", Who.ADMIN, _preview_footer),
    Shown("admin-hours-error", "/desk/admin/hours/chat", Who.ADMIN, _open_without_hours),
    Shown("admin-targets", "/desk/admin/targets", Who.ADMIN),
    Shown("admin-audit", "/desk/admin/audit", Who.ADMIN),
    Shown("desk-replies", "/desk/replies", A),
    Shown("desk-reply", "/desk/replies/1", A),
    Shown("desk-reply-error", "/desk/replies/new", A, _save_untitled),
    Shown("desk-tickets", "/desk/tickets", A),
    Shown("desk-tickets-all", "/desk/tickets?status=any&tick=all&columns=number.due.rank.language", A, _open_all),
    Shown("desk-tickets-found", "/desk/tickets?q=order+example.org&status=any", A),
    Shown("desk-views", "/desk/views", A),
    Shown("desk-view-new", "/desk/views/new?query=status%3Dany", A),
    Shown("desk-nothing-found", "/desk/tickets?q=xyzzy", A),
    Shown("desk-ticket", "/desk/tickets/{awaiting}", A, _open_all),
    Shown("desk-ticket-open", "/desk/tickets/{awaiting}", A, _open_all),
    Shown("desk-shortcuts", "/desk/shortcuts", A),
    Shown("desk-ticket-error", "/desk/tickets/{awaiting}", A, _reply_empty),
    Shown("desk-ticket-closed", "/desk/tickets/{closed}", A),
    Shown("desk-merging", "/desk/tickets/{awaiting}/merging", A),
    Shown("desk-merging-error", "/desk/tickets/{awaiting}/merging?number=1", A, status=422),
    Shown("desk-splitting", "/desk/tickets/{awaiting}/splitting", A),
    Shown("desk-follow-up", "/desk/tickets/{closed}/follow-up", A),
)
