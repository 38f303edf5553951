"""What is looked at on every page: axe's rules, width, targets, the frame."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Wider than the window, or cut off inside something that hides it; what only screen readers have is meant to be.
WIDER = """() => {
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over <= 0) return [];
    const outside = [...document.body.querySelectorAll("*")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.right > document.documentElement.clientWidth + 1;
    });
    return [`${over}px wider`, ...outside.slice(-3).map((one) => one.outerHTML.slice(0, 120))];
}"""

# Links inside a sentence may be as low as their line (WCAG 2.5.8); a hidden file field is pressed through its label.
SMALL = """() => {
    const small = [];
    for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        if (!box.width || !one.checkVisibility({ visibilityProperty: true })) continue;
        if (one.closest(".skip-link, [hidden]")) continue;
        if (one.type === "file" && document.documentElement.classList.contains("js") || one.type === "hidden") continue;
        const stretched = one.matches(".row-title, .card-link a, .file-name a");
        const inText = one.matches("a") && style.display === "inline" && !stretched;
        const choice = one.matches("[type=radio], [type=checkbox]");
        const target = choice ? one.closest("label").getBoundingClientRect() : box;
        const least = one.matches(".button, button, .input, summary") || choice ? 44 : 24;
        if (!inText && !stretched && (target.height < least - 0.5 || target.width < 24))
            small.push(`${Math.round(target.width)}x${Math.round(target.height)} ${one.outerHTML.slice(0, 140)}`);
    }
    return small;
}"""

# Words that stand out of the box that is drawn around them.
SPILLED = """() => [...document.querySelectorAll(".option, .button, .tag, .count, .code, .tick")]
    .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 140))"""


@cache
def _axe() -> str:
    return (VENDOR / "axe-4.14.1.min.js").read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """What axe finds wrong: rule, where, why."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{fault['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def wider_than_the_window(page: Page) -> list[str]:
    return list(page.evaluate(WIDER))


def spilled(page: Page) -> list[str]:
    return list(page.evaluate(SPILLED))


def small_targets(page: Page) -> list[str]:
    return list(page.evaluate(SMALL))


def frame_faults(page: Page, language: str) -> list[str]:
    """The language of the page, one h1, a title, one main."""
    faults = []
    if page.locator("html").get_attribute("lang") != language:
        faults.append(f"html lang is {page.locator('html').get_attribute('lang')}")
    for selector in ("h1", "main", "head title"):
        count = page.locator(selector).count()
        if count != 1:
            faults.append(f"{count} {selector}")
    if not page.title().endswith(" - Help Desk") or page.title().startswith(" - "):
        faults.append(f"title {page.title()!r}")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    faults += [f"id {one} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    return faults
