"use strict";
// The dependency graph: a service that is chosen shows its calls and what is known of it.
{
  const graph = document.querySelector(".graph");

  const choose = (node) => {
    const name = node.dataset.node;
    const chosen = !node.classList.contains("chosen");
    for (const one of graph.querySelectorAll(".chosen, .beside")) one.classList.remove("chosen", "beside");
    graph.classList.toggle("choosing", chosen);
    for (const row of document.querySelectorAll("[data-service]")) row.hidden = chosen && row.dataset.service !== name;
    const fold = document.querySelector(".services-fold");
    if (fold) fold.open = chosen && fold.querySelector(`[data-service="${CSS.escape(name)}"]`) !== null;
    for (const one of graph.querySelectorAll("[data-node]")) one.setAttribute("aria-pressed", String(chosen && one === node));
    if (!chosen) return;
    node.classList.add("chosen");
    for (const edge of graph.querySelectorAll(".graph-edge")) {
      const { from: caller, to: callee } = edge.dataset;
      if (caller !== name && callee !== name) continue;
      edge.classList.add("beside");
      const other = caller === name ? callee : caller;
      graph.querySelector(`[data-node="${CSS.escape(other)}"]`)?.classList.add("beside");
    }
  };

  const near = (node, key) => {
    const nodes = [...graph.querySelectorAll("[data-node]")];
    const at = (one) => {
      const { x, y, width, height } = one.getBBox();
      return { x: x + width / 2, y: y + height / 2 };
    };
    const here = at(node);
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const [dx, dy] = ways[key];
    const ahead = nodes
      .filter((one) => one !== node)
      .map((one) => ({ one, along: (at(one).x - here.x) * dx + (at(one).y - here.y) * dy, aside: Math.abs((at(one).x - here.x) * dy) + Math.abs((at(one).y - here.y) * dx) }))
      .filter(({ along }) => along > 1)
      .sort((a, b) => a.along + 2 * a.aside - (b.along + 2 * b.aside));
    return ahead[0]?.one;
  };

  if (graph) {
    graph.setAttribute("role", "group");
    graph.setAttribute("aria-label", graph.querySelector("title").textContent);
    for (const node of graph.querySelectorAll("[data-node]")) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.setAttribute("aria-pressed", "false");
      node.setAttribute("aria-label", node.querySelector("title").textContent);
    }
    graph.addEventListener("click", (event) => {
      const node = event.target.closest("[data-node]");
      if (node) choose(node);
    });
    graph.addEventListener("keydown", (event) => {
      const node = event.target.closest("[data-node]");
      if (!node) return;
      if (event.key === "Enter" || event.key === " ") choose(node);
      else if (event.key.startsWith("Arrow")) near(node, event.key)?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
