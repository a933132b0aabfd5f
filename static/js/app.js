// Small helps on top of plain forms. Everything here can fail or be missing: the pages still work.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const words = live ? live.dataset : {};
  const say = (text) => {
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60); // an emptied region is read again
  };

  // A form is sent once: the pressed button says so and further presses wait.
  const sent = new Map(); // form -> [button, its words]
  const release = (form) => {
    const [button, text] = sent.get(form) || [];
    sent.delete(form);
    if (!button) return;
    button.removeAttribute("aria-disabled");
    (button.querySelector("span") || button).textContent = text;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    setTimeout(release, 15000, form); // an answer that is a file leaves the page as it is
    const button = event.submitter || form.querySelector("button:not([type=button])");
    if (!button) { sent.set(form, []); return; }
    const label = button.querySelector("span") || button;
    sent.set(form, [button, label.textContent]);
    button.setAttribute("aria-disabled", "true");
    if (!button.hasAttribute("aria-pressed")) label.textContent = words.sending;
    else for (const other of form.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
  }, true);
  addEventListener("pageshow", () => [...sent.keys()].forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => release(event.detail.elt));

  // Words in a form that keeps no draft: the browser asks before they are lost. After a mistake the
  // words stand there as if they had never been otherwise.
  const unsent = (box) => box.form?.method === "post" && !box.form.querySelector("[data-draft]") && !sent.has(box.form)
    && (box.value !== box.defaultValue || (box.value && box.form.querySelector(".summary")));
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("textarea")].some(unsent)) event.preventDefault();
  });

  // What went wrong is said, and what was pressed can be pressed again.
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(kind, (event) => {
      for (const button of event.detail.elt.querySelectorAll("[aria-pressed]")) {
        button.setAttribute("aria-pressed", String(button.defaultPressed || false));
      }
      say(words.lost);
    });
  }
  document.addEventListener("say", (event) => say(event.detail.value)); // HX-Trigger: {"say": "…"}

  // Each new part of a page, also the first: errors get the focus, narrow tables leave the tab order.
  const settle = (part) => {
    const wrong = part.querySelector(".summary");
    if (wrong) {
      wrong.focus();
      if (!document.title.startsWith(words.error)) document.title = `${words.error} ${document.title}`;
    } else if (words.error && document.title.startsWith(words.error) && !document.querySelector(".summary")) {
      document.title = document.title.slice(words.error.length).trim(); // put right, without a new page
    }
    for (const button of part.querySelectorAll("[aria-pressed]")) button.defaultPressed = button.ariaPressed === "true";
    for (const table of part.querySelectorAll(".table[tabindex]")) {
      if (table.scrollWidth <= table.clientWidth + 1) table.removeAttribute("tabindex");
    }
    for (const table of part.querySelectorAll(".said table")) { // typed by people: wide ones join it
      if (table.scrollWidth > table.clientWidth + 1) table.tabIndex = 0;
    }
    for (const bar of part.querySelectorAll("[data-undo]")) {
      setTimeout(() => bar.querySelector("form")?.remove(), bar.dataset.undo * 1000);
    }
    for (const opener of part.querySelectorAll("[data-open]")) opener.hidden = false;
  };
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target.parentElement || event.target));
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".summary a");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (field) { event.preventDefault(); field.focus(); }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    for (const menu of document.querySelectorAll(".switch[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // A code pasted with spaces or words around it is still the code.
  document.addEventListener("paste", (event) => {
    const field = event.target;
    if (field.autocomplete !== "one-time-code") return;
    const text = event.clipboardData.getData("text").trim();
    const code = text.match(/\b\d{3}[\s-]?\d{3}\b/)?.[0] || text;
    event.preventDefault();
    field.value = code.replace(/\s/g, "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Keyboard shortcuts; they can be turned off, per device.
  const keysOn = document.getElementById("keys-on");
  const wanted = () => { try { return localStorage.keys !== "off"; } catch { return true; } };
  if (keysOn) {
    keysOn.checked = wanted();
    keysOn.addEventListener("change", () => { try { localStorage.keys = keysOn.checked ? "on" : "off"; } catch { /* private window */ } });
  }
  let went = -Infinity; // when "g" was pressed
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of document.querySelectorAll(".switch[open]")) { menu.open = false; menu.firstElementChild.focus(); }
    const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !wanted()) return;
    if (event.key === "?") document.getElementById("keys")?.showModal();
    if (event.key === "/") {
      const box = document.querySelector("input[type=search]");
      if (box) { event.preventDefault(); box.focus(); } else document.querySelector("[data-key='/']")?.click();
    }
    if (event.timeStamp - went < 1500) document.querySelector(`.nav [data-key='${CSS.escape(event.key)}']`)?.click();
    went = event.key === "g" ? event.timeStamp : -Infinity;
  });

  settle(document);
})();
