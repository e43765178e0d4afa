"use strict";
// The incident page besides its charts: evidence opens where a link leads, actions show at once, others' changes arrive.
{
  const page = document.querySelector("[data-incident]");

  const show = (scope) => {
    for (const part of scope.querySelectorAll(".needs-js")) part.hidden = false;
    for (const part of scope.querySelectorAll(".needs-playback")) part.hidden = !document.getElementById("player");
  };

  // A link to something folded opens it first.
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: target.matches(".proof-body") ? "center" : "start", behavior: calm ? "auto" : "smooth" });
  };

  // What a person opened is in the address too.
  const remember = (event) => {
    const proof = event.target;
    if (!(proof instanceof HTMLDetailsElement) || !proof.matches(".proof")) return;
    const anchor = proof.querySelector("[id]")?.id;
    if (!anchor) return;
    if (proof.open) history.replaceState(history.state, "", `#${anchor}`);
    else if (location.hash === `#${anchor}`) history.replaceState(history.state, "", location.pathname + location.search);
  };

  const openPoint = () => {
    const at = Permalink.get("point");
    const main = document.querySelector('figure[data-keeps="zoom"]');
    if (at && main && main.dataset.explain) explainPoint(main, at);
  };

  // Shown before the server has answered, taken back where it refuses.
  const expect = (event) => {
    const form = event.detail.elt;
    const state = document.querySelector("#incident-live .state");
    if (!form.dataset?.stateAfter || !state) return;
    state.dataset.was = state.lastChild.textContent;
    state.lastChild.textContent = form.dataset.stateAfter;
    state.closest(".incident-head").classList.add("pending");
  };

  const takeBack = () => {
    const state = document.querySelector("#incident-live .state[data-was]");
    if (!state) return;
    state.lastChild.textContent = state.dataset.was;
    state.closest(".incident-head").classList.remove("pending");
  };

  // Whoever acts stays at the actions, though their buttons are new ones, and perhaps twice: the answer
  // and the live update come in any order.
  let acting = false;
  const stay = () => {
    if (acting && document.activeElement === document.body) document.querySelector("#incident-live .action-row :is(button, summary)")?.focus({ preventScroll: true });
  };
  const leave = (event) => {
    if (!event.target.closest?.(".action-row")) acting = false;
  };

  const busy = () => document.querySelector("#incident-live .menu[open]") !== null;
  let stale = false;

  const refresh = () => {
    if (busy()) {
      stale = true; // somebody is choosing: their menu is not closed under their hand
      return;
    }
    stale = false;
    htmx.ajax("GET", `/incidents/${page.dataset.incident}/live`, { target: "#incident-live", swap: "outerHTML" });
  };

  // A refresh that was asked for before somebody opened a menu waits like one that comes after.
  const hold = (event) => {
    const live = event.detail.target?.id === "incident-live" && event.detail.requestConfig?.verb === "get";
    if (!live || !busy()) return;
    event.detail.shouldSwap = false;
    stale = true;
  };

  const explainRow = (event) => {
    const link = event.target.closest?.("[data-explain-row]");
    const panel = document.getElementById("row-explained");
    if (!link || !panel || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    panel.hidden = false;
    fetch(link.href, { headers: { "HX-Request": "true" } })
      .then((answer) => answer.text())
      .then((text) => panel.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes))
      .then(() => showTimes(panel))
      .then(() => panel.scrollIntoView({ block: "nearest" }))
      .catch(() => (panel.textContent = "The row cannot be explained: the server does not answer."));
  };

  // Which part of the page is read.
  const spy = () => {
    const links = [...document.querySelectorAll(".parts a")];
    const parts = links.map((link) => document.querySelector(link.hash));
    const above = parts.filter((part) => part && part.getBoundingClientRect().top < innerHeight / 3);
    const now = links[parts.indexOf(above[above.length - 1])];
    for (const link of links) link.toggleAttribute("data-now", link === now);
  };

  if (page) {
    addEventListener("scroll", spy, { passive: true });
    addEventListener("hashchange", openTarget);
    document.addEventListener("toggle", remember, true);
    document.addEventListener("toggle", () => stale && !busy() && refresh(), true);
    document.addEventListener("click", (event) => {
      explainRow(event);
      if (event.target.closest?.("[data-forget-effect]")) document.getElementById("feedback-effect").replaceChildren();
      const link = event.target.closest?.("a.proof-link");
      if (link && link.hash === location.hash) openTarget();
      for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && event.target.closest?.(".menu[open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    });
    document.addEventListener("toggle", (event) => event.target.matches?.(".menu[open]") && event.target.querySelector("textarea, input:not([type=hidden]), select").focus(), true);
    addEventListener("htmx:beforeRequest", expect);
    addEventListener("htmx:beforeSwap", hold);
    addEventListener("htmx:beforeRequest", (event) => (acting ||= Boolean(event.detail.elt.closest?.(".action-row"))));
    addEventListener("focusin", leave);
    addEventListener("pointerdown", leave);
    addEventListener("htmx:responseError", takeBack);
    addEventListener("htmx:sendError", takeBack);
    addEventListener("htmx:afterSwap", () => show(document));
    addEventListener("htmx:afterSettle", stay);
    addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful && event.detail.elt.matches?.("[data-clears]")) event.detail.elt.reset();
    });
    document.body.addEventListener("live-incident", (event) => event.detail.id === page.dataset.incident && refresh());
    document.body.addEventListener("live-feedback", (event) => event.detail.id === page.dataset.incident && refresh());
    show(document);
    openTarget();
    openPoint();
  }
}
