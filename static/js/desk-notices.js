// What tells an agent who looks elsewhere: a number in the title, and the browser's notifications where they are wanted.

import { byId, on } from "./app.js";

const CHOICE = "desk-notifications";
let newest;

/** The menu has come anew: how much asks for attention, and who came last. */
export function fresh({ asks, newest: id, newestName: name }) {
  const plain = document.title.replace(/^\(\d+\) /, "");
  const title = Number(asks) ? `(${asks}) ${plain}` : plain;
  if (document.title !== title) document.title = title;
  if (newest !== undefined && Number(id) > newest) tell("waits", name, id);
  newest = Math.max(newest ?? 0, Number(id));
}

/** Somebody has written in a chat that nobody looks at. */
export function wrote({ chat, author }) {
  tell("writes", author, chat);
}

// The name, and nothing of what was written: it stands on a screen that others may see.
function tell(what, name, chat) {
  if (!document.hidden || !isOn()) return;
  const { dataset } = byId("nav");
  const notice = new Notification(dataset[what].replace("{name}", name), { tag: `chat-${chat}` });
  notice.addEventListener("click", () => {
    window.focus();
    location.href = dataset.open.replace(/0$/, chat);
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
  const show = () => {
    const now = state() === "denied" ? "denied" : isOn() ? "granted" : "default";
    for (const one of part.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== now;
    byId("notify-on").hidden = now !== "default";
    byId("notify-off").hidden = now !== "granted";
  };
  byId("notify-on").addEventListener("click", async () => {
    choose("on");
    await Notification.requestPermission();
    show();
    (byId("notify-off").hidden ? byId("notifications-title") : byId("notify-off")).focus();
  });
  byId("notify-off").addEventListener("click", () => {
    choose("off");
    show();
    byId("notify-on").focus();
  });
  on("visibilitychange", show);
  part.hidden = false;
  show();
}
