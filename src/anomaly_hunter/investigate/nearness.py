"""Which services an abnormality can pass between, along the calls of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from anomaly_hunter.model import Graph

MOST_NEAR: Final = 2_000


class Nearness:
    """For each abnormal service the other abnormal services that it can have passed to, or got it from.

    Two services are near when one calls the other; when only services that are not measured lie
    between them; or when one measured service stands in the middle of a chain of calls (a caller
    that looks normal may still hand on what it gets). A normal service that both call, or that calls
    both, does not connect them: it would show something.
    """

    def __init__(self, graph: Graph | None, measured: Collection[str], abnormal: Collection[str]) -> None:
        self._graph = Graph(()) if graph is None else graph
        self._measured = frozenset(measured)
        self._abnormal = frozenset(abnormal)
        self._around_hidden: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def __contains__(self, service: str) -> bool:
        return service in self._graph

    def of(self, service: str) -> tuple[str, ...]:
        """Abnormal services near this one, at most 2,000."""
        if service not in self._known:
            near = dict.fromkeys(name for name in self._reached(service) if name in self._abnormal)
            near.pop(service, None)
            self._known[service] = tuple(near)[:MOST_NEAR]
        return self._known[service]

    def _reached(self, service: str) -> Iterator[str]:
        for onward in (self._graph.callees, self._graph.callers):
            for other in onward(service):
                yield other
                if other in self._measured:
                    yield from onward(other)
        for other in self._neighbours(service):
            if other not in self._measured:
                yield from self._behind(other)

    def _neighbours(self, service: str) -> tuple[str, ...]:
        return (*self._graph.callees(service), *self._graph.callers(service))

    def _behind(self, hidden: str) -> tuple[str, ...]:
        """Measured services around a part of the graph that nobody measures."""
        if hidden not in self._around_hidden:
            inside, front, around = {hidden}, [hidden], {}
            while front:
                following = dict.fromkeys(n for h in front for n in self._neighbours(h) if n not in inside)
                around.update(dict.fromkeys(n for n in following if n in self._measured))
                front = [n for n in following if n not in self._measured]
                inside.update(front)
            self._around_hidden.update(dict.fromkeys(inside, tuple(around)))
        return self._around_hidden[hidden]
