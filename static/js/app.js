// What every page does beyond its links and forms. All of it can be missing: the pages work without.
// Texts for people never stand here; they come from the page's attributes.

const root = document.documentElement;
root.classList.add("js");

export const byId = (id) => document.getElementById(id);
const on = (name, react, options) => document.addEventListener(name, react, options);
const nearest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

/** Reads `text` to screen readers, in the page's one polite region. */
export function announce(text) {
  const region = byId("announce");
  region.textContent = "";
  // An unchanged text is not read again: leave the region empty for a moment first.
  setTimeout(() => { region.textContent = text; }, 50);
}

// --- Requests of htmx: what is being replaced is busy, and a lost connection is said once ---------------------------

const busy = new WeakMap();

on("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement?.matches("[data-refresh]")) {
    if (document.hidden) event.preventDefault();
    return;
  }
  if (!(ctx.target instanceof Element) || ctx.target === document.body) return;
  busy.set(ctx, ctx.target);
  ctx.target.setAttribute("aria-busy", "true");
});

on("htmx:finally:request", (event) => busy.get(event.detail.ctx)?.removeAttribute("aria-busy"));

on("htmx:after:swap", (event) => {
  const { target, sourceElement } = event.detail.ctx;
  if (!sourceElement?.matches("[data-refresh]")) byId("offline")?.remove();
  if (target === "#flash" || target?.id === "flash") byId("flash").scrollIntoView({ block: "nearest" });
  start();
});

on("htmx:error", (event) => {
  const failed = event.detail.ctx?.sourceElement;
  if (failed && !failed.matches("[data-refresh]")) sayOffline();
});
addEventListener("online", () => byId("offline")?.remove());

function sayOffline() {
  if (byId("offline")) return;
  const flash = byId("flash");
  const notice = Object.assign(document.createElement("div"), { id: "offline", className: "notice bad" });
  notice.setAttribute("role", "alert");
  notice.append(Object.assign(document.createElement("p"), { textContent: flash.dataset.offline }));
  flash.append(notice);
  flash.scrollIntoView({ block: "nearest" });
}

// --- Refresh: `data-refresh` with hx-get and hx-trigger="refresh" asks again when it is looked at -------------------

const EVERY = 60_000;
let refreshed = Date.now();

function refresh() {
  if (document.hidden) return;
  refreshed = Date.now();
  for (const part of document.querySelectorAll("[data-refresh]")) {
    if (!part.contains(document.activeElement?.closest("input, textarea, select"))) part.dispatchEvent(new Event("refresh"));
  }
}

on("visibilitychange", refresh);
setInterval(() => { if (Date.now() - refreshed >= EVERY) refresh(); }, 5_000);

// --- Forms ----------------------------------------------------------------------------------------------------------

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
  const button = nearest(event, "[data-show-password]");
  if (button) showPassword(button, byId(button.dataset.showPassword));
});

function showPassword(button, field) {
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
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
  pause = setTimeout(() => announce(text), 1_500);
}

// "Your title will read": the prefix of the chosen language and the typed title, without a prefix that was typed.
function preview(form) {
  const output = form.querySelector("[data-title-preview]");
  if (!output) return;
  const prefixes = JSON.parse(output.dataset.titlePreview);
  const typedTitle = form.elements.title.value;
  output.value = (prefixes[form.elements.language.value] ?? "") + (withoutPrefix(typedTitle, prefixes) || "…");
}

function withoutPrefix(title, prefixes) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const [, name, rest] = /^\s*(\p{L}+)\s*[-–—:]\s*(.*)$/su.exec(title.normalize("NFC")) ?? [];
  const known = name && Object.values(prefixes).some((prefix) => plain(prefix).startsWith(`${plain(name)} `));
  return (known && rest.trim()) || title.trim();
}

// --- The rest -------------------------------------------------------------------------------------------------------

on("click", (event) => {
  const menu = byId("account-menu");
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
on("keydown", (event) => {
  const menu = byId("account-menu");
  if (event.key !== "Escape" || !menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`tz=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

/** Wakes up what has just arrived: at the start, and after each swap. */
function start() {
  for (const area of document.querySelectorAll("textarea[data-count]")) typed(area, false);
  for (const output of document.querySelectorAll("[data-title-preview]")) preview(output.form ?? output.closest("form"));
  if (document.querySelector("[data-upload]")) import("./upload.js").then((upload) => upload.attach());
}

rememberZone();
start();
