"""A laid-out graph as SVG; colours come from the style sheet by class."""

from __future__ import annotations

from html import escape
from typing import Final

from markupsafe import Markup

from anomaly_hunter.serve.pictures.graphs import HEIGHT, WIDTH, Drawn, Edge, Node

_CHARACTERS: Final = 18  # of a name inside its box


def svg(drawn: Drawn) -> Markup:
    """The picture, for a template; every text of the data is escaped.

    Classes: ``graph``; ``graph-node is-cause|is-candidate|is-abnormal|is-normal|is-unmeasured``, with
    ``is-felt``; ``graph-edge``, with ``is-lit``. Nodes carry ``data-node``, edges ``data-from`` and
    ``data-to``; the tips of arrows are ``graph-tip`` and ``graph-tip-lit``.
    """
    at = {node.name: node for node in drawn.nodes}
    order = sorted(drawn.edges, key=lambda edge: edge.lit)  # what is lit lies on top
    lines = [_edge(edge, at[edge.caller], at[edge.callee]) for edge in order]
    boxes = [_node(node) for node in drawn.nodes]
    return Markup(  # noqa: S704 - every text in it was escaped above
        f'<svg class="graph" role="img" viewBox="0 0 {drawn.width:g} {drawn.height:g}" '
        f'width="{drawn.width:g}" height="{drawn.height:g}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(drawn.label)}</title>"
        f"<defs>{_tip('graph-tip')}{_tip('graph-tip-lit')}</defs>"
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _tip(name: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="{name}" d="M0 0L8 4L0 8z"/></marker>'
    )


def _edge(edge: Edge, a: Node, b: Node) -> str:
    lit, tip = (" is-lit", "graph-tip-lit") if edge.lit else ("", "graph-tip")
    return (
        f'<path class="graph-edge{lit}" data-from="{escape(a.name)}" data-to="{escape(b.name)}" fill="none" '
        f'marker-end="url(#{tip})" d="{_way(a, b)}"/>'
    )


def _way(a: Node, b: Node) -> str:
    """From the right side of the caller to the left side of the callee; a call back goes around below."""
    x1, x2 = a.x + WIDTH / 2, b.x - WIDTH / 2 - 2
    if x2 > x1:
        bend = (x2 - x1) / 2
        return f"M{x1:g} {a.y:g}C{x1 + bend:g} {a.y:g} {x2 - bend:g} {b.y:g} {x2:g} {b.y:g}"
    y1, y2 = a.y + HEIGHT / 2, b.y + HEIGHT / 2 + 2
    low = max(y1, y2) + HEIGHT / 2
    return f"M{a.x:g} {y1:g}C{a.x:g} {low:g} {b.x:g} {low:g} {b.x:g} {y2:g}"


def _node(node: Node) -> str:
    felt = " is-felt" if node.felt else ""
    name = node.name if len(node.name) <= _CHARACTERS else f"{node.name[: _CHARACTERS - 1]}…"
    left, top = node.x - WIDTH / 2, node.y - HEIGHT / 2
    said: list[str] = ["the cause lies here" if node.state == "cause" else node.state]
    said += [f"{node.blame:.0%} of the blame"] if node.blame is not None else []
    said += ["felt here"] if node.felt else []
    hint = "; ".join([*said, *([node.says] if node.says else [])])
    return (
        f'<g class="graph-node is-{node.state}{felt}" data-node="{escape(node.name)}">'
        f"<title>{escape(f'{node.name}: {hint}')}</title>"
        f'<rect x="{left:g}" y="{top:g}" width="{WIDTH:g}" height="{HEIGHT:g}" rx="8"/>'
        f'<text class="graph-name" x="{node.x:g}" y="{node.y - 3:g}" text-anchor="middle">'
        f"{escape(name)}</text>"
        f'<text class="graph-says" x="{node.x:g}" y="{node.y + 13:g}" text-anchor="middle">'
        f"{escape(_short(node))}</text></g>"
    )


def _short(node: Node) -> str:
    """What stands in the box below the name: colour is never the only sign."""
    words = {"cause": "cause", "candidate": "suspect", "abnormal": "off", "normal": "normal"}
    said = [words.get(node.state, "not measured")]
    said += [f"{node.blame:.0%} blame"] if node.blame is not None else []
    said += ["felt here"] if node.felt and node.blame is None else []
    return " · ".join(said)
