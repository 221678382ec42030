// Makes pages live; every one of them works without it.
//
//  data-unread            shows the number of unread inbox items, told by the server as it changes
//  data-refresh="inbox"   is fetched again when that number changes
//  form[data-swap=ID]     is sent in the background and only the element with that id replaced
//  textarea[data-draft]   keeps what was typed in this tab until it is sent
//  button[data-ask=ID]    asks by itself when somebody pauses, and puts the answer into the
//                         element with that id, which stays: so a screen reader tells of it
(() => {
  "use strict";
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("kindred", { createHTML: (text) => text })
    : { createHTML: (text) => text };
  const parse = (text) => new DOMParser().parseFromString(policy.createHTML(text), "text/html");
  const page = async (url, options) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options });
    return { answer, fresh: parse(await answer.text()) };
  };
  const swap = (id, fresh) => {
    const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!now || !next) return false;
    const focused = now.contains(document.activeElement) && document.activeElement.id;
    now.replaceWith(document.adoptNode(next));
    if (focused) document.getElementById(focused)?.focus();
    return true;
  };

  // Live inbox.
  const shown = () => document.querySelectorAll("[data-unread]");
  const tell = async (unread) => {
    for (const place of shown()) {
      place.hidden = unread === 0;
      place.textContent = `${unread} new`;
    }
    const list = document.querySelector("[data-refresh=inbox]");
    if (list && Number(list.dataset.seen) !== unread) {
      const { answer, fresh } = await page(location.href);
      if (answer.ok) swap(list.id, fresh);
    }
  };
  if (shown().length > 0 && window.EventSource) {
    const events = new EventSource("/api/v1/inbox/events");
    events.addEventListener("unread", (event) => tell(JSON.parse(event.data).unread));
    addEventListener("pagehide", () => events.close());
  }

  // One part of a page instead of all of it.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const { answer, fresh } = await page(form.action, { method: "POST", body });
      if (answer.ok && swap(form.dataset.swap, fresh)) return;
    } catch { /* the plain way below tells people what is wrong */ }
    delete form.dataset.swap;
    form.requestSubmit(event.submitter ?? undefined);
  });

  // Drafts.
  const name = (field) => `draft:${location.pathname}:${field.dataset.draft}`;
  for (const field of document.querySelectorAll("textarea[data-draft], input[data-draft]")) {
    const kept = sessionStorage.getItem(name(field));
    if (kept && !field.value) field.value = kept;
    field.addEventListener("input", () => sessionStorage.setItem(name(field), field.value));
    field.form?.addEventListener("submit", () => sessionStorage.removeItem(name(field)));
  }

  // What was asked before, while somebody types.
  for (const button of document.querySelectorAll("button[data-ask]")) {
    const form = button.form;
    const place = document.getElementById(button.dataset.ask);
    let pause, running, asked;
    const ask = async () => {
      const body = new URLSearchParams(new FormData(form));
      const typed = ["title", "text"].map((field) => body.get(field) ?? "").join(" ").trim();
      if (typed.length < 8 || typed === asked) return;
      running?.abort();
      running = new AbortController();
      try {
        const { answer, fresh } = await page(button.formAction, { method: "POST", body, signal: running.signal });
        const next = fresh.getElementById(place.id);
        if (!answer.ok || !next) return;
        asked = typed;
        if (next.textContent.trim() !== place.textContent.trim()) place.replaceChildren(...document.adoptNode(next).childNodes);
      } catch { /* it only helps: nobody is stopped */ }
    };
    form.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(ask, 800);
    });
    form.addEventListener("submit", () => running?.abort());
  }

  // The reader's own clock.
  const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) time.title = clock.format(new Date(time.dateTime));
})();
