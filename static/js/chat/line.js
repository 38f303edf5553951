// The line to the server: one socket a page, and its way back after every kind of loss.

const ANSWER_MS = 8_000;
// A server that stops says so, and goodbye within this time.
const GOODBYE_MS = 15_000;
// The server may say no for a moment only; then it is asked again.
const LATER = ["too_many", "chat_too_fast", "busy"];
const jitter = (least, most) => least + Math.random() * (most - least);

/**
 * Opens the line. `auth()` gives what the server is greeted with, so that it catches this chat up on every connect.
 * `hear(react)` is told the state, at once and whenever it changes: "connecting", "connected", "lost", or "refused" with
 * the code of the refusal, after which the line stays closed until `again()`.
 */
export function openLine(auth) {
  const socket = io({
    auth: (tell) => tell(auth?.() ?? {}),
    transports: ["websocket", "polling"], tryAllTransports: true,
    reconnectionDelay: 600, reconnectionDelayMax: 5_000, randomizationFactor: 0.5, timeout: ANSWER_MS,
  });
  const ears = [];
  let state = "connecting";
  let reason = "";

  const become = (next, code = "") => {
    state = next;
    reason = code;
    for (const react of ears) react(state, reason);
  };
  const again = () => { socket.disconnect(); socket.connect(); };
  const later = (least, most) => setTimeout(() => { if (!socket.connected) socket.connect(); }, jitter(least, most));

  socket.on("connect", () => become("connected"));
  socket.on("disconnect", (why) => {
    if (state !== "closed") become("lost");
    // A goodbye of the server ends the client's own attempts; so many come back that they must not come at once.
    if (why === "io server disconnect") later(500, 3_000);
  });
  socket.on("connect_error", (error) => {
    if (socket.active) return become("lost");
    if (!LATER.includes(error.message)) return become("refused", error.message);
    become("lost");
    later(4_000, 8_000);
  });
  socket.on("server:stopping", () => {
    become("lost");
    setTimeout(() => { if (state === "lost" && socket.connected) again(); }, GOODBYE_MS);
  });
  addEventListener("online", () => { if (state === "lost") again(); });
  // Also after a refusal: perhaps somebody has signed in again in another tab.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && ["lost", "refused"].includes(state) && !socket.connected) again();
  });

  return {
    on: (event, react) => socket.on(event, react),
    hear: (react) => { ears.push(react); react(state, reason); },
    get connected() { return state === "connected"; },
    greets: Boolean(auth),
    /** Asks for something; its answer, or null when none came in time or the line broke. */
    async ask(event, payload) {
      if (!socket.connected) return null;
      const answer = await socket.timeout(ANSWER_MS).emitWithAck(event, payload).catch(() => null);
      // Half open: a line that no longer answers is not waited for until the heartbeat notices.
      if (!answer && socket.connected) socket.io.engine.close();
      return answer;
    },
    mention: (event, payload) => { if (socket.connected) socket.volatile.emit(event, payload); },
    again,
    close: () => { become("closed"); socket.disconnect(); },
  };
}
