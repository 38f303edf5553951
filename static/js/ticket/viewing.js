// Says that this agent has the ticket open and is writing in it, and asks by the same who else is. Hidden tabs are still.

import { byId, on } from "../app.js";

const EVERY_MS = 20_000;
let wroteAt = -Infinity;

function beat() {
  if (!document.hidden) byId("viewers")?.dispatchEvent(new Event("refresh"));
}

/** Something is being typed: told at once, and then no more often than the page is heard of anyway. */
export function writes() {
  const before = wroteAt;
  wroteAt = performance.now();
  if (wroteAt - before > EVERY_MS) beat();
}

function leave() {
  const part = byId("viewers");
  if (!part) return;
  const token = byId("reply-form").elements.csrf_token.value;
  fetch(part.action, { method: "POST", body: new URLSearchParams({ csrf_token: token, doing: "leaving" }), keepalive: true }).catch(() => null);
}

export function attach() {
  // Whoever has it ask, it says what is true now: on its way down, before htmx reads it.
  on("refresh", ({ target }) => {
    if (target.id === "viewers") target.elements.doing.value = performance.now() - wroteAt < EVERY_MS ? "writing" : "";
  }, true);
  beat();
  setInterval(beat, EVERY_MS);
  on("visibilitychange", beat);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) beat(); });
  on("htmx:after:swap", (event) => { if (event.detail.ctx.sourceElement?.id === "reply-form") wroteAt = -Infinity; });
}
