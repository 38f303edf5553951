// What was written and is not in the log yet: sent strictly one by one, again after every loss, never lost, never twice.
// It stands in a list of its own behind the log, because the log is read aloud and holds no buttons.

import { announce } from "../app.js";
import { keep, kept } from "./kept.js";

// Whoever has had no answer for so long is told that it was not sent.
const PATIENCE_MS = 8_000;
const SLOWER_MS = 2_500;
const SLOWER = ["chat_too_fast", "too_many", "busy"];

export class Outbox {
  /** `send(letter)` resolves to the server's answer or null; `delivered(letter, answer)` puts it into the log. */
  constructor(root, log, { send, delivered, again }) {
    this.keys = [root.dataset.me, root.dataset.chat, "outbox"];
    this.list = root.querySelector("[data-unsent]");
    this.template = root.querySelector("template[data-chat-unsent]").content.firstElementChild;
    this.words = root.querySelector("[data-chat-words]").dataset;
    Object.assign(this, { log, send, delivered, again });
    this.letters = [];
    this.open = this.busy = false;
    this.moved = 0;
    for (const { client_id, body, at } of kept(...this.keys) ?? []) this.#add({ client_id, body, at });
    log.toEnd();
  }

  /** Takes a text to be sent. */
  put(body) {
    this.#add({ client_id: newId(), body, at: new Date().toISOString() });
    this.#keep();
    this.log.toEnd();
    this.go();
  }

  /** The line is there, or not. */
  connected(open) {
    this.open = open;
    if (open) this.go();
  }

  /** The server has this message: it is in the log now. */
  settle(client) {
    const letter = this.letters.find((one) => one.client_id === client);
    if (letter) this.#remove(letter);
  }

  /** Nothing more can be sent in this chat: what is left says so and stays readable. */
  refuseAll(sentence) {
    for (const letter of this.letters) this.#refuse(letter, sentence);
  }

  /** What is still not sent, for the ticket. */
  get texts() {
    return this.letters.map((letter) => letter.body);
  }

  /** Sends what waits, oldest first; the next one only when the one before is stored or refused for good. */
  async go() {
    if (this.busy || !this.open) return;
    this.busy = true;
    for (let letter = this.#next(); letter && this.open; letter = this.#next()) {
      const answer = await this.send(letter);
      if (!this.letters.includes(letter)) continue;
      if (!answer) break;
      this.#startAnew();
      if (answer.ok) {
        this.#remove(letter);
        this.delivered(letter, answer);
      } else if (SLOWER.includes(answer.error)) {
        this.#mark(letter, "sending", this.words.tooFast);
        await new Promise((done) => { setTimeout(done, SLOWER_MS); });
      } else {
        this.#refuse(letter, this.#sentence(answer.error));
      }
    }
    this.busy = false;
  }

  #next() {
    return this.letters.find((letter) => letter.state !== "refused");
  }

  #sentence(code) {
    return JSON.parse(this.words.errors)[code] ?? this.words.failed;
  }

  #add(letter) {
    letter.since = Date.now();
    letter.item = this.template.cloneNode(true);
    letter.item.dataset.client = letter.client_id;
    this.log.fill(letter.item, letter, true);
    letter.item.querySelector("[data-try-again]").addEventListener("click", () => this.#tryAgain());
    this.letters.push(letter);
    this.list.append(letter.item);
    this.#mark(letter, "sending");
    this.watch ??= setInterval(() => this.#sayLate(), 1_000);
  }

  #tryAgain() {
    this.#leave(this.list);
    this.#startAnew();
    if (this.open) this.go();
    else this.again();
  }

  // The line works, or somebody says that it should be tried.
  #startAnew() {
    this.moved = Date.now();
    for (const letter of this.letters) if (letter.state === "failed") this.#mark(letter, "sending");
  }

  #sayLate() {
    const now = Date.now();
    const late = this.letters.filter((one) => one.state === "sending" && now - Math.max(one.since, this.moved) >= PATIENCE_MS);
    for (const letter of late) this.#mark(letter, "failed");
    if (late.length) announce(this.words.failed);
  }

  #refuse(letter, sentence) {
    this.#mark(letter, "refused", sentence);
    announce(sentence);
  }

  #mark(letter, state, sentence = this.words.sending) {
    letter.state = state;
    letter.item.dataset.state = state;
    letter.item.querySelector("[data-delivery]").textContent = state === "failed" ? "" : sentence;
    letter.item.querySelector("[data-try-again]").hidden = state !== "failed";
  }

  // A pressed button that goes away must not take the focus with it.
  #leave(part) {
    if (part.contains(document.activeElement)) this.list.closest("[data-chat]").querySelector("[data-composer] textarea")?.focus();
  }

  #remove(letter) {
    this.letters = this.letters.filter((one) => one !== letter);
    this.#leave(letter.item);
    letter.item.remove();
    this.#keep();
    if (this.letters.length) return;
    clearInterval(this.watch);
    this.watch = undefined;
  }

  #keep() {
    keep(...this.keys, this.letters.map(({ client_id, body, at }) => ({ client_id, body, at })));
  }
}

// randomUUID is there on https and localhost only.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
