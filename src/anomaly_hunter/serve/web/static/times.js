"use strict";
// Times: relative ones stay true while the page stands; exact ones are read in UTC, or in the browser's own zone.
const AGO = [[86400 * 7, "w"], [86400, "d"], [3600, "h"], [60, "min"]];
const MOMENTS = /(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?: to (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? UTC/g;
const LEFT_ALONE = "blockquote, code, pre, textarea, script, style"; // what others wrote stays as they wrote it

const Zone = {
  key: "anomaly-hunter-zone",
  own: new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  chosen: false,
  used: false, // since the page was loaded
  formats: new Map(),

  begin() {
    try {
      this.chosen = localStorage.getItem(this.key) === "local";
    } catch {
      // Storage is closed: UTC.
    }
  },

  get name() {
    return this.chosen ? this.own : "Etc/UTC";
  },

  change(chosen) {
    this.chosen = chosen;
    try {
      localStorage.setItem(this.key, chosen ? "local" : "utc");
    } catch {
      // Storage is closed: the choice lasts as long as the page.
    }
    showTimes();
    document.dispatchEvent(new CustomEvent("zone-changed"));
  },

  // The day, the clock and the zone's short name at a moment: ["2026-11-21", "15:05:00", "CET"].
  parts(at, zone = this.name) {
    if (!this.formats.has(zone))
      this.formats.set(zone, new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
        hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
      }));
    const found = Object.fromEntries(this.formats.get(zone).formatToParts(at).map(({ type, value }) => [type, value]));
    return [`${found.year}-${found.month}-${found.day}`, `${found.hour}:${found.minute}:${found.second}`, found.timeZoneName];
  },

  // Milliseconds that its clocks are ahead of UTC at a moment.
  ahead(at) {
    const [day, clock] = this.parts(at);
    return Date.parse(`${day}T${clock}Z`) - Math.floor(at / 1000) * 1000;
  },

  moment(at, seconds = false) {
    const [day, clock, name] = this.parts(at);
    return `${day} ${seconds ? clock : clock.slice(0, 5)} ${name}`;
  },

  // A text of the server's with its moments in the chosen zone, which each of them names.
  text(said) {
    if (!this.chosen) return said;
    return said.replace(MOMENTS, (whole, day, clock, lastDay, lastClock) => {
      const seconds = clock.length > 5 || (lastClock ?? "").length > 5;
      const begin = Date.parse(`${day}T${clock}Z`);
      if (Number.isNaN(begin)) return whole;
      if (!lastClock) return this.moment(begin, seconds);
      const end = Date.parse(`${lastDay ?? day}T${lastClock}Z`);
      const first = this.moment(begin, seconds).split(" ");
      const last = this.moment(end, seconds).split(" ");
      return `${first[0]} ${first[1]} to ${last[0] === first[0] ? "" : `${last[0]} `}${last[1]} ${last[2]}`;
    });
  },
};

function ago(seconds) {
  const size = Math.abs(seconds);
  const [length, unit] = AGO.find(([least]) => size >= least) ?? [0, ""];
  if (!unit) return seconds < 0 ? "in a moment" : "just now";
  const text = `${Math.floor(size / length)} ${unit}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

const saidFirst = new WeakMap(); // text node or attribute's element -> what the server wrote there

function showText(node) {
  if (!saidFirst.has(node)) saidFirst.set(node, node.data);
  const said = Zone.text(saidFirst.get(node));
  if (node.data !== said) node.data = said;
}

function showTime(time) {
  const at = Date.parse(time.dateTime);
  if (time.dataset.ago === undefined || Number.isNaN(at)) return;
  time.textContent = ago((Date.now() - at) / 1000);
  time.dataset.utc ??= time.title;
  time.title = Zone.chosen ? `${Zone.moment(at, true)} (${time.dataset.utc})` : time.dataset.utc;
}

// Ticks of axes that the server drew stand on round moments of UTC: moved to those of the chosen zone.
function showAxis(axis) {
  const [since, until] = [Number(axis.dataset.since), Number(axis.dataset.until)];
  const ticks = [...axis.querySelectorAll("[data-at]")];
  const step = Math.min(ticks.length > 1 ? Number(ticks[1].dataset.at) - Number(ticks[0].dataset.at) : 86400e3, 86400e3);
  for (const tick of ticks) {
    const at = Number(tick.dataset.at);
    const ahead = Zone.ahead(at);
    const moved = at - (((ahead % step) + step) % step);
    const left = (100 * (moved - since)) / (until - since);
    const [day, clock] = Zone.parts(moved);
    const text = tick.querySelector("text");
    text.textContent = clock.startsWith("00:00") ? new Date(`${day}T12:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }) : clock.slice(0, 5);
    text.setAttribute("text-anchor", left > 97 ? "end" : left < 3 ? "start" : "middle");
    tick.toggleAttribute("hidden", left < 0);
    text.setAttribute("x", `${left}%`);
    for (const end of ["x1", "x2"]) tick.querySelector("line").setAttribute(end, `${left}%`);
  }
}

function showTimes(scope = document) {
  for (const time of scope.querySelectorAll("time[data-ago]")) showTime(time);
  if (Zone.chosen) Zone.used = true;
  for (const part of Zone.used ? scope.querySelectorAll("[data-moments]") : []) {
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(LEFT_ALONE)) showText(walk.currentNode);
  }
  for (const axis of Zone.used ? scope.querySelectorAll("[data-axis]") : []) showAxis(axis);
  for (const name of scope.querySelectorAll("[data-zone-name]")) name.textContent = Zone.chosen ? Zone.parts(Date.now())[2] : "UTC";
  for (const button of document.querySelectorAll("[data-zone-switch]")) {
    button.setAttribute("aria-pressed", String(Zone.chosen));
    button.title = Zone.chosen ? `Times are those of ${Zone.own}; show UTC` : `Times are UTC; show those of ${Zone.own}`;
    button.hidden = false;
  }
  for (const choice of document.querySelectorAll("input[name=zone]")) {
    choice.checked = (choice.value === "local") === Zone.chosen;
    if (choice.value === "local") choice.parentElement.querySelector("[data-zone-own]").textContent = Zone.own;
  }
}

document.addEventListener("click", (event) => event.target.closest?.("[data-zone-switch]") && Zone.change(!Zone.chosen));
document.addEventListener("change", (event) => event.target.matches?.("input[name=zone]") && Zone.change(event.target.value === "local"));
addEventListener("htmx:afterSettle", () => showTimes());
addEventListener("storage", (event) => {
  if (event.key !== Zone.key) return;
  Zone.begin(); // another window chose
  showTimes();
  document.dispatchEvent(new CustomEvent("zone-changed"));
});
setInterval(() => showTimes(), 30_000);
Zone.begin();
showTimes();
