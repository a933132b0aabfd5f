// Passkeys. A form with data-passkey asks us for a question (data-begin), hands it to the device
// ("create" or "get") and sends the answer as its hidden field. Without this file, or in a browser
// without passkeys, the form says that a code by mail works.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // What the server says in base64url, the browser wants as bytes.
  const question = ({ publicKey: key }) => {
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    for (const list of [key.excludeCredentials, key.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return { publicKey: key };
  };

  const answer = (made) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = text(made.response[part]);
    }
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response,
      clientExtensionResults: made.getClientExtensionResults(),
    });
  };

  const ask = async (form) => {
    const token = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const got = await fetch(form.dataset.begin, { method: "POST", body: token, redirect: "manual" });
    // Signed out, or asked to show who it is: the page itself leads there.
    if (got.type === "opaqueredirect") { location.assign(location.href); return new Promise(() => {}); }
    if (!got.ok) throw new Error(got.status);
    return question(await got.json());
  };

  const why = (error) => ({ NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" })[error.name] || "failed";

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const part = (name) => form.querySelector(`[data-${name}]`);
    const off = (name) => form.querySelector(`[data-off=${name}]`);
    const wrong = part("wrong");
    off("script").hidden = true;
    if (!window.PublicKeyCredential || !navigator.credentials) {
      off("browser").hidden = false;
      continue;
    }
    part("on").hidden = false;
    const button = part("on").querySelector("button");
    let busy = false;
    const go = async () => {
      if (busy) return;
      busy = true;
      wrong.hidden = true;
      button.setAttribute("aria-disabled", "true");
      try {
        const made = await navigator.credentials[form.dataset.passkey](await ask(form));
        form.elements.credential.value = answer(made);
        form.submit();
      } catch (error) {
        wrong.hidden = false;
        wrong.textContent = wrong.dataset[why(error)];
      } finally {
        busy = false;
        button.removeAttribute("aria-disabled");
      }
    };
    button.addEventListener("click", go);
    // Enter in the field for its name must not send the form without a passkey.
    form.addEventListener("submit", (event) => { event.preventDefault(); go(); }, true);
  }
})();
