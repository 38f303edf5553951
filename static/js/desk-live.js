// What shows tickets and notices stays fresh: the server tells that something has changed, the page asks for what it
// shows of it, each part at most once a second.

import { byId, on } from "./app.js";

const GATHERED_MS = 300;
const AT_MOST_EVERY_MS = 1_000;
const IN_USE = "input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select";
const asked = new Map();
const changed = new Set();

/** Has the parts of the page that this selector names ask anew, soon. */
export function refresh(selector) {
  const known = asked.get(selector) ?? { last: -AT_MOST_EVERY_MS };
  asked.set(selector, known);
  known.due ??= setTimeout(() => {
    known.due = undefined;
    known.last = performance.now();
    for (const part of document.querySelectorAll(selector)) {
      if (!document.hidden || part.dataset.live === "always") part.dispatchEvent(new Event("refresh"));
    }
  }, Math.max(GATHERED_MS, known.last + AT_MOST_EVERY_MS - performance.now()));
}

// --- Tickets: the menu's counts, a list of them, the one that is open ------------------------------------------------

function ticketChanged({ ticket, what }) {
  // Who has it open is nobody's affair but theirs who have it open too.
  if (what === "viewed") { refresh(`#viewers[data-ticket="${Number(ticket)}"]`); return; }
  refresh("#nav, #dashboard");
  refresh(`[data-ticket="${Number(ticket)}"]`);
  const list = document.querySelector("[data-tickets]");
  if (!list) return;
  changed.add(ticket);
  if (isInUse(list)) sayChanged();
  else refresh("[data-tickets]");
}

// A list that somebody types or ticks something in, or has turned over, would jump under their hands.
function isInUse(list) {
  return list.contains(document.activeElement?.closest(IN_USE)) || list.querySelector("input[type=checkbox][name]:checked, [data-kept]");
}

function sayChanged() {
  const line = byId("changed");
  if (!line || !changed.size) return;
  const { one, many } = line.dataset;
  const rule = new Intl.PluralRules(document.documentElement.lang).select(changed.size);
  line.querySelector("span").textContent = (rule === "one" ? one : many).replace("{n}", changed.size.toLocaleString(document.documentElement.lang));
  line.hidden = false;
}

on("click", (event) => {
  if (!event.target.closest("#changed button")) return;
  settled();
  document.querySelector("[data-tickets]")?.dispatchEvent(new Event("refresh"));
});
on("htmx:after:swap", (event) => { if (event.target.closest?.("[data-tickets]")) settled(); });

function settled() {
  changed.clear();
  if (byId("changed")) byId("changed").hidden = true;
}

// --- The bell --------------------------------------------------------------------------------------------------------

function bellChanged() {
  refresh("#unread");
  if (byId("bell-menu")?.open) refresh("#latest");
}

// `toggle` does not rise: it is caught on its way down.
on("toggle", (event) => {
  if (event.target.id === "bell-menu" && event.target.open) byId("latest").dispatchEvent(new Event("refresh"));
}, true);

/** Listens to the line. Whoever was away for a while asks for everything. */
export function attach(line) {
  line.on("ticket:changed", ticketChanged);
  line.on("notice:given", bellChanged);
  line.on("notice:read", bellChanged);
}

/** What is asked for when nobody has told anything for a while. */
export function refreshAll() {
  refresh("[data-live]");
  refresh("#unread");
  const list = document.querySelector("[data-tickets]");
  if (list && !isInUse(list)) refresh("[data-tickets]");
  refresh("[data-ticket]");
}
