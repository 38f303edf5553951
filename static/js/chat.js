// The conversation: facts come by Socket.IO, texts for people from the page. The log only ever grows, in the order of `seq`.

const page = document.querySelector("[data-chat]");
const words = document.getElementById("chat-words").dataset;
const lines = JSON.parse(words.lines);
const list = document.getElementById("log-list");
const log = document.getElementById("log");
const composer = document.getElementById("composer");
const field = composer.elements.body;
const chat = Number(page.dataset.chat);
const me = Number(page.dataset.me);
const OUTBOX = `outbox-${chat}`;
const ANSWER_MS = 8_000;

let head = Number(page.dataset.after);
let outbox = JSON.parse(sessionStorage.getItem(OUTBOX) ?? "[]");
const waitingForGap = new Map();
const byId = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

const socket = io({ auth: (tell) => tell({ chat, after: head }), reconnectionDelayMax: 5_000, transports: ["websocket", "polling"], tryAllTransports: true });

// --- What comes ------------------------------------------------------------------------------------------------------

socket.on("connect", () => { connection(words.connected); sendAll(); });
socket.on("disconnect", () => connection(words.lost));
socket.on("connect_error", () => connection(words.lost));
socket.on("chat:caught_up", (facts) => { facts.messages.forEach(take); if (facts.state !== state()) refreshStatus(); });
socket.on("message:said", (said) => { if (said.chat === chat) take(said); });
for (const event of ["chat:claimed", "chat:ended", "chat:changed"]) {
  socket.on(event, (facts) => { if (facts.chat === chat) { catchUp(); refreshStatus(facts.state); } });
}
socket.on("queue:moved", (facts) => {
  if (facts.chat !== chat) return;
  document.title = `(${facts.place}) ${document.title.replace(/^\(\d+\) /, "")}`;
  refreshStatus();
});
socket.on("typing:started", (facts) => { if (facts.chat === chat) typing(facts.author); });

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = document.title.replace(/^\(\d+\) /, "");
  catchUp();
});

async function catchUp() {
  if (!socket.connected) return;
  const facts = await socket.timeout(ANSWER_MS).emitWithAck("chat:catch_up", { chat, after: head }).catch(() => null);
  facts?.messages?.forEach(take);
}

/** Shows a message once and in its order; one that comes too early waits until the gap is filled. */
function take(said) {
  if (said.seq <= head) return;
  waitingForGap.set(said.seq, said);
  if (said.seq > head + 1 && waitingForGap.size === 1) catchUp();
  while (waitingForGap.has(head + 1)) {
    head += 1;
    show(waitingForGap.get(head));
    waitingForGap.delete(head);
  }
}

let unread = 0;

function show(said) {
  const mine = said.kind === "text" && said.author_id === me;
  const atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const sent = mine && list.querySelector(`[data-client="${CSS.escape(said.client_id)}"]`);
  if (sent) {
    sent.dataset.seq = said.seq;
    list.append(sent);
    delivered(said.client_id);
  } else {
    list.append(said.kind === "system" ? systemLine(said) : message(said, mine));
  }
  if (atBottom || mine) log.scrollTop = log.scrollHeight;
  if (!mine && document.hidden) {
    unread += 1;
    document.title = `(${unread}) ${document.title.replace(/^\(\d+\) /, "")}`;
    sound();
  }
  if (!mine) byId("typing").textContent = "";
}

function systemLine(said) {
  const item = document.querySelector("[data-chat-line]").content.cloneNode(true).firstElementChild;
  item.dataset.seq = said.seq;
  item.textContent = (lines[said.body] ?? "").replace("{name}", said.author ?? "");
  return item;
}

function message({ seq, client_id: client, author, body, at }, mine) {
  const item = document.querySelector("[data-chat-message]").content.cloneNode(true).firstElementChild;
  item.classList.toggle("mine", mine);
  Object.assign(item.dataset, { client, ...(seq && { seq }) });
  item.querySelector(".chat-author").textContent = mine ? words.you : author;
  item.querySelector(".chat-text").textContent = body;
  const time = item.querySelector("time");
  time.dateTime = at;
  time.textContent = clock.format(new Date(at));
  item.querySelector("[data-delivery]").textContent = mine ? words.sent : "";
  return item;
}

// --- What goes -------------------------------------------------------------------------------------------------------

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = field.value.trim();
  if (!body) return;
  const letter = { client_id: crypto.randomUUID(), body, at: new Date().toISOString() };
  field.value = "";
  field.focus();
  put(letter);
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

let toldTyping = 0;
field.addEventListener("input", () => {
  if (Date.now() - toldTyping < 3_000 || !socket.connected) return;
  toldTyping = Date.now();
  socket.volatile.emit("typing:start", { chat });
});

function put(letter) {
  outbox.push(letter);
  keep();
  const item = message({ ...letter, author: words.you }, true);
  item.querySelector("[data-delivery]").textContent = words.sending;
  item.querySelector("[data-try-again]").addEventListener("click", () => send(letter));
  list.append(item);
  log.scrollTop = log.scrollHeight;
  send(letter);
}

/** Sends until it is answered; `client_id` makes it one message however often it arrives. */
async function send(letter) {
  mark(letter, words.sending, false);
  const answer = await socket.timeout(ANSWER_MS).emitWithAck("message:say", { chat, client_id: letter.client_id, body: letter.body }).catch(() => null);
  if (answer?.ok) return delivered(letter.client_id);
  mark(letter, answer?.error === "chat_too_fast" ? words.tooFast : words.failed, true);
}

function sendAll() {
  for (const letter of [...outbox]) {
    if (!list.querySelector(`[data-client="${CSS.escape(letter.client_id)}"]`)) {
      outbox = outbox.filter((one) => one !== letter);
      put(letter);
    } else send(letter);
  }
}

function delivered(client) {
  outbox = outbox.filter((letter) => letter.client_id !== client);
  keep();
  mark({ client_id: client }, words.sent, false);
}

function mark({ client_id: client }, text, failed) {
  const item = list.querySelector(`[data-client="${CSS.escape(client)}"]`);
  if (!item) return;
  item.querySelector("[data-delivery]").textContent = text;
  const again = item.querySelector("[data-try-again]");
  if (again) again.hidden = !failed;
}

// What was typed and not delivered survives a reload of this tab, and nothing else is kept in the browser.
function keep() {
  if (outbox.length) sessionStorage.setItem(OUTBOX, JSON.stringify(outbox));
  else sessionStorage.removeItem(OUTBOX);
}

// --- What stands around ----------------------------------------------------------------------------------------------

const state = () => byId("status")?.dataset.state;

function refreshStatus(next) {
  if (!page.dataset.status) return;
  const before = state();
  htmx.ajax("GET", page.dataset.status, { target: "#status", swap: "outerHTML" }).then(() => {
    if (before === "waiting" && state() === "active") { sound(); if (!document.hidden) field.focus(); }
    if (["ended", "left"].includes(state())) { composer.hidden = true; byId("ended")?.focus(); socket.disconnect(); connection(""); }
  });
}

function connection(text) {
  byId("connection").textContent = text;
}

let quiet;

function typing(name) {
  byId("typing").textContent = words.typing.replace("{name}", name);
  clearTimeout(quiet);
  quiet = setTimeout(() => { byId("typing").textContent = ""; }, 4_000);
}

let wantsSound = false;
let audio;

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-sound]")) return;
  wantsSound = event.target.checked;
  audio ??= new AudioContext();
});

function sound() {
  if (!wantsSound || !audio) return;
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0.15, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
  tone.frequency.value = 660;
  tone.connect(gain).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.6);
}

connection(words.connecting);
log.scrollTop = log.scrollHeight;
