// The page: draws what is open, redraws on theme, width and paper, sorts tables.

const root = document.documentElement;
const report = JSON.parse(document.getElementById("report-data").textContent);
const byId = new Map(report.charts.map((chart) => [chart.id, chart]));
const figures = [];

function drawOpen(scope) {
  for (const element of scope.querySelectorAll("figure[data-chart]")) {
    const folded = element.closest("details:not([open])");
    if (element.dataset.drawn || folded) continue;
    element.dataset.drawn = "yes";
    const figure = new Figure(element, byId.get(element.dataset.chart), report.events);
    figure.draw();
    figures.push(figure);
  }
  root.dataset.charts = String(document.querySelectorAll(".panels canvas").length);
}

function redraw(width) {
  for (const figure of figures) figure.draw(width);
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("anomaly-hunter-theme", root.dataset.theme);
  } catch {
    // Storage is closed to some pages opened from a file; the choice then lasts as long as the page.
  }
  redraw();
}

function sortBy(header) {
  const table = header.closest("table");
  const body = table.tBodies[0];
  const rising = header.getAttribute("aria-sort") !== "ascending";
  const key = (row) => {
    const cell = row.cells[header.cellIndex];
    return cell.dataset.sort ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const [x, y] = [Number(key(a)), Number(key(b))];
    if (Number.isNaN(x) || Number.isNaN(y)) return key(a).localeCompare(key(b), "en", { numeric: true });
    return x - y;
  };
  const rows = [...body.rows].sort((a, b) => (rising ? compare(a, b) : compare(b, a)));
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  body.append(...rows);
}

function makeSortable(table) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortBy(header));
    header.append(button);
  }
}

// A link to something folded opens it first.
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView();
}

for (const element of document.querySelectorAll(".needs-js")) element.hidden = false;
for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
document.querySelector(".theme").addEventListener("click", switchTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
document.addEventListener("toggle", (event) => event.target.open && drawOpen(event.target), true);
addEventListener("hashchange", openTarget);

let pending = 0;
addEventListener("resize", () => {
  clearTimeout(pending);
  pending = setTimeout(() => figures.some((f) => f.panels.clientWidth !== f.width) && redraw(), 120);
});

let themeBeforePaper;
addEventListener("beforeprint", () => {
  themeBeforePaper = root.dataset.theme;
  root.dataset.theme = "light";
  redraw(680);
});
addEventListener("afterprint", () => {
  if (themeBeforePaper) root.dataset.theme = themeBeforePaper;
  else delete root.dataset.theme;
  redraw();
});

openTarget();
drawOpen(document);
setTimeout(() => (root.dataset.ready = "yes"), 0);
