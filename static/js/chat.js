// A member's chat: the queue and what stands around the conversation. Facts come by the line, texts from the page, and
// what stands above and below the conversation is asked from the server, in the reader's language.

import { announce } from "./app.js";
import { converse } from "./chat/conversation.js";
import { keep } from "./chat/kept.js";
import { openLine } from "./chat/line.js";
import { count, reflect, sound } from "./chat/signals.js";

const WITHOUT_LINE_MS = 20_000;
const SOMETIMES_MS = 60_000;
const ANNOUNCED_MS = 30_000;
const PARTS = ["status", "verbs"];

const page = document.querySelector("[data-chat]");
const chat = Number(page.dataset.chat);
const byId = (id) => document.getElementById(id);
const status = () => byId("status")?.dataset ?? {};
const isOver = () => ["ended", "left"].includes(status().state);

// After the end there is no line; what could not be sent is still shown. Without the library the forms work as they are.
const SILENT = {
  on() {}, hear: (react) => react("closed", ""), ask: async () => null, mention() {}, again() {}, close() {},
  connected: false, greets: true,
};
const line = window.io && !isOver() ? openLine(() => ({ chat, after: talk.log.head })) : SILENT;

let unread = 0;
const talk = (window.io || isOver()) && converse(page, line, {
  heard: ({ author_id: author }) => {
    if (author === Number(page.dataset.me)) return;
    sound();
    if (document.hidden) count(unread += 1);
  },
  changed: (facts) => { if (facts.state !== status().state || facts.what) refresh(); },
  refused,
});
if (isOver()) talk.close(status().state === "ended");

line.on("queue:moved", (facts) => { if (facts.chat === chat) refresh(facts); });
line.on("presence:changed", () => refresh());
line.hear((state) => {
  if (state !== "connected" || byId("refused")?.hidden !== false) return;
  byId("refused").hidden = true;
  refresh(null, true);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  showCount();
});

function showCount() {
  count(unread || (status().state === "waiting" && Number(status().place)) || 0);
}

// --- What stands around ----------------------------------------------------------------------------------------------

let asking = false;
let askAgain = false;

/** Asks for what stands around the conversation; `moved` shows a new place at once. */
async function refresh(moved, anew = false) {
  if (!page.dataset.status) return;
  if (moved && status().state === "waiting" && status().place) showPlace(moved.place);
  askAgain = asking;
  if (asking) return;
  asking = true;
  const html = await fetch(page.dataset.status, { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } })
    .then((answer) => (answer.ok ? answer.text() : ""), () => "");
  asking = false;
  if (html) replace(new DOMParser().parseFromString(html, "text/html"), anew);
  if (askAgain) refresh();
}

function showPlace(place) {
  byId("status").dataset.place = place;
  const shown = page.querySelector(".queue-place");
  if (shown) shown.textContent = place;
  showCount();
}

function replace(fresh, anew) {
  const before = status();
  const after = fresh.getElementById("status")?.dataset;
  if (!after || (after.seen === before.seen && !anew)) return;
  const focused = document.activeElement;
  const held = PARTS.some((id) => byId(id).contains(focused));
  const wasOpen = byId("end")?.open;
  const follow = talk && talk.log.atEnd;
  for (const id of PARTS) byId(id).replaceWith(fresh.getElementById(id));
  if (wasOpen && byId("end")) byId("end").open = true;
  reflect();
  if (held) (byId(focused.id) ?? page.querySelector("h2")).focus();
  if (follow) talk.log.toEnd();
  entered(before.state, after.state);
  say();
  showCount();
  untilClosing();
}

function entered(before, after) {
  if (before === after) return;
  if (isOver()) over(after === "ended");
  else if (after === "active" && document.hasFocus()) talk?.composer.focus();
}

/** Nothing more can be said: the composer goes, and the focus to the heading of the end. */
function over(forGood) {
  const held = talk?.composer.form.contains(document.activeElement);
  talk?.close(forGood);
  line.close();
  if (held || document.activeElement === document.body) page.querySelector("h2").focus();
}

// The number is shown at once; read aloud it is at most every half minute, and then the latest.
let said = status().said;
let saidAt = 0;
let planned;

function say() {
  clearTimeout(planned);
  planned = setTimeout(() => {
    if (status().state !== "waiting" || status().said === said) return;
    said = status().said;
    saidAt = Date.now();
    announce(said);
  }, Math.max(0, saidAt + ANNOUNCED_MS - Date.now()));
}

// --- Time ------------------------------------------------------------------------------------------------------------

let closing;

function untilClosing() {
  clearTimeout(closing);
  const left = Date.parse(status().closes) - Date.now();
  if (left > 0 && left < 24 * 3_600_000) closing = setTimeout(() => refresh(), left + 1_000);
}

setInterval(() => { if (!line.connected && !isOver()) refresh(); }, WITHOUT_LINE_MS);
setInterval(() => { if (status().state === "waiting") refresh(); }, SOMETIMES_MS);

// --- What is said no to, and what goes along -------------------------------------------------------------------------

function refused(code) {
  const sentences = JSON.parse(byId("chat-words").dataset.errors);
  const notice = byId("refused");
  if (!notice) return;
  notice.querySelector("p").textContent = sentences[code] ?? sentences.not_allowed;
  byId("sign-in-again").hidden = code !== "not_signed_in";
  notice.hidden = false;
}

// What could not be sent goes into the ticket.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-takes-unsent]") || !talk) return;
  const field = event.target.elements.unsent ?? event.target.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "unsent" }));
  field.value = [...talk.outbox.texts, talk.composer?.field.value.trim()].filter(Boolean).join("\n\n");
  if (isOver()) keep(page.dataset.me, chat, "outbox", []);
});

showCount();
untilClosing();
