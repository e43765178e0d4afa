"""Places for the nodes of a graph: callers left, what they call to the right of them, few crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Edge: TypeAlias = tuple[str, str]

_SWEEPS: Final = 6


def places(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, tuple[int, float]]:
    """For every node its layer, and its place in it around 0.

    A node stands one layer behind the last of its callers; calls that close a circle are not counted.
    In a layer nodes are ordered by the mean place of their neighbours, swept to and fro.

    >>> places(["web", "api", "db"], [("web", "api"), ("api", "db"), ("db", "web")])
    {'web': (0, 0.0), 'api': (1, 0.0), 'db': (2, 0.0)}
    >>> places(["a", "b", "c"], [("a", "b"), ("a", "c")])
    {'a': (0, 0.0), 'b': (1, -0.5), 'c': (1, 0.5)}
    """
    layer = _layers(nodes, _forward(nodes, edges))
    rows: dict[int, list[str]] = {}
    for node in nodes:
        rows.setdefault(layer[node], []).append(node)
    near: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    place = {node: at for row in rows.values() for node, at in _spread(row).items()}
    for sweep in range(_SWEEPS):
        for number in sorted(rows, reverse=bool(sweep % 2)):
            rows[number].sort(key=lambda node: _mean(near[node], place, place[node]))
            place |= _spread(rows[number])
    return {node: (layer[node], place[node]) for node in nodes}


def _forward(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, list[str]]:
    """Calls without those that lead back to where they came from; depth first, without recursion."""
    below: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in dict.fromkeys(edges):
        if a != b:
            below[a].append(b)
    called = {b for _, b in edges}
    kept: dict[str, list[str]] = {node: [] for node in nodes}
    open_, done = set[str](), set[str]()
    for start in sorted(nodes, key=lambda node: node in called):
        if start in done:
            continue
        open_.add(start)
        way = [(start, iter(below[start]))]
        while way:
            node, rest = way[-1]
            following = next(rest, None)
            if following is None:
                open_.discard(node)
                done.add(node)
                way.pop()
            elif following not in open_:
                kept[node].append(following)
                if following not in done:
                    open_.add(following)
                    way.append((following, iter(below[following])))
    return kept


def _layers(nodes: Sequence[str], below: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The longest way from a node that nobody calls."""
    waiting = dict.fromkeys(nodes, 0)
    for node in nodes:
        for other in below[node]:
            waiting[other] += 1
    layer = dict.fromkeys(nodes, 0)
    free = [node for node in nodes if not waiting[node]]
    while free:
        node = free.pop()
        for other in below[node]:
            layer[other] = max(layer[other], layer[node] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                free.append(other)
    return layer


def _spread(row: Sequence[str]) -> dict[str, float]:
    return {node: at - (len(row) - 1) / 2 for at, node in enumerate(row)}


def _mean(neighbours: Sequence[str], place: Mapping[str, float], own: float) -> float:
    return sum(place[one] for one in neighbours) / len(neighbours) if neighbours else own
