// Where messages are written: Enter sends, Shift+Enter breaks the line, and what was typed survives a reload.

import { announce } from "../app.js";
import { keep, kept } from "./kept.js";

const TYPING_MS = 3_000;

export class Composer {
  /** `send(body)` takes a text, `typing()` is called now and then while somebody types. */
  constructor(root, { send, typing }) {
    this.form = root.querySelector("[data-composer]");
    this.field = this.form.elements.body;
    this.keys = [root.dataset.me, root.dataset.chat, "text"];
    this.words = root.querySelector("[data-chat-words]").dataset;
    this.send = send;
    this.toldTyping = 0;
    this.field.value ||= kept(...this.keys) ?? "";
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => {
      keep(...this.keys, this.field.value);
      if (Date.now() - this.toldTyping < TYPING_MS) return;
      this.toldTyping = Date.now();
      typing();
    });
  }

  focus() {
    if (document.activeElement !== this.field) this.field.focus();
  }

  /** The chat is over: nothing can be written any more. */
  close() {
    this.form.hidden = true;
  }

  /** Hands over what was being written. */
  giveUp(take) {
    const text = this.field.value.trim();
    this.#clear();
    if (text) take(text);
  }

  #key(event) {
    // 229: an input method is still putting a sign together (Safari says so in no other way).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #submit() {
    const body = this.field.value.trim();
    const tooLong = [...body].length > Number(this.form.dataset.limit);
    this.#complain(tooLong ? JSON.parse(this.words.errors).chat_too_long : "");
    if (!body || tooLong) return;
    this.send(body);
    this.#clear();
    this.focus();
  }

  #clear() {
    this.field.value = "";
    this.toldTyping = 0;
    keep(...this.keys, "");
  }

  #complain(sentence) {
    const error = this.form.querySelector("[data-error]");
    error.hidden = !sentence;
    error.lastElementChild.textContent = sentence;
    this.field.ariaInvalid = sentence ? "true" : null;
    if (sentence) announce(sentence);
  }
}
