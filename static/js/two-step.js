// Passkeys: asks the desk what is to be signed, the browser for the signature, and sends the form with it.
// Forms for passkeys show only where the browser has them; every page offers another way. Texts come from the page.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) => bytes && btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => send(event, form));
  }
}
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

async function send(event, form) {
  const credential = form.elements.credential;
  // Without a name there is nothing to ask a device for: the desk says so.
  if (credential.value || form.elements.name?.value.trim() === "") return;
  event.preventDefault();
  const failed = form.querySelector("[role=alert]");
  const button = form.querySelector("[type=submit]");
  failed.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(form.dataset.options, {
      method: "POST", headers: { "X-CSRFToken": form.elements.csrf_token.value }, redirect: "manual",
    });
    // Whoever took too long is led on by the form itself, as without a passkey.
    const wanted = answer.ok ? await answer.json() : null;
    if (wanted) credential.value = JSON.stringify(await (form.dataset.passkey === "create" ? create(wanted) : sign(wanted)));
    else credential.value = "{}";
    form.submit();
  } catch {
    failed.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

async function create(wanted) {
  const publicKey = {
    ...wanted, challenge: toBytes(wanted.challenge), user: { ...wanted.user, id: toBytes(wanted.user.id) },
    excludeCredentials: known(wanted.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    ...named(made),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function sign(wanted) {
  const publicKey = { ...wanted, challenge: toBytes(wanted.challenge), allowCredentials: known(wanted.allowCredentials) };
  const signed = await navigator.credentials.get({ publicKey });
  return {
    ...named(signed),
    response: {
      clientDataJSON: toText(signed.response.clientDataJSON),
      authenticatorData: toText(signed.response.authenticatorData),
      signature: toText(signed.response.signature),
      userHandle: toText(signed.response.userHandle),
    },
  };
}

const named = (one) => ({ id: one.id, rawId: toText(one.rawId), type: one.type, clientExtensionResults: {} });
