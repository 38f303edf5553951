// What every page of the desk does by itself: fresh counts and lists, notifications, and the conversation that is open.
// Sentences come from the menu's data attributes.

import { byId, on } from "./app.js";
import { converse } from "./chat/conversation.js";
import { openLine } from "./chat/line.js";
import * as live from "./desk-live.js";
import * as notices from "./desk-notices.js";

const GATHERED_MS = 300;
const POLL_MS = 20_000;
const ALONG_MS = 5_000;
const talk = document.querySelector("[data-chat][data-mine]");
const open = Number(talk?.dataset.chat ?? 0);
let conversation;

// Without the library the forms and the menu's poll work as they are.
const SILENT = { on() {}, hear() {}, ask: async () => null, mention() {}, again() {}, close() {}, connected: false, greets: true };
const greet = talk && (() => ({ chat: open, after: conversation?.log.head ?? Number(talk.dataset.after) }));
const line = window.io ? openLine(greet) : SILENT;

// --- Fresh counts and lists: the server tells that something has changed, the page asks for what it shows of it ------

const refresh = () => live.refresh("[data-live]");
live.attach(line);
for (const event of ["queue:changed", "presence:changed", "chat:claimed", "chat:ended", "chat:changed"]) line.on(event, refresh);
line.hear((state) => { if (state === "connected") live.refreshAll(); });
setInterval(() => { if (!line.connected) live.refreshAll(); }, POLL_MS);

line.on("message:said", (said) => {
  const seen = said.chat === open && !document.hidden;
  if (said.author_id !== Number(byId("nav").dataset.me) && !seen) notices.wrote(said);
  if (seen) read();
  else refresh();
});

// A row that goes away while it has the focus hands it to the heading of its list.
let within;
on("focusin", (event) => { within = event.target.closest(".chats-part h2, .chats-part .row")?.closest(".chats-part"); });
on("htmx:after:swap", () => {
  if (document.activeElement === document.body) within?.querySelector("h2")?.focus();
  within = undefined;
  told();
});

function told() {
  notices.fresh(byId("nav").dataset);
  notices.rang(byId("unread")?.dataset);
  if (conversation && !byId("replies").hidden && byId("status").dataset.mine !== "yes") over();
}

// --- The conversation that is open -----------------------------------------------------------------------------------

function over() {
  const inside = document.activeElement?.closest("#replies, #composer");
  conversation.close(byId("status").dataset.chatState === "ended");
  byId("replies").hidden = true;
  if (inside || document.activeElement === document.body) byId("talk-name").focus();
}

let reading;
function read() {
  if (document.hidden || !conversation) return;
  clearTimeout(reading);
  reading = setTimeout(async () => {
    const form = new FormData(conversation.composer.form);
    const body = new URLSearchParams({ csrf_token: form.get("csrf_token"), seq: conversation.log.head });
    await fetch(talk.dataset.reading, { method: "POST", body }).catch(() => null);
    refresh();
  }, GATHERED_MS);
}

function insert() {
  const text = byId("reply").selectedOptions[0]?.dataset.text;
  const { field } = conversation.composer;
  if (!text) return;
  const before = field.value.slice(0, field.selectionStart);
  field.setRangeText(before && !/\s$/.test(before) ? `\n${text}` : text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

if (talk && window.io) {
  conversation = converse(talk, line, { heard: read, changed: refresh });
  on("visibilitychange", read);
  byId("insert").addEventListener("click", (event) => { event.preventDefault(); insert(); });
}
// The log of a chat that is not ours begins at its end as well, and asks what has been said.
else for (const scroll of document.querySelectorAll("[data-scroll]")) scroll.scrollTop = scroll.scrollHeight;

setInterval(() => document.querySelector("[data-along]")?.dispatchEvent(new Event("refresh")), ALONG_MS);

// --- Keys and menus --------------------------------------------------------------------------------------------------

on("keydown", (event) => {
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const link = document.querySelector(`[data-digit="${digit}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  }
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.verb[open]")) {
    menu.open = false;
    menu.firstElementChild.focus();
  }
});
on("click", (event) => {
  for (const menu of document.querySelectorAll("details.verb[open]")) if (!menu.contains(event.target)) menu.open = false;
});

notices.attach();
told();
