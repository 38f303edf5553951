// What tells an agent who looks elsewhere: the browser's notifications, where they are wanted.

import { byId, on } from "./app.js";

const CHOICE = "desk-notifications";
let newest;
let rung;

/** The menu has come anew: who came last into the queue. */
export function fresh({ newest: id, newestName: name }) {
  if (newest !== undefined && Number(id) > newest) tell("waits", name, id);
  newest = Math.max(newest ?? 0, Number(id));
}

/** The number on the bell has come anew: the last notice, and its sentence if it is one to be shown outside the page. */
export function rang({ newest: id, says, leads } = {}) {
  if (rung !== undefined && Number(id) > rung && says) show(says, `notice-${id}`, leads);
  rung = Math.max(rung ?? 0, Number(id ?? 0));
}

/** Somebody has written in a chat that nobody looks at. */
export function wrote({ chat, author }) {
  tell("writes", author, chat);
}

// The name, and nothing of what was written: it stands on a screen that others may see.
function tell(what, name, chat) {
  const { dataset } = byId("nav");
  show(dataset[what].replace("{name}", name), `chat-${chat}`, dataset.open.replace(/0$/, chat));
}

// The same tag in several tabs is one notification.
function show(sentence, tag, address) {
  if (!document.hidden || !isOn()) return;
  const notice = new Notification(sentence, { tag });
  notice.addEventListener("click", () => {
    window.focus();
    location.href = address;
    notice.close();
  });
}

function state() {
  return window.Notification?.permission ?? "unsupported";
}

function isOn() {
  return state() === "granted" && choice() !== "off";
}

function choice() {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

function choose(value) {
  try {
    localStorage.setItem(CHOICE, value);
  } catch { /* Then the browser's permission alone decides. */ }
}

/** The part of the page that says how it stands, with the buttons to change it. */
export function attach() {
  const part = byId("notifications");
  if (!part || state() === "unsupported") return;
  const refresh = () => {
    const now = state() === "denied" ? "denied" : isOn() ? "granted" : "default";
    for (const one of part.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== now;
    byId("notify-on").hidden = now !== "default";
    byId("notify-off").hidden = now !== "granted";
  };
  byId("notify-on").addEventListener("click", async () => {
    choose("on");
    await Notification.requestPermission();
    refresh();
    (byId("notify-off").hidden ? byId("notifications-title") : byId("notify-off")).focus();
  });
  byId("notify-off").addEventListener("click", () => {
    choose("off");
    refresh();
    byId("notify-on").focus();
  });
  on("visibilitychange", refresh);
  part.hidden = false;
  refresh();
}
