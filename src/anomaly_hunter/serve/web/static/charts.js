"use strict";
// Figures that live on a server: finer points while zooming, a click explains a point, the address holds the zoom.

const FINER_AFTER_MS = 160;
const POINTS = { large: 3000, medium: 1200, small: 500 };
const CLICK_PX = 5;
const liveFigures = new Map(); // figure element -> LiveFigure

class LiveFigure extends Figure {
  constructor(element, answer) {
    super(element, answer, answer.events);
    this.whole = answer;
    this.wholeX = this.x;
    this.lit = null;
    this.pinned = null;
    this.asked = null;
    this.live = element.querySelector(".chart-said");
    const toAnomaly = element.querySelector("[data-go=anomaly]");
    if (toAnomaly) toAnomaly.hidden = !answer.zoom;
    // uPlot would go back to the loaded points only; the whole range may be wider.
    this.panels.addEventListener("dblclick", (event) => {
      event.stopPropagation();
      this.go("all");
    }, true);
    this.panels.addEventListener("mousedown", (event) => (this.pressed = event.clientX), true);
    this.panels.addEventListener("click", (event) => this.clicked(event), true);
  }

  zone() {
    return Zone.name;
  }

  when(x) {
    if (!this.data.clocked) return super.when(x);
    const odd = Math.round(x * 1000) % 60_000 !== 0;
    return Zone.moment(Math.round(x * 1000), odd);
  }

  get explains() {
    return this.element.dataset.explain;
  }

  draw(width) {
    super.draw(width);
    this.element.dataset.points = String(this.x.length);
  }

  clicked(event) {
    if (!this.explains || Math.abs(event.clientX - this.pressed) > CLICK_PX) return;
    const plot = this.plots.find((one) => one.over === event.target || one.over.contains(event.target));
    if (plot && plot.cursor.idx !== null && plot.cursor.idx !== undefined) this.explain(plot.cursor.idx);
  }

  key(event) {
    if (event.key === "Enter" && this.explains) {
      event.preventDefault();
      this.explain(this.plots[0].cursor.idx ?? this.resting());
      return;
    }
    super.key(event);
  }

  move(index) {
    super.move(index);
    const at = Math.min(Math.max(index, 0), this.x.length - 1);
    const line = this.data.lines[0];
    const value = line ? `, value ${digits(line.value[at], this.data.unit)}` : "";
    if (this.live) this.live.textContent = `${this.when(this.x[at])}${value}, score ${digits(this.data.score[at])}`;
  }

  at(index) {
    if (!this.data.clocked) return `#${Math.round(this.x[index])}`;
    return new Date(Math.ceil(this.x[index] * 1000 - 1e-6)).toISOString();
  }

  explain(index) {
    this.pin(this.x[index]);
    explainPoint(this.element, this.at(index));
  }

  pin(x) {
    this.pinned = x;
    for (const plot of this.plots) plot.redraw(false);
  }

  light(range) {
    this.lit = range;
    for (const plot of this.plots) plot.redraw(false);
  }

  paintOver(plot, spec, titled) {
    super.paintOver(plot, spec, titled);
    if (this.lit) paintLit(plot, this.lit, this.colors);
    if (this.pinned !== null) paintPin(plot, this.pinned, this.colors);
  }

  go(where) {
    if (where === "all") this.restore();
    super.go(where);
  }

  restore() {
    for (const figure of this.group) if (figure.whole) figure.fill(figure.whole);
  }

  within(min, max) {
    const first = this.wholeX[0];
    const last = this.wholeX[this.wholeX.length - 1];
    const [low, high] = [Math.max(min, first), Math.min(max, last)];
    if (high > low) for (const figure of this.group) figure.zoom(low, high);
  }

  // The group zooms together; each then asks for the points that a coarse picture left out.
  zoom(min, max) {
    super.zoom(min, max);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.finer(min, max), FINER_AFTER_MS);
  }

  isWhole(min, max) {
    return min <= this.wholeX[0] && max >= this.wholeX[this.wholeX.length - 1];
  }

  finer(min, max) {
    if (this.element.dataset.keeps === "zoom")
      Permalink.set(this.isWhole(min, max) ? { from: null, to: null } : { from: Number(min.toFixed(3)), to: Number(max.toFixed(3)) });
    if (this.isWhole(min, max) || !this.whole.thinned) return;
    this.asked?.abort();
    this.asked = new AbortController();
    this.element.setAttribute("aria-busy", "true");
    askChart(this.element, [min, max], this.asked.signal)
      .then((answer) => {
        this.fill(answer);
        super.zoom(min, max);
        this.element.dataset.points = String(this.x.length);
      })
      .catch((error) => {
        if (error.name !== "AbortError") this.element.dataset.finer = "failed"; // the coarse picture stays
      })
      .finally(() => this.element.removeAttribute("aria-busy"));
  }

  fill(answer) {
    if (answer === this.data) return;
    this.data = { ...answer, zoom: this.whole.zoom, focus: this.whole.focus };
    this.x = answer.x;
    this.settled = false;
    const columns = answer.lines.map((line) => this.valueSeries(line)[2]);
    if (this.plots.length > columns.length) columns.push(this.scoreSeries()[2]);
    for (const [i, plot] of this.plots.entries()) plot.setData([this.x, ...columns[i]], false);
    this.settled = true;
  }
}

function paintLit(plot, [from, to], colors) {
  clipped(plot, (pen, box, ratio) => {
    const part = stretch(plot, from, to, 6 * ratio);
    if (!part) return;
    pen.fillStyle = withAlpha(colors.expected, 0.14);
    pen.fillRect(part[0], box.top, part[1], box.height);
    pen.strokeStyle = colors.expected;
    pen.lineWidth = 2 * ratio;
    pen.strokeRect(part[0], box.top + ratio, part[1], box.height - 2 * ratio);
  });
}

function paintPin(plot, at, colors) {
  clipped(plot, (pen, box, ratio) => {
    const x = Math.round(plot.valToPos(at, "x", true));
    pen.strokeStyle = colors.ink;
    pen.lineWidth = 1.5 * ratio;
    pen.beginPath();
    pen.moveTo(x, box.top);
    pen.lineTo(x, box.top + box.height);
    pen.stroke();
  });
}

async function askChart(element, range, signal) {
  const address = new URL(element.dataset.chart, location.href);
  address.searchParams.set("points", String(POINTS[element.dataset.size] ?? 1200));
  if (range) {
    address.searchParams.set("from", String(range[0]));
    address.searchParams.set("to", String(range[1]));
  }
  const answer = await fetch(address, { headers: { accept: "application/json" }, signal });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail || told.title || `the server answered ${answer.status}`);
  return asFigure(told);
}

// What the server answers, as the figure reads it.
function asFigure(told) {
  const x = told.steps ? told.x.map(((sum) => (step) => (sum += step))(0)) : told.x;
  return { power: 0, unit: "", gaps: [], marks: [], zoom: null, focus: null, ...told, events: told.events ?? [], x, steps: false, thinned: told.total > x.length };
}

async function openFigure(element) {
  if (element.dataset.drawn) return;
  element.dataset.drawn = "asked";
  const state = element.querySelector(".chart-state");
  try {
    const figure = new LiveFigure(element, await askChart(element));
    if (!figure.x.length) throw new Error("nothing was recorded of it");
    state?.remove();
    figure.draw();
    liveFigures.set(element, figure);
    element.dataset.drawn = "yes";
    beginWhereTheLinkSays(figure);
  } catch (error) {
    element.dataset.drawn = "failed";
    showFailure(element, state, error);
  }
}

function beginWhereTheLinkSays(figure) {
  const [from, to] = [Permalink.number("from"), Permalink.number("to")];
  if (figure.element.dataset.group !== "main" || from === null || to === null || to <= from) return;
  setTimeout(() => figure.zoom(Math.max(from, figure.wholeX[0]), Math.min(to, figure.wholeX[figure.wholeX.length - 1])), 20);
}

function showFailure(element, state, error) {
  if (!state) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = "Try again";
  again.addEventListener("click", () => {
    delete element.dataset.drawn;
    state.replaceChildren("Loading the chart …");
    openFigure(element);
  });
  state.replaceChildren(`The chart cannot be shown: ${error.message}. `, again);
}

// The panel below the chart, filled by the server: expected, actual, score, rule.
async function explainPoint(element, at) {
  const panel = document.getElementById(element.dataset.panel) ?? element.querySelector(".explained");
  if (!panel) return;
  const address = new URL(element.dataset.explain, location.href);
  address.searchParams.set("at", at);
  panel.hidden = false;
  panel.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(...page.body.childNodes);
    showTimes(panel);
    if (element.dataset.keeps === "zoom") Permalink.set({ point: at });
  } catch {
    panel.textContent = "The point cannot be explained: the server does not answer.";
  } finally {
    panel.removeAttribute("aria-busy");
  }
}

function redrawFigures() {
  for (const figure of liveFigures.values()) figure.draw();
}

function openFigures(scope = document) {
  const found = [...scope.querySelectorAll("figure[data-chart]")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        openFigure(entry.target);
      }
  }, { rootMargin: "400px" });
  for (const element of found) {
    for (const part of element.querySelectorAll(".needs-js")) part.hidden = false;
    seen.observe(element);
  }
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close-explained]");
  if (!close) return;
  const panel = close.closest(".explained");
  panel.hidden = true;
  Permalink.set({ point: null });
  for (const [element, figure] of liveFigures)
    if (element.contains(panel) || element.dataset.panel === panel.id) {
      figure.pin(null);
      figure.panels.focus();
    }
});

let resizing = 0;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => {
    for (const figure of liveFigures.values()) if (figure.panels.clientWidth !== figure.width) figure.draw();
  }, 120);
});
document.addEventListener("zone-changed", redrawFigures);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawFigures);
new MutationObserver(redrawFigures).observe(document.documentElement, { attributeFilter: ["data-theme"] });
openFigures();
