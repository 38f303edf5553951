// Files go up one by one, as soon as they are chosen, dropped or pasted; the answer is the server's list of them.

import { announce, byId, make, on } from "./app.js";

/** Not at the server yet: {file, row, state: "waiting" | "sending" | "failed", request}. */
let pending = [];
let heldBack = null;

const form = () => document.querySelector("[data-upload]");
const texts = () => form().dataset;

/** Puts the pending rows back into a list that was replaced. */
export function attach() {
  const list = document.querySelector("[data-pending]");
  if (!list) return giveUp();
  const focused = document.activeElement;
  const moved = pending.map((item) => item.row).filter((row) => row.parentNode !== list);
  list.append(...moved);
  if (moved.some((row) => row.contains(focused))) focused.focus();
  // Chosen before this script was here.
  if (byId("files-input").files.length) take(byId("files-input"));
}

function giveUp() {
  for (const item of [...pending]) drop(item);
  heldBack = null;
}

on("change", (event) => {
  if (event.target.type === "file" && event.target.form === form()) take(event.target);
});

function take(input) {
  const chosen = [...input.files];
  input.value = "";
  add(chosen);
}

on("paste", (event) => {
  if (form() && event.clipboardData?.files.length) add([...event.clipboardData.files]);
});

// Anywhere on the page: a file that misses the zone would otherwise open in place of the page.
for (const name of ["dragover", "dragleave", "drop"]) on(name, drag);

function drag(event) {
  if (!form() || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form().classList.toggle("is-over", event.type === "dragover");
  if (event.type === "drop") add([...event.dataTransfer.files]);
}

function add(files) {
  const refused = [];
  for (const file of files) {
    const sentence = fault(file);
    if (sentence) refused.push(sentence);
    else queue(file);
  }
  sayRefused([...new Set(refused)]);
  attach();
  next();
}

/** Why this file need not be sent; the server checks again, and more. */
function fault(file) {
  const { maxBytes, maxFiles, staged, accept, tooLarge, wrongType, empty, tooMany } = texts();
  const ending = `.${file.name.split(".").pop().toLowerCase()}`;
  let sentence = null;
  if (!accept.split(",").includes(ending)) sentence = wrongType;
  else if (!file.size) sentence = empty;
  else if (file.size > maxBytes) sentence = tooLarge;
  else if (Number(staged) + pending.length >= maxFiles) sentence = tooMany;
  return sentence?.replace("{name}", file.name);
}

function sayRefused(sentences) {
  byId("files-refused")?.remove();
  if (!sentences.length) return;
  const refused = make("div", { id: "files-refused", role: "alert" });
  const list = make("ul", { className: "error-list" });
  form().before(refused);
  refused.append(list);
  for (const textContent of sentences) list.append(make("li", { className: "error", textContent }));
}

function queue(file) {
  const row = document.querySelector("[data-file-row]").content.firstElementChild.cloneNode(true);
  const item = { file, row, state: "waiting", request: null };
  row.querySelector(".file-name").textContent = file.name;
  for (const named of row.querySelectorAll("button, progress")) named.ariaLabel = `${named.textContent} ${file.name}`;
  if (file.type.startsWith("image/")) showPicture(item);
  row.querySelector("[data-cancel]").addEventListener("click", () => {
    drop(item);
    byId("files-input")?.focus();
    next();
  });
  row.querySelector("[data-retry]").addEventListener("click", () => {
    item.state = "waiting";
    row.querySelector("[data-cancel]").focus();
    next();
  });
  pending.push(item);
  show(item, texts().waiting);
}

function showPicture(item) {
  const src = URL.createObjectURL(item.file);
  item.row.querySelector(".file-thumb").replaceWith(make("img", { alt: "", className: "file-thumb", src }));
}

function next() {
  if (pending.some((item) => item.state === "sending")) return;
  const item = pending.find((waiting) => waiting.state === "waiting");
  if (item) send(item);
  else goOn();
}

function send(item) {
  const body = new FormData();
  body.append("csrf_token", form().elements.csrf_token.value);
  body.append("files", item.file, item.file.name);
  const request = new XMLHttpRequest();
  item.request = request;
  item.state = "sending";
  request.open("POST", form().action);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("HX-Request-Type", "partial");
  request.setRequestHeader("X-CSRFToken", form().elements.csrf_token.value);
  request.upload.onprogress = (event) => move(item, event.loaded / event.total);
  request.onload = () => answered(item, request);
  request.onerror = () => fail(item);
  show(item, texts().waiting);
  request.send(body);
}

function move(item, share) {
  item.row.querySelector("progress").value = share;
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share);
  show(item, texts().progress.replace("{percent}", percent));
}

function answered(item, request) {
  const signIn = request.getResponseHeader("HX-Redirect");
  if (signIn) return location.assign(signIn);
  if (request.status !== 200 && request.status !== 422) return fail(item);
  item.request = null; // an aborted request forgets its answer
  drop(item);
  replaceList(request.responseText);
  if (request.status === 200) announce(`${item.file.name}: ${texts().done}`);
  next();
}

function replaceList(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("files");
  const old = byId("files");
  if (!fresh || !old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const refused = byId("files-refused");
  old.replaceWith(document.adoptNode(fresh));
  if (refused) form().before(refused);
  attach();
  htmx.process(fresh);
  if (focused) (focused.isConnected ? focused : byId(focused.id) ?? byId("files-input")).focus();
}

function fail(item) {
  item.state = "failed";
  show(item, texts().failed);
  announce(`${item.file.name}: ${texts().failed}`);
  heldBack = null;
  next();
}

function show(item, text) {
  item.row.classList.toggle("failed", item.state === "failed");
  item.row.querySelector(".meta").textContent = text;
}

function drop(item) {
  pending = pending.filter((other) => other !== item);
  item.request?.abort();
  const picture = item.row.querySelector("img");
  if (picture) URL.revokeObjectURL(picture.src);
  item.row.remove();
}

// Continue or Send, pressed meanwhile, waits for the files instead of losing them.
on("submit", (event) => {
  if (!byId("files")?.contains(event.target)) hold(event, () => event.target.requestSubmit(event.submitter));
}, true);
on("click", (event) => {
  const link = event.target.closest("main .actions a");
  if (link) hold(event, () => link.click());
}, true);

function hold(event, later) {
  if (!form() || !pending.some((item) => item.state !== "failed")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  heldBack = later;
  announce(texts().waiting);
}

function goOn() {
  const later = heldBack;
  heldBack = null;
  later?.();
}

// A Remove button leaves with its row, and the focus with it.
on("htmx:after:swap", (event) => {
  const removed = event.detail.ctx.target?.id === "files";
  if (removed && document.activeElement === document.body) byId("files-input").focus();
});
