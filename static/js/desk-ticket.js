// The page of a ticket: what is being written is kept, colleagues see who is there, a saved reply goes where the caret
// is. Everything is found anew when it is needed, because the ticket is replaced when something was sent.

import { byId, on } from "./app.js";
import * as unsent from "./ticket/unsent.js";
import * as viewing from "./ticket/viewing.js";

const body = () => byId("body");

/** Puts `text` where the caret stands, on a line of its own where `block` says so. */
function insert(text, block) {
  const field = body();
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !/\s$/.test(before) ? (block ? "\n" : " ") : "";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

on("click", (event) => {
  if (!event.target.closest("#insert")) return;
  event.preventDefault();
  const text = byId("saved-reply").selectedOptions[0]?.dataset.text;
  if (text) insert(text, true);
}, true);

on("change", (event) => {
  if (event.target.id === "mention" && event.target.value) {
    insert(`@${event.target.value} `, false);
    event.target.value = "";
  }
  if (event.target.name === "mode") unsent.changed();
});

on("input", (event) => {
  if (event.target !== body()) return;
  unsent.changed();
  viewing.writes();
});

// Ctrl+Enter sends what stands there, by the button of its mode: a modifier, so it is no single-key shortcut.
on("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== body()) return;
  event.preventDefault();
  [...document.querySelectorAll("#composer [data-send]")].find((button) => button.offsetParent)?.click();
});

viewing.attach();
unsent.attach();
