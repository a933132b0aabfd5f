// Keeps what is typed into a write box: a second after typing, and on leaving. The box knows which
// draft it goes on with; the server never lets older words overwrite newer ones.
(() => {
  "use strict";
  const SENT = ["csrfmiddlewaretoken", "once", "draft", "version", "turn", "title", "text"];
  const boxes = new Map(); // form -> what is known of its draft

  const typed = (form) => JSON.stringify(["title", "text", "room"].map((name) => form.elements[name]?.value ?? ""));
  const say = (box, text) => { if (box.line.textContent !== text) box.line.textContent = text; };

  // On leaving, what has not reached the server waits in this tab: a page that is reloaded may be
  // made before the saving arrives. It goes on as the same box, so that the saving is no rival.
  const KEPT = 10_000; // milliseconds: later the server's own draft is as new, or newer
  const stash = (form, box) => {
    const fields = Object.fromEntries([...SENT.slice(1), "room"].map((name) => [name, form.elements[name]?.value]));
    try { sessionStorage.setItem(box.line.dataset.draft, JSON.stringify({ at: Date.now(), fields })); } catch { /* private window */ }
  };
  const drop = (box) => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(box.line.dataset.draft));
      sessionStorage.removeItem(box.line.dataset.draft);
      return kept;
    } catch { return null; }
  };
  const unstash = (form, box) => {
    const kept = drop(box);
    if (!kept || Date.now() - kept.at > KEPT || box.saved === null) return false;
    for (const [name, value] of Object.entries(kept.fields)) {
      if (value !== undefined && form.elements[name]) form.elements[name].value = value;
    }
    return true;
  };

  const send = (form, leaving = false) => {
    const box = boxes.get(form);
    const now = typed(form);
    clearTimeout(box.timer);
    if (box.posting || now === box.saved) return box.busy;
    if (box.busy && !leaving) return box.busy.then(() => send(form));
    const turn = Number(form.elements.turn.value) + 1;
    form.elements.turn.value = turn;
    const body = new FormData();
    for (const name of SENT) if (form.elements[name]) body.append(name, form.elements[name].value);
    if (form.elements.room) body.append("room", form.elements.room.value);
    box.saved = now;
    box.busy = fetch(box.line.dataset.draft, { method: "POST", body, keepalive: leaving, redirect: "error" })
      .then(async (answer) => {
        const told = answer.ok || answer.status === 422 ? await answer.json() : {};
        if (!answer.ok) throw [told.said || box.line.dataset[{ 401: "out", 404: "gone" }[answer.status] || "lost"]];
        if (turn !== Number(form.elements.turn.value)) return; // a later one is on its way
        if (told.draft) {
          form.elements.draft.value = told.draft;
          form.elements.version.value = told.version;
        }
        const chosen = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
        say(box, chosen && told.said ? `${told.said} ${box.line.dataset.files}` : told.said);
      })
      .catch((why) => {
        if (box.saved === now) box.saved = null; // the next key, or leaving, tries again
        say(box, Array.isArray(why) ? why[0] : box.line.dataset.lost);
      })
      .finally(() => { box.busy = null; });
    return box.busy;
  };

  const start = () => {
    for (const form of boxes.keys()) if (!form.isConnected) { clearTimeout(boxes.get(form).timer); boxes.delete(form); }
    for (const line of document.querySelectorAll("[data-draft]")) {
      const form = line.closest("form");
      if (boxes.has(form)) continue;
      const unsaved = "unsaved" in line.dataset;
      const box = { line, saved: unsaved ? null : typed(form), timer: 0, busy: null, posting: false };
      boxes.set(form, box);
      if (unstash(form, box) || unsaved) send(form);
    }
  };
  const hide = () => { for (const form of boxes.keys()) send(form, true); };
  const leave = () => {
    const waiting = [...boxes].filter(([form, box]) => !box.posting && (box.busy || typed(form) !== box.saved));
    hide();
    for (const [form, box] of waiting) stash(form, box);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    const box = boxes.get(form);
    if (!box) return;
    box.posting = false;
    drop(box);
    clearTimeout(box.timer);
    box.timer = setTimeout(send, 1000, form);
  });
  // What is being posted is not saved any more; a saving that is on its way still comes too late.
  document.addEventListener("submit", (event) => {
    const box = boxes.get(event.target);
    if (!box || event.defaultPrevented) return;
    clearTimeout(box.timer);
    drop(box);
    box.posting = true;
    event.target.elements.turn.value = Number(event.target.elements.turn.value) + 1;
  }, true);
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(kind, (event) => {
      const box = boxes.get(event.detail.elt);
      if (box) { box.posting = false; send(event.detail.elt); }
    });
  }
  // "Quote" leads to a page that puts the quote below the draft: that must be there by then.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-quote]");
    const form = document.getElementById("reply");
    if (!link || !boxes.has(form) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const saving = send(form);
    if (!saving) return;
    event.preventDefault();
    saving.finally(() => { location.assign(link.href); });
  });
  // Before a reload the page asks for itself anew: what was typed must be on its way by then.
  addEventListener("beforeunload", leave);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") hide(); });
  document.addEventListener("htmx:afterSettle", start);
  start();
})();
