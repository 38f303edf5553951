// One conversation on a page, the same for the member and for the team.
//
// The page gives: an element with data-chat (the chat's number), data-me (the reader's), data-after (the last `seq` in the
// page) and data-zone (the reader's time zone), and inside it, made by templates/macros/chat.html:
//   [data-scroll]    what scrolls; holds [data-log], the list inside role="log", and [data-unsent], the list behind it
//   [data-newer]     the button that leads to new messages     [data-typing]      who is typing
//   [data-composer]  the form                                  [data-connection]  the state of the line in words
//   [data-chat-words], template[data-chat-message], template[data-chat-line], template[data-chat-unsent]
//
// converse(root, line, hooks) keeps it alive. Hooks, all optional: heard(said, mine) for each message that is shown,
// changed(facts) when the chat's state may have changed, refused(code) when the line is refused for good. It gives back
// {log, outbox, composer, close(forGood)}.

import { announce } from "../app.js";
import { Composer } from "./composer.js";
import { forget } from "./kept.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";

const TYPING_SHOWN_MS = 5_000;
const MOST_PAGES = 40;

export function converse(root, line, hooks = {}) {
  const chat = Number(root.dataset.chat);
  const words = root.querySelector("[data-chat-words]").dataset;
  const ours = (react) => (facts) => { if (facts.chat === chat) react(facts); };
  forget(root.dataset.me);

  const log = new Log(root, {
    gap: () => catchUp(),
    heard: (said, mine) => {
      outbox.settle(said.client_id);
      if (!mine) showTyping("");
      hooks.heard?.(said, mine);
    },
  });
  const outbox = new Outbox(root, log, {
    send: ({ client_id, body }) => line.ask("message:say", { chat, client_id, body }),
    delivered: ({ client_id, body }, { seq, at }) => log.take({ seq, at, client_id, body, kind: "text", author_id: log.me }),
    again: line.again,
  });
  const composer = root.querySelector("[data-composer]") && new Composer(root, {
    send: (body) => outbox.put(body),
    typing: () => line.mention("typing:start", { chat }),
  });

  let asking = false;

  /** Asks for what is missing, page by page; while one question is under way there is no second. */
  async function catchUp() {
    if (asking) return;
    asking = true;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const facts = await line.ask("chat:catch_up", { chat, after: log.head });
      if (!facts?.ok || !caughtUp(facts)) break;
    }
    asking = false;
  }

  /** Whether there is more. */
  function caughtUp(facts) {
    const before = log.head;
    facts.messages.forEach((said) => log.take(said));
    hooks.changed?.(facts);
    return log.head > before && facts.head > log.head;
  }

  line.on("chat:caught_up", ours((facts) => { if (caughtUp(facts)) catchUp(); }));
  line.on("message:said", ours((said) => log.take(said)));
  line.on("chat:head", ours(({ head }) => { if (head > log.head) catchUp(); }));
  line.on("typing:started", ours(({ author }) => showTyping(author)));
  for (const event of ["chat:claimed", "chat:ended", "chat:changed"]) {
    line.on(event, ours((facts) => { catchUp(); hooks.changed?.(facts); }));
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden && line.connected) catchUp(); });

  let wasLost = false;
  line.hear((state, code) => {
    const connected = state === "connected";
    if (connected && !line.greets) catchUp();
    outbox.connected(connected);
    showConnection({ connected: words.connected, connecting: words.connecting, lost: words.lost }[state] ?? "", state);
    if (state === "lost" && !wasLost) announce(words.lost);
    if (connected && wasLost) announce(words.restored);
    wasLost = state === "lost";
    if (state === "refused") hooks.refused?.(code);
  });

  function showConnection(text, state) {
    const place = root.querySelector("[data-connection]");
    if (!place) return;
    place.textContent = text;
    place.dataset.connection = state;
  }

  let quiet;
  function showTyping(name) {
    clearTimeout(quiet);
    const place = root.querySelector("[data-typing]");
    if (place) place.textContent = name ? words.writes.replace("{name}", name) : "";
    if (name) quiet = setTimeout(() => showTyping(""), TYPING_SHOWN_MS);
  }

  /** Nothing more can be said. After the end (`forGood`) what was being written is shown as not sent. */
  function close(forGood) {
    if (forGood) composer?.giveUp((text) => outbox.put(text));
    composer?.close();
    outbox.refuseAll(JSON.parse(words.errors).chat_wrong_state ?? words.failed);
    showTyping("");
  }

  return { log, outbox, composer, close };
}
