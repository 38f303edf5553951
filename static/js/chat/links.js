// Makes the http and https addresses of a text clickable, and nothing else; `helpdesk/web/filters.py` does the same.

const ADDRESS = /\bhttps?:\/\/[^\s<>"«»“”]+/gi;
const BEHIND = ".,;:!?'’)]}";

/** The text as nodes: plain, with links where an address stands. */
export function linked(text) {
  const nodes = new DocumentFragment();
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trimmed(found[0]);
    if (!URL.canParse(address)) continue;
    nodes.append(text.slice(end, found.index), link(address));
    end = found.index + address.length;
  }
  nodes.append(text.slice(end));
  return nodes;
}

function link(address) {
  return Object.assign(document.createElement("a"), {
    href: address, rel: "noopener noreferrer nofollow", target: "_blank", textContent: address,
  });
}

// What ends the sentence is not part of the address; a bracket is, if it was opened inside.
function trimmed(address) {
  let end = address.length;
  while (end && BEHIND.includes(address[end - 1])) end -= 1; // an expression that ends in $ starts anew at every sign
  const bare = address.slice(0, end);
  return bare.includes("(") && address[bare.length] === ")" ? `${bare})` : bare;
}
