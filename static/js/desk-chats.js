// The agent's queue: asks for its fragment whenever the queue has changed, counts what is unread, tells a hidden tab.

const socket = window.helpdeskSocket ?? io({ transports: ["websocket", "polling"], tryAllTransports: true });
const open = Number(document.querySelector("[data-chat]")?.dataset.chat ?? 0);
const plain = document.title;

const refresh = () => document.getElementById("chats")?.dispatchEvent(new Event("refresh"));
socket.on("queue:changed", refresh);
socket.on("presence:changed", refresh);
socket.on("message:said", (said) => {
  if (said.chat === open && !document.hidden) return;
  const mark = document.querySelector(`[data-unread="${Number(said.chat)}"]`);
  if (mark) mark.textContent = String(Number(mark.textContent || 0) + 1);
  if (document.hidden) document.title = `(!) ${plain}`;
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = plain; });
