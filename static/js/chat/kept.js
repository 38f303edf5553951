// What a tab remembers until it is sent: unsent messages and the text in the composer, of one person, and nothing else.
// Kept for the tab only, forgotten when it has been sent, when the chat is over and at the sign-out.

const all = "chat-";

/** What is kept under `name` for this person and chat; null without it, or where the browser keeps nothing. */
export function kept(me, chat, name) {
  try {
    return JSON.parse(sessionStorage.getItem(`${all}${me}-${chat}-${name}`));
  } catch {
    return null;
  }
}

/** Keeps `value`; an empty one is forgotten. */
export function keep(me, chat, name, value) {
  const key = `${all}${me}-${chat}-${name}`;
  try {
    if (value?.length) sessionStorage.setItem(key, JSON.stringify(value));
    else sessionStorage.removeItem(key);
  } catch { /* A browser that keeps nothing: the page itself still has it. */ }
}

/** Forgets everything, or everything that is not this person's. */
export function forget(unless = "") {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(all) && !(unless && key.startsWith(`${all}${unless}-`))) sessionStorage.removeItem(key);
    }
  } catch { /* Nothing is kept. */ }
}

document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/sign-out")) forget();
});
