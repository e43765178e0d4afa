// What is wrong with the page as it stands for those who do not see it, see it differently, or have no mouse.
// Returns sentences; an empty list is a page that keeps WCAG 2.2 AA as far as a program can tell.
() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const hidden = (element) => element.closest("[aria-hidden=true]") !== null;
  const where = (element) => {
    const name = element.tagName.toLowerCase() + (element.id ? `#${element.id}` : "");
    return `${name}.${[...element.classList].join(".")} "${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const fault = (said, element) => faults.push(element ? `${said}: ${where(element)}` : said);

  // ---- the page
  if (!document.documentElement.lang) fault("no language");
  if (!document.title.trim()) fault("no title");
  if (all("main").length !== 1) fault(`${all("main").length} main landmarks`);
  if (all("h1").filter(shown).length !== 1) fault(`${all("h1").filter(shown).length} headings of the first level`);
  if (!document.querySelector("[aria-live=polite]") && document.querySelector("#toasts")) fault("toasts are not spoken");
  for (const nav of all("nav")) if (!nav.ariaLabel && !nav.hasAttribute("aria-labelledby")) fault("a nav without a name", nav);

  // ---- headings go down one level at a time
  const open = document.querySelector("dialog[open]");
  let level = open ? 1 : 0;
  for (const heading of (open ?? document.querySelector("main") ?? document).querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (!shown(heading)) continue;
    const now = Number(heading.tagName[1]);
    if (now > level + 1) fault(`h${now} after h${level}`, heading);
    level = now;
  }

  // ---- names and references
  const ids = new Map();
  for (const element of all("[id]")) ids.set(element.id, (ids.get(element.id) ?? 0) + 1);
  for (const [id, count] of ids) if (count > 1) fault(`the id ${id} is there ${count} times`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"])
    for (const element of all(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean))
        if (!ids.has(id)) fault(`${attribute} leads to ${id}, which is not there`, element);
  const textOf = (element) => {
    const said = element.getAttribute("aria-label") ?? (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    if (said.trim()) return said.trim();
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ").trim();
    if (labels) return labels;
    const copy = element.cloneNode(true);
    for (const part of copy.querySelectorAll("[aria-hidden=true]")) part.remove();
    return copy.textContent.trim() || (element.getAttribute("title") ?? "").trim();
  };
  const controls = all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex]").filter(shown);
  for (const element of controls) {
    if (hidden(element)) fault("can be reached, and is hidden from those who hear", element);
    else if (element.id !== "main" && !textOf(element)) fault("a control without a name", element);
    if (Number(element.getAttribute("tabindex")) > 0) fault("an order of its own", element);
  }
  for (const picture of all("[role=img]")) if (!textOf(picture)) fault("a picture without a name", picture);
  for (const picture of all("svg"))
    if (shown(picture) && !hidden(picture) && !picture.hasAttribute("role")) fault("a picture that is neither hidden nor named", picture);
  for (const cell of all("thead th")) if (!cell.scope) fault("a head of a table without scope", cell);
  for (const list of all("ul, ol")) for (const child of list.children) if (!["LI", "TEMPLATE", "SCRIPT"].includes(child.tagName)) fault("a list with something else in it", child);
  for (const dialog of all("dialog")) if (!dialog.hasAttribute("aria-labelledby")) fault("a dialog without a name", dialog);

  // ---- what is hit with a finger is 24 px, or stands in a line of text
  for (const element of controls) {
    if (!element.matches("button, .button, select, input, summary, .place, .chip") || element.closest("svg, label, .visually-hidden, .skip")) continue;
    const box = element.getBoundingClientRect();
    const inLine = getComputedStyle(element).display === "inline";
    const alone = box.width >= 23.5 && box.height >= 23.5;
    if (!alone && !inLine && box.width > 0 && !element.matches("input[type=checkbox], input[type=radio], summary")) fault(`only ${Math.round(box.width)} x ${Math.round(box.height)} px`, element);
  }

  // ---- contrast, of what is painted
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const color = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((one, i) => one * a + under[i] * (1 - a));
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const found = color(getComputedStyle(at).backgroundColor);
      if (found[3] > 0) layers.push(found);
      if (found[3] === 1 || at.matches("dialog, [popover]:popover-open")) break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const light = (rgb) => rgb.map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !shown(element) || element.closest("noscript, title, option, .visually-hidden, :disabled, [aria-disabled=true], .skip")) continue;
    if (open && !open.contains(element)) continue; // below a backdrop
    const style = getComputedStyle(element);
    let alpha = 1;
    for (let at = element; at; at = at.parentElement) alpha *= Number(getComputedStyle(at).opacity);
    const under = ground(element);
    const [r, g, b, a] = color(element instanceof SVGElement ? style.fill : style.color);
    const found = contrast(over([r, g, b, a * alpha], under), under);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const said = `contrast ${found.toFixed(2)} of ${least}: ${where(element)}`;
    if (found < least - 0.005 && !told.has(said)) faults.push(said) && told.add(said);
  }

  // ---- focus is seen
  const before = document.activeElement;
  for (const element of controls.filter((one) => !one.disabled && !one.matches("#main"))) {
    if (open && !open.contains(element)) continue;
    element.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== element) continue;
    const rings = [element, element.closest("label, .chip, .drop, .panels, .choice"), element.closest("li, tr"), ...element.querySelectorAll("*")].filter(Boolean);
    const seen = rings.some((one) => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5) || (one instanceof SVGElement && style.stroke !== "none" && parseFloat(style.strokeWidth) >= 1);
    });
    if (!seen) fault("focus is not seen", element);
  }
  before?.focus?.({ preventScroll: true });
  return [...new Set(faults)];
}
