"use strict";
// What every page does: carry the token of forms, show the theme, speak of what happened, obey the keyboard.

const root = document.documentElement;
const one = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const typing = (element) => element instanceof Element && element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ---------------------------------------------------------------- errors, where a test can see them
const errors = [];
function noted(text) {
  errors.push(text);
  root.dataset.errors = errors.join("\n");
}
addEventListener("error", (event) => noted(String(event.message)));
addEventListener("unhandledrejection", (event) => noted(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => noted(`blocked: ${event.violatedDirective}`));

// ---------------------------------------------------------------- toasts
const STAYS_MS = 7000;

function toast({ title, text = "", kind = "done", level = "", href = "" }) {
  const room = one("#toasts");
  if (!room) return;
  const words = element("div", { class: "words" }, element("strong", {}, title));
  if (text) words.append(href ? element("a", { href }, text) : element("p", {}, text));
  const close = element("button", { type: "button", class: "quiet small only-icon", "aria-label": "Dismiss" }, "×");
  const made = element("div", { class: `toast ${kind} ${level ? `level-${level}` : ""}`, role: kind === "failed" ? "alert" : "status" }, words, close);
  let timer = setTimeout(() => made.remove(), STAYS_MS);
  close.addEventListener("click", () => made.remove());
  made.addEventListener("pointerenter", () => clearTimeout(timer));
  made.addEventListener("pointerleave", () => (timer = setTimeout(() => made.remove(), STAYS_MS)));
  while (room.children.length >= 4) room.firstChild.remove();
  room.append(made);
}

// ---------------------------------------------------------------- htmx
addEventListener("htmx:configRequest", (event) => {
  const token = one("meta[name=csrf-token]")?.content;
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});
addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters } = event.detail; // addresses hold only what is not as usual
  if (verb === "get") for (const [name, value] of [...parameters.entries?.() ?? Object.entries(parameters)]) if (value === "") delete parameters[name];
});
let stoodOn = "";
const isLive = (event) => event.detail.requestConfig?.triggeringEvent?.type.startsWith("live-");
const isAsked = () => one("#confirm")?.open; // what somebody is asked about must be there when they answer
addEventListener("htmx:beforeRequest", (event) => {
  const live = isLive(event);
  const busy = isAsked() || one("form[data-some], dialog[open]", event.detail.elt) || event.detail.elt.contains(document.activeElement?.closest("dialog"));
  if (live && busy) event.preventDefault(); // nothing moves under somebody's hands
});
addEventListener("htmx:beforeSwap", (event) => {
  if (isLive(event) && isAsked()) event.detail.shouldSwap = false;
});
addEventListener("htmx:beforeSwap", () => (stoodOn = current()?.dataset.item ?? ""));
addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  let said = {};
  try {
    said = JSON.parse(xhr.responseText);
  } catch {
    said = { title: `The server answered ${xhr.status}` };
  }
  toast({ title: said.title || "That did not work", text: said.detail || "Try again; the server's log says more.", kind: "failed" });
});
addEventListener("htmx:sendError", () =>
  toast({ title: "The server cannot be reached", text: "Check that `hunter serve` runs, then try again.", kind: "failed" }),
);
addEventListener("toast", (event) => toast(event.detail)); // the answer's HX-Trigger
addEventListener("close-dialog", () => {
  for (const dialog of all("dialog[open]")) {
    for (const form of all("form", dialog)) form.reset();
    dialog.close();
  }
});
addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail; // a form that comes back with its faults
  if (xhr.status === 422 && xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) [event.detail.shouldSwap, event.detail.isError] = [true, false];
});
addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = one("#confirm");
  one("p", dialog).textContent = event.detail.question;
  one(".primary", dialog).textContent = event.target.dataset.yes || "Yes";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  dialog.showModal();
});

// ---------------------------------------------------------------- dialogs, theme
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  if (opener) {
    const opened = one(opener.dataset.opens);
    if (opened && !opened.open) opened.showModal();
  }
  if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement) target.close(); // its backdrop
  if (target?.closest("[data-theme-switch]")) switchTheme();
  if (target?.closest("[data-shortcuts]")) showShortcuts();
  if (target?.closest("[data-copies]")) copy(target.closest("[data-copies]"));
});

function switchTheme() {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("anomaly-hunter-theme", root.dataset.theme);
  } catch {
    // Storage is closed: the choice lasts as long as the page.
  }
  document.dispatchEvent(new CustomEvent("theme-changed")); // canvases paint themselves anew
}

async function copy(button) {
  const text = button.dataset.copies || location.href;
  try {
    await navigator.clipboard.writeText(text);
    if (button.dataset.quietly !== undefined) button.textContent = "Copied"; // a secret stands in no toast
    else toast({ title: "Copied", text });
  } catch {
    toast({ title: "The browser does not let pages copy", text: button.dataset.quietly === undefined ? text : "Choose it and copy it by hand.", kind: "failed" });
  }
}

// ---------------------------------------------------------------- keyboard
// data-key="a": pressing it clicks (or focuses) the element; data-does says what for. `?` lists them.
const SEQUENCE_MS = 1200;
let begun = "";
let begunAt = 0;

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target) || (one("dialog[open]") && event.key !== "?")) return;
  const key = event.timeStamp - begunAt < SEQUENCE_MS && begun ? `${begun} ${event.key}` : event.key;
  begun = "";
  if (key === "?") return showShortcuts();
  if (moved(key)) return event.preventDefault();
  const found = all(`[data-key="${CSS.escape(key)}"]`).find((each) => !each.disabled && (each.checkVisibility() || each.matches("[data-acts]"))) ?? one(`.side [data-key="${CSS.escape(key)}"]`);
  if (found) {
    event.preventDefault();
    obey(found);
  } else if (one(`[data-key^="${CSS.escape(key)} "]`)) {
    [begun, begunAt] = [key, event.timeStamp];
  }
});

function obey(found) {
  if (!found.matches("input, select, textarea")) return chooseCurrent(found), found.click();
  found.focus();
  found.select?.();
}

function showShortcuts() {
  const dialog = one("#shortcuts");
  if (dialog.open) return dialog.close();
  const known = new Map();
  if (one("[data-list]")) known.set("j", "Next in the list").set("k", "Previous").set("Enter", "Open it");
  if (one("[data-list] input[type=checkbox]")) known.set("x", "Choose it");
  for (const each of all("[data-key]")) known.set(each.dataset.key, each.dataset.does || each.textContent.trim());
  known.set("?", "These shortcuts").set("Escape", "Leave a field, close a dialog");
  const lines = [...known].flatMap(([key, does]) => [
    element("dt", {}, ...key.split(" ").map((part) => element("kbd", { class: "kbd" }, part))),
    element("dd", {}, does),
  ]);
  one("dl", dialog).replaceChildren(...lines);
  dialog.showModal();
}

// Lists: [data-list] holds [data-item] with one [data-open] link each, and perhaps a checkbox.
const items = () => all("[data-list] [data-item]").filter((each) => each.checkVisibility());
const current = () => document.activeElement?.closest?.("[data-item]") ?? one("[data-item][data-current]");

function moved(key) {
  const list = items();
  if (!list.length) return false;
  const at = list.indexOf(current());
  if (key === "j" || key === "k") {
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + (key === "j" ? 1 : -1)))];
    point(next);
    return true;
  }
  if (key === "x" && at >= 0) {
    one("input[type=checkbox]", list[at])?.click();
    return true;
  }
  return false;
}

function point(item) {
  for (const each of all("[data-item][data-current]")) delete each.dataset.current;
  item.dataset.current = "";
  one("[data-open]", item)?.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// An action on a list with nothing chosen acts on the line that the keyboard stands on.
function chooseCurrent(button) {
  const form = button.matches("[data-acts]") ? button.form : null;
  if (!form || one("[data-item] input:checked", form)) return;
  const box = current() && one("input[type=checkbox]", current());
  if (box) {
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// ---------------------------------------------------------------- choosing lines
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  const form = box.closest("form[data-chooses]");
  if (!form) return;
  const boxes = all("[data-item] input[type=checkbox]", form);
  if (box.matches("[data-choose-all]")) for (const each of boxes) each.checked = box.checked;
  countChosen(form, boxes);
});

function countChosen(form, boxes = all("[data-item] input[type=checkbox]", form)) {
  const chosen = boxes.filter((each) => each.checked).length;
  form.toggleAttribute("data-some", chosen > 0);
  for (const each of all("[data-chosen]", form)) each.textContent = `${chosen} chosen`;
  const whole = one("[data-choose-all]", form);
  if (whole) [whole.checked, whole.indeterminate] = [chosen > 0 && chosen === boxes.length, chosen > 0 && chosen < boxes.length];
}

// ---------------------------------------------------------------- lists that are whole on the page are searched here
function filterLines(field) {
  const wanted = field.value.trim().toLowerCase();
  const lines = all(`${field.dataset.filters} [data-item]`);
  for (const line of lines) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  const told = one("[data-filtered]", field.closest(".filter"));
  if (told) told.textContent = wanted ? `${lines.filter((line) => !line.hidden).length} of ${lines.length}` : "";
}
document.addEventListener("input", (event) => event.target.matches("[data-filters]") && filterLines(event.target));
for (const field of all("[data-filters]")) field.closest(".needs-js").hidden = false;

addEventListener("htmx:afterSettle", () => {
  for (const field of all("[data-filters]")) filterLines(field);
  for (const form of all("form[data-chooses]")) countChosen(form);
  const item = stoodOn && one(`[data-item="${CSS.escape(stoodOn)}"]`);
  if (item && document.activeElement === document.body) point(item);
  stoodOn = "";
});

// ---------------------------------------------------------------- live
// Every happening becomes an event on the body ("live-incident", "live-watch", ...): parts of a page that say
// hx-trigger="live-incident from:body" ask again. A hidden window lets go of its connection; browsers have few.
const KINDS = ["opened", "acknowledged", "assigned", "resolved", "reopened", "muted", "commented", "merged", "verdict", "silenced"].map((word) => `incident.${word}`)
  .concat(["feedback", "watch.ran", "watch.failed", "watch.changed", "job.queued", "job.progress", "job.done", "job.failed", "job.cancelled", "silence.changed", "event.kept"]);
const SPOKEN = {
  "incident.opened": ["New incident", "error"], "incident.reopened": ["Reopened", "error"], "incident.acknowledged": ["Acknowledged", "information"],
  "incident.assigned": ["Assigned", "information"], "incident.resolved": ["Resolved", "calm"], "incident.commented": ["Comment", "information"],
  "watch.failed": ["A watch failed", "error"], "job.failed": ["A hunt failed", "error"],
};
const AGAIN_MS = 15_000;
let source = null;
const me = () => one("meta[name=caller]")?.content;

function happened(event) {
  let data = {};
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  const about = { id: data.about, ...data.data };
  document.body.dispatchEvent(new CustomEvent(`live-${event.type.split(".")[0]}`, { detail: { ...about, kind: event.type } }));
  const [title, level] = SPOKEN[event.type] ?? [];
  if (!title || (about.by && about.by === me())) return;
  const href = event.type.startsWith("incident.") && /^[0-9a-f]{12}$/.test(about.id ?? "") ? `/incidents/${about.id}` : "";
  toast({ title: about.by ? `${title} by ${about.by}` : title, text: about.headline || about.name || about.error || "", level, href });
}

function listen() {
  if (source || document.hidden || !one("meta[name=live]")) return;
  source = new EventSource(one("meta[name=live]").content);
  source.addEventListener("open", () => live(true));
  source.addEventListener("error", () => {
    live(false);
    if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    source = null;
    setTimeout(listen, AGAIN_MS);
  });
  for (const kind of KINDS) source.addEventListener(kind, happened);
}

function live(on) {
  for (const each of all(".live")) {
    each.classList.toggle("on", on);
    each.textContent = on ? "Live" : "Not live";
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    for (const noun of ["incident", "watch", "silence", "event"]) document.body.dispatchEvent(new CustomEvent(`live-${noun}`)); // what was missed
    return listen();
  }
  source?.close();
  source = null;
});
addEventListener("pagehide", () => source?.close());
listen();
