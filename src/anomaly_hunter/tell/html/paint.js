// What is painted onto a chart besides its lines. Sizes are CSS pixels times the screen's ratio.

const MOST_RINGS = 60; // peaks marked at once; more would hide the line
const LEVELS = ["information", "warning", "error", "critical", "unranked"];

function palette() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  const colors = {};
  for (const name of ["ink", "muted", "grid", "hatch", "value", "band", "expected", "event", "alarm", "surface", ...LEVELS])
    colors[name] = of(name);
  return colors;
}

function withAlpha(color, alpha) {
  const part = Math.round(alpha * 255).toString(16).padStart(2, "0");
  return color.length === 7 ? color + part : color;
}

const hatchings = new Map();

function hatching(context, color) {
  const key = `${color}@${devicePixelRatio}`;
  if (!hatchings.has(key)) {
    const side = Math.round(8 * devicePixelRatio);
    const tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const pen = tile.getContext("2d");
    pen.strokeStyle = color;
    pen.lineWidth = devicePixelRatio;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift, side);
      pen.lineTo(shift + side, 0);
    }
    pen.stroke();
    hatchings.set(key, context.createPattern(tile, "repeat"));
  }
  return hatchings.get(key);
}

// Left edge and width of a stretch of the x axis inside the plot, or null where it is out of sight.
function stretch(plot, from, to, least) {
  const { left, width } = plot.bbox;
  let a = plot.valToPos(from, "x", true);
  let b = plot.valToPos(to, "x", true);
  if (b - a < least) {
    const middle = (a + b) / 2;
    a = middle - least / 2;
    b = middle + least / 2;
  }
  a = Math.max(a, left);
  b = Math.min(b, left + width);
  return b > a ? [a, b - a] : null;
}

function clipped(plot, paint) {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  paint(plot.ctx, plot.bbox, devicePixelRatio);
  plot.ctx.restore();
}

function paintGaps(plot, gaps, colors) {
  clipped(plot, (pen, box) => {
    pen.fillStyle = hatching(pen, colors.hatch);
    for (const [from, to] of gaps) {
      const part = stretch(plot, from, to, 0);
      if (part) pen.fillRect(part[0], box.top, part[1], box.height);
    }
  });
}

function paintSpans(plot, marks, colors) {
  clipped(plot, (pen, box, ratio) => {
    for (const [from, to, , level] of marks) {
      const part = stretch(plot, from, to, 4 * ratio);
      if (!part) continue;
      pen.fillStyle = withAlpha(colors[level], 0.2);
      pen.fillRect(part[0], box.top, part[1], box.height);
      pen.fillStyle = colors[level];
      pen.fillRect(part[0], box.top, part[1], 3 * ratio);
    }
  });
}

function paintRing(pen, x, y, ratio, color, colors) {
  pen.beginPath();
  pen.arc(x, y, 4.5 * ratio, 0, 2 * Math.PI);
  pen.fillStyle = colors.surface;
  pen.fill();
  pen.lineWidth = 2 * ratio;
  pen.strokeStyle = color;
  pen.stroke();
}

function paintPeaks(plot, marks, focus, colors) {
  const inSight = ([, , peak]) => peak >= plot.scales.x.min && peak <= plot.scales.x.max;
  const isFocus = ([from, , peak]) => focus !== null && from === focus[0] && peak === focus[1];
  const shown = marks.filter(inSight);
  clipped(plot, (pen, box, ratio) => {
    for (const mark of shown.length > MOST_RINGS ? shown.filter(isFocus) : shown) {
      const [, , peak, level, text, actual] = mark;
      if (actual === null) continue;
      const x = plot.valToPos(peak, "x", true);
      const y = plot.valToPos(actual, "y", true);
      paintRing(pen, x, y, ratio, colors[level], colors);
      if (isFocus(mark)) paintLabel(pen, box, ratio, x, y, text, colors);
    }
  });
}

// Rows over the boundary: ringed, and named where they are few.
function paintRows(plot, rows, { marks, score }, colors) {
  const shown = marks.filter(([row]) => row >= plot.scales.x.min && row <= plot.scales.x.max);
  clipped(plot, (pen, box, ratio) => {
    for (const [row, , , level] of shown) {
      const x = plot.valToPos(row, "x", true);
      const y = plot.valToPos(score[rows.indexOf(row)], "y", true);
      paintRing(pen, x, y, ratio, colors[level], colors);
      if (shown.length <= 12) paintLabel(pen, box, ratio, x, y, `row ${row}`, colors);
    }
  });
}

// A line of text beside a point, on the side where there is room.
function paintLabel(pen, box, ratio, x, y, text, colors) {
  pen.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  const width = pen.measureText(text).width;
  const gap = 10 * ratio;
  const beside = x + gap + width < box.left + box.width ? x + gap : x - gap - width;
  const left = Math.max(beside, box.left + 6 * ratio); // a narrow plot has no room on either side: below it
  const wanted = left > beside ? y + 22 * ratio : y;
  const level = Math.min(Math.max(wanted, box.top + 12 * ratio), box.top + box.height - 10 * ratio);
  pen.fillStyle = withAlpha(colors.surface, 0.85);
  pen.fillRect(left - 3 * ratio, level - 9 * ratio, width + 6 * ratio, 18 * ratio);
  pen.fillStyle = colors.ink;
  pen.textAlign = "left";
  pen.fillText(text, left, level);
}

function shorten(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

// Dashed lines where something changed; titles above the plot as far as they do not collide.
function paintEvents(plot, events, colors, titled) {
  const pen = plot.ctx;
  const ratio = devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  let free = left;
  pen.save();
  pen.font = `${11.5 * ratio}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const shown = events.map(([second, title]) => [plot.valToPos(second, "x", true), title]).filter(([x]) => x >= left && x <= left + width);
  for (const [i, [x, title]] of shown.entries()) {
    pen.strokeStyle = pen.fillStyle = colors.event;
    pen.lineWidth = 1.5 * ratio;
    pen.setLineDash([5 * ratio, 3 * ratio]);
    pen.beginPath();
    pen.moveTo(x, titled ? top - 6 * ratio : top);
    pen.lineTo(x, top + height);
    pen.stroke();
    if (!titled) continue;
    pen.beginPath();
    pen.setLineDash([]);
    pen.moveTo(x - 4 * ratio, top - 14 * ratio);
    pen.lineTo(x + 4 * ratio, top - 14 * ratio);
    pen.lineTo(x, top - 6 * ratio);
    pen.fill();
    const text = shorten(title, 36);
    const room = pen.measureText(text).width;
    const at = x + 8 * ratio + room < left + width ? x + 8 * ratio : x - 8 * ratio - room;
    const next = at > x ? shown[i + 1]?.[0] ?? Infinity : Infinity;
    const fits = at >= free && at + room < next - 4 * ratio;
    if (fits) pen.fillText(text, at, top - 11 * ratio);
    free = Math.max(x + 6 * ratio, fits ? at + room + 14 * ratio : free);
  }
  pen.restore();
}

function paintBoundary(plot, colors) {
  clipped(plot, (pen, box, ratio) => {
    const y = Math.round(plot.valToPos(1, "y", true));
    pen.strokeStyle = colors.alarm;
    pen.lineWidth = 1.5 * ratio;
    pen.setLineDash([6 * ratio, 4 * ratio]);
    pen.beginPath();
    pen.moveTo(box.left, y);
    pen.lineTo(box.left + box.width, y);
    pen.stroke();
  });
}

// One colour above the boundary, another below.
function splitAtBoundary(plot, above, below) {
  const { top, height } = plot.bbox;
  const share = (plot.valToPos(1, "y", true) - top) / height;
  if (!(share > 0)) return below;
  if (share >= 1) return above;
  const fill = plot.ctx.createLinearGradient(0, top, 0, top + height);
  fill.addColorStop(0, above);
  fill.addColorStop(share, above);
  fill.addColorStop(share, below);
  fill.addColorStop(1, below);
  return fill;
}
