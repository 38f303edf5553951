// What every page does beyond links and forms; pages work without it. Texts for people come from the page's attributes.

const root = document.documentElement;
root.classList.add("js");

export const byId = (id) => document.getElementById(id);
export const on = (name, react, options) => document.addEventListener(name, react, options);
export const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** Has screen readers say `text`. */
export function announce(text) {
  const region = byId("announce");
  region.textContent = "";
  // Emptied first, or an unchanged text would not be said again.
  setTimeout(() => { region.textContent = text; }, 50);
}

// What is being replaced is busy; a lost connection is said once

const hasUnsentWords = () => [...document.querySelectorAll("main textarea")].some((field) => field.value !== field.defaultValue);
const busy = new WeakMap();
// Next is not there on the last page: the focus goes to what is, not to the top.
const pager = new WeakSet();

on("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement?.matches("[data-refresh], [data-background]")) {
    if (document.hidden && ctx.sourceElement.dataset.live !== "always") event.preventDefault();
    // Whose session has ended is led to the sign-in page by what they send, which keeps it, and not by a refresh.
    if (hasUnsentWords()) ctx.request.headers["X-Unsent-Words"] = "yes";
    return;
  }
  if (ctx.sourceElement?.matches(".pages a")) pager.add(ctx);
  if (!(ctx.target instanceof Element) || ctx.target === document.body) return;
  busy.set(ctx, ctx.target);
  ctx.target.setAttribute("aria-busy", "true");
});

on("htmx:finally:request", (event) => busy.get(event.detail.ctx)?.removeAttribute("aria-busy"));

on("htmx:after:swap", (event) => {
  const { target, sourceElement } = event.detail.ctx;
  if (!sourceElement?.matches("[data-refresh]")) byId("offline")?.remove();
  if (pager.delete(event.detail.ctx) && document.activeElement === document.body) byId(target.id).querySelector(".pages a")?.focus();
  if (target === "#flash" || target?.id === "flash") byId("flash").scrollIntoView({ block: "nearest" });
  start();
});
// Only then has a fragment's own title been set.
on("htmx:finally:request", countInTitle);

on("htmx:error", (event) => {
  const failed = event.detail.ctx?.sourceElement;
  if (failed && !failed.matches("[data-refresh]")) sayOffline();
});
addEventListener("online", () => byId("offline")?.remove());

function sayOffline() {
  if (byId("offline")) return;
  const flash = byId("flash");
  const notice = make("div", { id: "offline", className: "notice bad", role: "alert" });
  notice.append(make("p", { textContent: flash.dataset.offline }));
  flash.append(notice);
  flash.scrollIntoView({ block: "nearest" });
}

// `data-refresh` with hx-get and hx-trigger="refresh" asks again when it is looked at, and every minute

function refresh() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const inUse = part.contains(document.activeElement?.closest("input, textarea, select"));
    // A list that was searched or turned over would jump back to its start.
    if (!inUse && !part.querySelector("[data-kept]")) part.dispatchEvent(new Event("refresh"));
  }
}

on("visibilitychange", refresh);
setInterval(refresh, 60_000);
addEventListener("focus", () => byId("unread")?.dispatchEvent(new Event("refresh")));

// A double click sends a plain form once. The button stays enabled, or it would lose the focus.
on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form.classList.contains("is-sending")) event.preventDefault();
  form.classList.add("is-sending");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.is-sending")) form.classList.remove("is-sending");
});

on("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (button) showPassword(button, byId(button.dataset.showPassword));
  const language = event.target.closest("a[hreflang]");
  if (language) language.href = inLanguage(language.hreflang);
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
on("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.firstElementChild.focus();
  }
});
const openMenus = () => document.querySelectorAll(".account[open]");

// The steps change the address, but not the page around them.
function inLanguage(code) {
  const here = new URL(location);
  here.searchParams.set("lang", code);
  return here;
}

function showPassword(button, field) {
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.ariaPressed = shown;
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, shown ? "#eye-off" : "#eye"));
}

on("input", (event) => {
  if (event.target.matches("textarea")) typed(event.target, true);
  if (event.target.form) preview(event.target.form);
});

let pause;

function typed(area, telling) {
  if (!CSS.supports("field-sizing", "content")) {
    while (area.scrollHeight > area.clientHeight && area.rows < 30) area.rows += 1;
  }
  const { count, countOne, countMany, countOver } = area.dataset;
  if (!count) return;
  const left = count - [...area.value].length;
  const forms = new Intl.PluralRules(root.lang).select(left) === "one" ? countOne : countMany;
  const text = (left < 0 ? countOver : forms).replace("{n}", Math.abs(left).toLocaleString(root.lang));
  byId(`${area.id}-count`).textContent = text;
  if (!telling) return;
  clearTimeout(pause);
  pause = setTimeout(() => { if (area.isConnected) announce(text); }, 1_500);
}

// "Your title will read": a typed prefix is not doubled.
function preview(form) {
  const output = form.querySelector("[data-title-preview]");
  if (!output) return;
  const prefixes = JSON.parse(output.dataset.titlePreview);
  const typedTitle = form.elements.title.value;
  output.value = (prefixes[form.elements.language.value] ?? "") + (withoutPrefix(typedTitle, prefixes) || "…");
}

function withoutPrefix(title, prefixes) {
  const names = Object.values(prefixes).map((prefix) => prefix.slice(0, -3));
  const known = [...names, ...names.map((name) => name.normalize("NFD").replace(/\p{M}/gu, ""))].join("|");
  return title.normalize("NFC").replace(new RegExp(`^(\\s*(${known})\\s*[-–—:])+`, "i"), "").trim();
}

// How much asks for attention stands before the title, as the server writes it: of the bell, and on the desk of the chat.
function countInTitle() {
  const asks = [...document.querySelectorAll("[data-asks]")].reduce((sum, part) => sum + Number(part.dataset.asks), 0);
  const plain = document.title.replace(/^\(\d\+?\) /, "");
  const title = asks ? `(${asks > 9 ? "9+" : asks}) ${plain}` : plain;
  if (document.title !== title) document.title = title;
}

function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`tz=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

/** Wakes up what has just arrived. */
function start() {
  for (const area of document.querySelectorAll("textarea[data-count]")) typed(area, false);
  for (const output of document.querySelectorAll("[data-title-preview]")) preview(output.form ?? output.closest("form"));
  if (document.querySelector("[data-upload]")) import("./upload.js").then((upload) => upload.attach());
}

rememberZone();
start();
countInTitle();
