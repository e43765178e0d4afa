// One figure of the page: panels over the same x axis, drawn by uPlot, with legend, zoom and keyboard.

const groups = new Map(); // group name -> figures whose crosshair and zoom move together
const HEIGHTS = {
  large: { first: 300, other: 130, score: 96 },
  medium: { first: 220, other: 110, score: 76 },
  small: { first: 120, other: 80, score: 0 },
};
const DAY = 86400;
const MOST_GAPS = 200; // as many as the page holds; then there may be more, and missing values speak for themselves

function digits(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) text = value.toExponential(3);
  else if (Number.isInteger(value)) text = value.toLocaleString("en-US");
  else if (size >= 1000) text = Math.round(value).toLocaleString("en-US");
  else text = String(Number(value.toPrecision(4)));
  return unit ? `${text} ${unit}` : text;
}

function moment(data, x) {
  if (!data.clocked) return `#${digits(x)}`;
  const text = new Date(Math.round(x * 1000)).toISOString().replace("T", " ").replace("Z", "");
  return text.replace(/(:00)?\.000$/, "");
}

function ticks(plot, splits, axis, space, step) {
  const top = Math.max(...splits.map(Math.abs));
  const [unit, scale] = top >= 1e9 ? ["G", 1e9] : top >= 1e6 ? ["M", 1e6] : top >= 1e4 ? ["k", 1e3] : ["", 1];
  let places = 0;
  while (places < 9 && Math.abs((step / scale) * 10 ** places - Math.round((step / scale) * 10 ** places)) > 1e-6) places += 1;
  return splits.map((v) => (v / scale).toFixed(places) + (v === 0 ? "" : unit));
}

const CLOCK_TICKS = [
  [365 * DAY, "{YYYY}", null, null, null, null, null, null, 1],
  [28 * DAY, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [DAY, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [0.001, ":{ss}.{fff}", "\n{D} {MMM} {HH}:{mm}", null, "\n{D} {MMM} {HH}:{mm}", null, "\n{HH}:{mm}", null, 1],
];

function padded(plot, low, high) {
  if (low === null || high === null) return [0, 1];
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2, Math.abs(middle) * 1e-6, 1e-12);
  return [middle - half * 1.1, middle + half * 1.1];
}

class Figure {
  constructor(element, data, events) {
    this.element = element;
    this.data = data;
    this.size = element.dataset.size;
    this.panels = element.querySelector(".panels");
    this.legend = element.querySelector(".legend");
    this.x = data.steps ? data.x.map(((sum) => (step) => (sum += step))(0)) : data.x;
    this.events = data.clocked ? events.filter(([t]) => t >= this.x[0] && t <= this.x[this.x.length - 1]) : [];
    this.plots = [];
    this.gaps = (u, i, from, to, missing) => {
      if (!data.gaps.length || data.gaps.length >= MOST_GAPS) return missing;
      return data.gaps.map(([a, b]) => [u.valToPos(a, "x", true), u.valToPos(b, "x", true)]);
    };
    this.settled = false;
    if (!groups.has(element.dataset.group)) groups.set(element.dataset.group, new Set());
    this.group = groups.get(element.dataset.group);
    this.group.add(this);
    this.panels.addEventListener("keydown", (event) => this.key(event));
    for (const button of element.querySelectorAll("[data-go]"))
      button.addEventListener("click", () => this.go(button.dataset.go));
  }

  zone() {
    return "Etc/UTC";
  }

  when(x) {
    return moment(this.data, x) + (this.data.clocked ? " UTC" : "");
  }

  draw(width = this.panels.clientWidth) {
    const view = this.plots.length ? { ...this.plots[0].scales.x } : null;
    this.settled = false;
    for (const plot of this.plots) plot.destroy();
    this.colors = palette();
    this.width = width;
    const heights = HEIGHTS[this.size];
    const lines = this.data.lines;
    const strip = heights.score > 0 || lines.length === 0;
    const specs = lines.map((line, i) => ({ line, height: i ? heights.other : heights.first, last: !strip && i === lines.length - 1 }));
    if (strip) specs.push({ line: null, height: lines.length ? heights.score : 180, last: true });
    this.plots = specs.map((spec, i) => this.plot(spec, i === 0));
    if (view && view.min !== null && view.min !== undefined) this.zoom(view.min, view.max);
    this.tell(null);
    setTimeout(() => (this.settled = true), 0);
  }

  plot(spec, first) {
    const titled = first && this.size !== "small" && this.events.length > 0;
    const axis = spec.last ? (this.data.clocked ? 40 : 28) : 6;
    const [series, bands, columns] = spec.line ? this.valueSeries(spec.line) : this.scoreSeries();
    const options = {
      width: this.width,
      height: spec.height + axis + (titled ? 20 : 0),
      padding: [titled ? 24 : 8, 22, 0, 0],
      legend: { show: false },
      tzDate: (second) => uPlot.tzDate(new Date(second * 1e3), this.zone()),
      cursor: {
        y: false,
        points: { size: 8, width: 2, fill: this.colors.surface },
        drag: { x: true, y: false, uni: 8 },
        sync: {
          key: this.element.dataset.group,
          scales: ["x", null],
          filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
        },
      },
      scales: { x: { time: this.data.clocked }, y: { range: spec.line ? padded : (u, low, high) => [0, Math.max(1.25, high * 1.1)] } },
      axes: [this.xAxis(spec.last, axis), this.yAxis(spec)],
      series,
      bands,
      hooks: {
        drawAxes: [(u) => this.paintUnder(u)],
        draw: [(u) => this.paintOver(u, spec, titled)],
        setScale: [(u, key) => key === "x" && this.spread(u)],
        setCursor: [(u) => first && this.tell(u.cursor.idx)],
      },
    };
    const plot = new uPlot(options, [this.x, ...columns], this.panels);
    plot.root.dataset.panel = spec.line ? spec.line.name : "score";
    return plot;
  }

  xAxis(shown, size) {
    const { muted, grid } = this.colors;
    const axis = { stroke: muted, size, font: "12px system-ui, sans-serif", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, size: shown ? 5 : 0 }, gap: 4 };
    const spaced = this.data.clocked ? { ...axis, values: CLOCK_TICKS, space: 70 } : axis;
    return shown ? spaced : { ...spaced, values: (u, splits) => splits.map(() => "") };
  }

  yAxis(spec) {
    const { muted, grid } = this.colors;
    const named = this.size !== "small" || this.data.lines.length !== 1 || this.data.power !== 0;
    const power = spec.line && this.data.power ? ` ×10^${this.data.power}` : "";
    const name = !spec.line ? "score" : this.data.lines.length > 1 ? spec.line.name : this.data.unit || "value";
    return {
      stroke: muted,
      size: 58,
      font: "12px system-ui, sans-serif",
      label: named ? shorten(name, spec.height > 150 ? 28 : 12) + power : undefined,
      labelSize: named ? 18 : 0,
      labelFont: "12px system-ui, sans-serif",
      space: 34,
      values: ticks,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
    };
  }

  valueSeries(line) {
    const { value, expected, band } = this.colors;
    const many = this.x.length > 400;
    const series = [{}, { stroke: value, width: 1.6, gaps: this.gaps, points: { show: many ? undefined : false } }];
    const columns = [line.value];
    const quiet = { points: { show: false } };
    if (line.expected) {
      // Where points crowd, a dashed line would hide the value; the band still shows what was expected.
      const sparse = (u) => u.series[0].idxs[1] - u.series[0].idxs[0] < u.bbox.width / devicePixelRatio;
      series.push({ stroke: (u) => (sparse(u) ? expected : "transparent"), width: 1.2, dash: [5, 4], ...quiet });
      columns.push(line.expected);
    }
    const bands = [];
    if (line.lower && line.upper) {
      const at = series.length;
      series.push({ stroke: "transparent", width: 0, ...quiet }, { stroke: "transparent", width: 0, ...quiet });
      columns.push(line.upper, line.lower);
      bands.push({ series: [at, at + 1], fill: withAlpha(band, 0.22) });
    }
    return [series, bands, columns];
  }

  scoreSeries() {
    const { alarm, muted } = this.colors;
    const rows = this.data.lines.length === 0;
    const line = { width: rows ? 0 : 1.4, gaps: this.gaps, stroke: (u) => splitAtBoundary(u, alarm, muted), points: { show: rows, size: 5, width: 0, fill: (u) => splitAtBoundary(u, alarm, muted) } };
    if (rows) line.paths = () => null;
    else line.fill = (u) => splitAtBoundary(u, withAlpha(alarm, 0.35), withAlpha(muted, 0.16));
    return [[{}, line], [], [this.data.score]];
  }

  paintUnder(plot) {
    paintGaps(plot, this.data.gaps, this.colors);
    if (this.data.lines.length) paintSpans(plot, this.data.marks, this.colors);
  }

  paintOver(plot, spec, titled) {
    paintEvents(plot, this.events, this.colors, titled);
    if (!spec.line) paintBoundary(plot, this.colors);
    if (!this.data.lines.length) paintRows(plot, this.x, this.data, this.colors);
    if (spec.line && spec.line === this.data.lines[0])
      paintPeaks(plot, this.data.marks, this.size === "small" ? null : this.data.focus, this.colors);
  }

  // Zoom of one panel is zoom of its whole group.
  spread(plot) {
    if (!this.settled) return;
    const { min, max } = plot.scales.x;
    for (const figure of this.group) figure.zoom(min, max);
  }

  zoom(min, max) {
    for (const plot of this.plots) {
      const now = plot.scales.x;
      if (now.min !== min || now.max !== max) plot.setScale("x", { min, max });
    }
  }

  go(where) {
    const range = where === "anomaly" && this.data.zoom ? this.data.zoom : [this.x[0], this.x[this.x.length - 1]];
    if (range[1] > range[0]) for (const figure of this.group) figure.zoom(range[0], range[1]);
  }

  key(event) {
    const plot = this.plots[0];
    const { min, max } = plot.scales.x;
    const at = plot.cursor.idx ?? this.resting();
    const half = (factor) => [this.x[at] - ((max - min) * factor) / 2, this.x[at] + ((max - min) * factor) / 2];
    const acts = {
      ArrowLeft: () => this.move(at - (event.shiftKey ? 10 : 1)),
      ArrowRight: () => this.move(at + (event.shiftKey ? 10 : 1)),
      "+": () => this.within(...half(0.5)),
      "=": () => this.within(...half(0.5)),
      "-": () => this.within(...half(2)),
      0: () => this.go("all"),
      Escape: () => this.go("all"),
      a: () => this.go("anomaly"),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  move(index) {
    const at = Math.min(Math.max(index, 0), this.x.length - 1);
    const plot = this.plots[0];
    const { min, max } = plot.scales.x;
    if (this.x[at] < min || this.x[at] > max) this.within(this.x[at] - (max - min) / 2, this.x[at] + (max - min) / 2);
    setTimeout(() => plot.setCursor({ left: plot.valToPos(this.x[at], "x"), top: 10 }, true, true), 0);
  }

  within(min, max) {
    const low = Math.max(min, this.x[0]);
    const high = Math.min(max, this.x[this.x.length - 1]);
    if (high > low) for (const figure of this.group) figure.zoom(low, high);
  }

  // Where the legend rests while nobody points: the peak, else the last point.
  resting() {
    const { focus } = this.data;
    const found = focus ? this.x.findIndex((x) => x >= focus[1]) : -1;
    return found >= 0 ? found : this.x.length - 1;
  }

  tell(index) {
    const at = index ?? this.resting();
    const { data } = this;
    const unit = (data.power ? `×10^${data.power} ` : "") + data.unit;
    const rows = [[data.clocked ? "Time" : data.lines.length ? "Point" : "Row", this.when(this.x[at]), ""]];
    for (const [i, line] of data.lines.slice(0, this.size === "small" ? 1 : 6).entries()) {
      rows.push([data.lines.length > 1 ? line.name : "Value", digits(line.value[at], unit), "value"]);
      if (i || this.size === "small") continue;
      if (line.expected) rows.push(["Expected", digits(line.expected[at], unit), "expected"]);
      if (line.lower && line.upper) rows.push(["Band", `${digits(line.lower[at])} to ${digits(line.upper[at], unit)}`, "band"]);
    }
    rows.push(["Score", digits(data.score[at]), data.score[at] >= 1 ? "alarm" : "below"]);
    this.legend.replaceChildren(...rows.map(([name, text, key]) => entry(name, text, key)), ...this.near(this.x[at]));
  }

  // What the crosshair stands on: the anomaly and the event, if any.
  near(x) {
    if (this.size === "small") return [];
    const found = [];
    const mark = this.data.marks.find(([from, to]) => x >= from && x <= to);
    if (mark) found.push(entry(mark[3] === "unranked" ? "Not investigated" : capital(mark[3]), mark[4], mark[3]));
    const { min, max } = this.plots[0]?.scales.x ?? {};
    const event = this.events.find(([t]) => Math.abs(t - x) <= (max - min) / 150);
    if (event) found.push(entry(capital(event[2]), shorten(event[1], 60), "event"));
    return found;
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function entry(name, text, key) {
  const box = document.createElement("div");
  const term = document.createElement("dt");
  const detail = document.createElement("dd");
  term.textContent = name;
  detail.textContent = text;
  if (key) box.className = `key-${key}`;
  box.append(term, detail);
  return box;
}
