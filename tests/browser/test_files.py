"""Files of a ticket: chosen, dropped, pasted, watched while they go up, taken out again, refused in words."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.desk import Desk
from tests.browser.guard import Guard
from tests.browser.words import Words

SAY = Words("en")
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
HAND_OVER = """([kind, name, type, bytes]) => {
    const raw = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([raw], name, { type }));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("#files-form").dispatchEvent(event);
}"""


@pytest.fixture
def page(visit: Open, desk: Desk) -> Page:
    """Step C of a new draft, on a phone."""
    page = visit(desk.make.member(), width=360)
    steps.to_c(page, SAY)
    return page


def choose(page: Page, *files: dict[str, object]) -> None:
    page.locator("#files-input").set_input_files(list(files))


def slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


def test_two_files_go_up_and_one_is_taken_out_again(page: Page):
    choose(page, steps.picture("one.png"), {"name": "log.txt", "mimeType": "text/plain", "buffer": b"line 1\n"})
    rows = steps.kept_files(page)
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("one.png")
    expect(rows.nth(1)).to_contain_text("log.txt")
    page.locator("#files .file img").evaluate("(image) => image.decode()")
    expect(page.locator("#announce")).to_contain_text("Upload complete")
    expect(page.locator("#files-hint")).to_contain_text("Files: 2 of 5")
    page.get_by_role("button", name="Remove one.png").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#files-input")).to_be_focused()
    page.reload()
    expect(rows).to_have_count(1)


def test_files_chosen_before_the_script_has_come_go_up_too(visit: Open, desk: Desk):
    member = desk.make.member()
    page = visit(member)
    steps.to_c(page, SAY)
    held = []
    page.route("**/upload.js", lambda route: held.append(route))
    page.reload(wait_until="domcontentloaded")
    choose(page, steps.picture("early.png"))
    assert held, "the script has already come"
    held[0].continue_()
    expect(steps.kept_files(page)).to_have_count(1)


def test_the_progress_of_an_upload_is_real_and_continue_waits_for_it(page: Page):
    slow_down(page)
    choose(page, steps.noise("big.png", 900_000))
    row = steps.pending_files(page)
    expect(row.locator(".meta")).to_have_text(re.compile(r"^[1-9]\d?\s?% uploaded"))
    expect(row.locator("img")).to_be_visible()
    expect(row.get_by_role("progressbar")).to_have_accessible_name(re.compile("big.png"))
    steps.go_on(page, SAY)
    expect(page).to_have_url(re.compile("/d$"))
    expect(page.locator(".summary")).to_contain_text("big.png")


def test_an_upload_can_be_cancelled_while_it_runs(page: Page):
    slow_down(page)
    choose(page, steps.noise("big.png", 900_000))
    page.get_by_role("button", name="Cancel big.png").click()
    expect(steps.pending_files(page)).to_have_count(0)
    expect(page.locator("#files-input")).to_be_focused()
    steps.go_on(page, SAY)
    expect(page.locator(".summary")).to_contain_text("Not provided")


def test_a_failed_upload_is_said_and_can_be_tried_again(page: Page, guard: Guard):
    guard.allow_offline()
    page.route("**/files/*", lambda route: route.abort("connectionreset"), times=1)
    choose(page, steps.picture("shot.png"))
    row = steps.pending_files(page)
    expect(row).to_contain_text("Upload failed. Try again.")
    expect(page.locator("#announce")).to_contain_text("shot.png: Upload failed.")
    row.get_by_role("button", name="Try again shot.png").click()
    expect(steps.kept_files(page)).to_have_count(1)
    expect(steps.pending_files(page)).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.exe", b"MZ", "“virus.exe” must be one of: PNG, JPG, GIF, WebP, PDF, or TXT."),
        ("empty.png", b"", "“empty.png” is empty."),
        ("huge.png", b"\x89PNG" + b"0" * (10 * 1024 * 1024), "“huge.png” is larger than 10 MB."),
    ],
)
def test_what_cannot_be_taken_is_said_before_it_is_sent(page: Page, name: str, content: bytes, sentence: str):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    choose(page, {"name": name, "mimeType": "image/png", "buffer": content}, steps.picture("good.png"))
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(steps.kept_files(page)).to_have_count(1)
    assert len(sent) == 1
    expect(page.get_by_role("alert")).to_have_text(sentence)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_server_refuses_a_file_that_is_not_what_it_says(visit: Open, desk: Desk, guard: Guard, script: bool):
    guard.allow(422)
    say = Words("sv")
    page = visit(desk.make.member(language="sv"), script=script)
    page.goto("/technical-issues/new")
    steps.answer_a(page, say, "Titel", "Svenska")
    steps.answer_b(page, say, "Beskrivning")
    choose(page, {"name": "fake.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"})
    if not script:
        page.get_by_role("button", name=say("Upload"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("“%(name)s” could not be read as an image.", name="fake.png"))
    expect(steps.kept_files(page)).to_have_count(0)
    expect(steps.pending_files(page)).to_have_count(0)


def test_more_than_five_files_are_refused_in_words(page: Page):
    choose(page, *(steps.picture(f"{number}.png", 8, 8) for number in range(6)))
    expect(page.get_by_role("alert")).to_have_text("You can add up to 5 files.")
    expect(steps.kept_files(page)).to_have_count(5)
    choose(page, steps.picture("seventh.png"))
    expect(page.get_by_role("alert")).to_have_text("You can add up to 5 files.")
    expect(steps.kept_files(page)).to_have_count(5)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_file_can_be_dropped_and_a_picture_pasted(page: Page, kind: str):
    content = base64.b64encode(builders.picture().getvalue()).decode()
    # The script has come when it notices that something is held over the page.
    noticed = "document.querySelector('#files-form').classList.contains('is-over')"
    page.wait_for_function(f"(given) => {{ ({HAND_OVER})(given); return {noticed}; }}", arg=["dragover", "", "", ""])
    page.evaluate(HAND_OVER, [kind, f"{kind}.png", "image/png", content])
    expect(steps.kept_files(page)).to_contain_text(f"{kind}.png")


def test_the_page_grows_by_nothing_sideways_with_long_names(page: Page):
    choose(page, steps.picture("a-very-long-name-without-any-space-" * 3 + ".png"), steps.picture("écran ½ — 日本.png"))
    expect(steps.kept_files(page)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
