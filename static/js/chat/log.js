// The log of a conversation: only ever appended to, in the order of `seq`, each message once.

import { linked } from "./links.js";

const NEAR = 48;

export class Log {
  /** `gap()` is called when messages are missing in between, `heard(said, mine)` for each one that is shown. */
  constructor(root, { gap, heard }) {
    this.head = Number(root.dataset.after);
    this.me = Number(root.dataset.me);
    this.list = root.querySelector("[data-log]");
    this.scroll = root.querySelector("[data-scroll]");
    this.newer = root.querySelector("[data-newer]");
    this.templates = root.querySelector("[data-chat-words]").dataset;
    this.lines = JSON.parse(this.templates.lines);
    this.message = root.querySelector("template[data-chat-message]").content.firstElementChild;
    this.line = root.querySelector("template[data-chat-line]").content.firstElementChild;
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(root.dataset.zone && { timeZone: root.dataset.zone }),
    });
    this.early = new Map();
    Object.assign(this, { gap, heard });
    this.scroll.addEventListener("scroll", () => { if (this.atEnd) this.newer.hidden = true; }, { passive: true });
    this.newer.addEventListener("click", () => { this.toEnd(); this.scroll.focus({ preventScroll: true }); });
    this.toEnd();
  }

  get atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.newer.hidden = true;
  }

  /** Shows a message; one that comes too early waits until those before it are there. */
  take(said) {
    if (said.seq <= this.head) return;
    this.early.set(said.seq, said);
    if (said.seq > this.head + 1) this.gap();
    while (this.early.has(this.head + 1)) {
      this.head += 1;
      this.#show(this.early.get(this.head));
      this.early.delete(this.head);
    }
  }

  #show(said) {
    const mine = said.kind === "text" && said.author_id === this.me;
    const follow = this.atEnd || mine;
    this.list.append(said.kind === "system" ? this.#systemLine(said) : this.#message(said, mine));
    this.heard(said, mine);
    if (follow) this.toEnd();
    else this.newer.hidden = false;
  }

  #systemLine(said) {
    const item = this.line.cloneNode(true);
    item.dataset.seq = said.seq;
    item.firstElementChild.textContent = (this.lines[said.body] ?? "").replace("{name}", said.author ?? this.templates.system);
    this.#time(item, said.at);
    return item;
  }

  #message(said, mine) {
    const item = this.message.cloneNode(true);
    item.dataset.seq = said.seq;
    this.fill(item, said, mine);
    item.querySelector("[data-delivery]").textContent = mine ? this.templates.sent : "";
    return item;
  }

  /** Puts author, text and time into a copy of a template; the outbox's has the same places. */
  fill(item, { author, body, at }, mine) {
    item.classList.toggle("mine", mine);
    item.querySelector("[data-author]").textContent = mine ? this.templates.you : author;
    item.querySelector("[data-text]").replaceChildren(linked(body));
    this.#time(item, at);
  }

  #time(item, at) {
    const time = item.querySelector("time");
    time.dateTime = at;
    time.textContent = this.clock.format(new Date(at));
  }
}
