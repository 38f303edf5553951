// The keys of the desk: each a single letter, so never while something is typed, and off for who does not want them
// (then the element that names them is not in the page). What they do stands on the help sheet.

import { byId, make, on } from "./app.js";

const TYPES = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const GO_MS = 1_500;
let going = 0;

const visible = (one) => one && one.offsetParent !== null;
const click = (selector) => [...document.querySelectorAll(selector)].find(visible)?.click();

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => (document.activeElement?.matches("a.row-title") ? document.activeElement : current())?.click(),
  "/": () => search(),
  r: () => write("reply"),
  n: () => write("note"),
  a: () => click("#take"),
  g: () => { going = performance.now(); },
  "?": () => help(),
};

on("keydown", (event) => {
  const keys = byId("keys");
  if (!keys || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPES) || document.querySelector("dialog[open]")) return;
  const there = JSON.parse(keys.dataset.go)[event.key];
  if (going && performance.now() - going < GO_MS && there) {
    event.preventDefault();
    location.href = there;
    return;
  }
  going = 0;
  const key = KEYS[event.key];
  if (!key) return;
  event.preventDefault();
  key();
});

// --- Rows: of the list that the page shows, or that stands beside the ticket ------------------------------------------

function rows() {
  for (const list of ["#tickets", "#beside", ".desk-page"]) {
    const links = [...document.querySelectorAll(`${list} a.row-title`)].filter(visible);
    if (links.length) return links;
  }
  return [];
}

const current = () => document.querySelector("#beside a.row-title[aria-current]");

function step(by) {
  const links = rows();
  if (!links.length) return;
  const at = links.indexOf(links.includes(document.activeElement) ? document.activeElement : current());
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

// --- What the keys open ------------------------------------------------------------------------------------------------

function search() {
  const field = byId("q");
  if (visible(field)) field.focus();
  else location.href = byId("keys").dataset.search;
}

function write(mode) {
  const field = byId("body");
  if (!visible(field)) return;
  const choice = byId(`mode-${mode}`);
  if (choice && !choice.checked) choice.click();
  field.focus();
}

async function help() {
  const { sheet } = byId("keys").dataset;
  if (!window.htmx) { location.href = sheet; return; }
  const dialog = byId("key-sheet") ?? document.body.appendChild(make("dialog", { id: "key-sheet", className: "key-sheet" }));
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  await window.htmx.ajax("GET", sheet, { target: "#key-sheet" });
  if (!dialog.open) dialog.showModal();
}
