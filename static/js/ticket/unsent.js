// Keeps what is being written in a ticket on the server, until it is sent: a moment after the last key, and at once when
// the page is left.

import { byId, on } from "../app.js";

const PAUSE_MS = 1_000;
let due;
let kept;

const form = () => byId("reply-form");

function words() {
  const fields = new FormData(form());
  const said = new URLSearchParams();
  for (const name of ["csrf_token", "submission", "mode", "body"]) said.set(name, fields.get(name) ?? "");
  return said;
}

// Of the token of the form nothing is compared: it changes when something has been sent.
const asText = (said) => `${said.get("mode")} ${said.get("body")}`;

/** Something has been typed, or is for somebody else now. */
export function changed() {
  clearTimeout(due);
  due = setTimeout(keep, PAUSE_MS);
}

async function keep() {
  clearTimeout(due);
  if (!form()) return;
  const said = words();
  const text = asText(said);
  if (text === kept) return;
  kept = text;
  // What was not taken is sent again with the next change.
  const answer = await fetch(byId("composer").dataset.unsent, { method: "POST", body: said, keepalive: text.length < 60_000 }).catch(() => null);
  if (!answer?.ok && kept === text) kept = undefined;
}

function isOpen() {
  if (form()) kept = asText(words());
}

export function attach() {
  isOpen();
  // What is sent is not kept any more; a new ticket page begins with what stands in it.
  on("htmx:before:request", (event) => { if (event.detail.ctx.sourceElement === form()) clearTimeout(due); });
  on("submit", (event) => { if (event.target === form()) clearTimeout(due); });
  on("htmx:after:swap", (event) => { if (event.detail.ctx.sourceElement?.id === "reply-form") isOpen(); });
  addEventListener("pagehide", keep);
  on("visibilitychange", () => { if (document.hidden) keep(); });
}
