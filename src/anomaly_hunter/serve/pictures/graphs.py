"""The services around an incident, laid out: which are off, which carry the blame, the cause lit."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

from anomaly_hunter.model import Detection, Graph, Incident
from anomaly_hunter.model.services import node_words, service_among
from anomaly_hunter.serve.pictures.layers import places
from anomaly_hunter.serve.pictures.seen import Seen
from anomaly_hunter.tell.html.compact import cut

State: TypeAlias = Literal["cause", "candidate", "abnormal", "normal", "unmeasured"]

NODES: Final = 60
WIDTH: Final = 148.0
HEIGHT: Final = 44.0
_ACROSS: Final = 212.0
_DOWN: Final = 68.0
_MARGIN: Final = 12.0


@dataclass(frozen=True, slots=True)
class Node:
    """A service: its middle, how it is, and what is said of it.

    ``blame`` is its share of the blame, None where none was spread; ``felt``: here the incident showed first;
    ``series`` are the ids of its abnormal series.
    """

    name: str
    x: float
    y: float
    state: State
    blame: float | None
    felt: bool
    series: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A call; ``lit`` where it lies on the way from where the incident is felt to its cause."""

    caller: str
    callee: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A graph with places; ``left_out`` counts services that found no room or are not concerned."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float
    left_out: int
    cause: str
    label: str


def graph_document(drawn: Drawn) -> dict[str, Any]:
    """The graph as plain types."""
    return asdict(drawn)


def incident_graph(seen: Seen) -> Drawn:
    """The services that an incident concerns, and their neighbours.

    Without a graph of calls the ways that the evidence names make one; without these there are nodes alone.
    """
    incident = seen.incident
    said = _Said.of(incident)
    given = seen.hunt.dataset.graph if seen.hunt is not None else None
    graph = given or Graph(tuple((a, b) for way in said.ways for a, b in itertools.pairwise(way)))
    homes = _homes(seen, graph)
    lead = homes.of.get(incident.lead.subject, "")
    felt = next((way[0] for way in said.ways if way[-1] == said.cause), lead)
    concerned = [
        said.cause,
        felt,
        lead,
        *homes.abnormal,
        *said.candidates,
        *(n for way in said.ways for n in way),
    ]
    names = _chosen(graph, concerned)
    lit = _lit(graph, said, felt)
    edges = tuple(
        Edge(a, b, (a, b) in lit)
        for a, b in dict.fromkeys(graph.edges)
        if a in names and b in names and a != b
    )
    place = places(names, [(edge.caller, edge.callee) for edge in edges])
    top = min((y for _, y in place.values()), default=0.0)
    nodes = tuple(
        Node(
            name=cut(name, 200),
            x=_MARGIN + WIDTH / 2 + layer * _ACROSS,
            y=_MARGIN + HEIGHT / 2 + (y - top) * _DOWN,
            state=_state(name, said, homes),
            blame=said.blame.get(name),
            felt=name == felt,
            series=tuple(homes.abnormal.get(name, ())),
            says=cut(said.statements.get(name, "")),
        )
        for name, (layer, y) in place.items()
    )
    return Drawn(
        nodes,
        tuple(Edge(cut(edge.caller, 200), cut(edge.callee, 200), edge.lit) for edge in edges),
        width=max((node.x + WIDTH / 2 + _MARGIN for node in nodes), default=0.0),
        height=max((node.y + HEIGHT / 2 + _MARGIN for node in nodes), default=0.0),
        left_out=len({*graph.nodes, *names}) - len(nodes),
        cause=cut(said.cause, 200),
        label=_label(said, felt, len(nodes)),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What verdict and evidence say of services."""

    cause: str
    candidates: tuple[str, ...]
    blame: Mapping[str, float]
    ways: tuple[tuple[str, ...], ...]
    statements: Mapping[str, str]

    @classmethod
    def of(cls, incident: Incident) -> _Said:
        verdict = incident.verdict
        blame: dict[str, float] = {}
        ways, statements = [], {}
        for one in verdict.evidence:
            service, share = one.numbers.get("service"), one.numbers.get("share")
            if not one.id.startswith("blame:") or not isinstance(service, str):
                continue
            statements[service] = one.statement
            if isinstance(share, int | float):
                blame[service] = float(share)
            way = one.numbers.get("path")
            ways.append(tuple(part.strip() for part in way.split(" > ")) if isinstance(way, str) else ())
        for candidate in verdict.candidates:
            if candidate.place:
                statements.setdefault(candidate.place, candidate.statement)
        first = verdict.cause
        cause = (first.place or (first.name if first.kind == "service" else "")) if first is not None else ""
        found = dict.fromkeys(one.place for one in verdict.candidates if one.place)
        return cls(cause, tuple(found), blame, tuple(way for way in ways if way), statements)


@dataclass(frozen=True, slots=True)
class _Homes:
    """Which service each series belongs to, those that are measured, and abnormal series by service."""

    of: Mapping[str, str]
    measured: frozenset[str]
    abnormal: Mapping[str, list[str]]


def _homes(seen: Seen, graph: Graph) -> _Homes:
    words = node_words(graph)
    of: dict[str, str] = {}
    for one in seen.hunt.detections if seen.hunt is not None else ():
        if (service := _service(one, words)) and one.series is not None:
            of[one.subject] = service
    abnormal: dict[str, list[str]] = {}
    for anomaly in seen.incident.anomalies:
        service = of.get(anomaly.subject, "")
        if service and anomaly.subject_id not in abnormal.setdefault(service, []):
            abnormal[service].append(anomaly.subject_id)
    return _Homes(of, frozenset(of.values()), abnormal)


def _service(detection: Detection, words: Mapping[str, str]) -> str:
    return service_among(detection.series, words) if detection.series is not None else ""


def _chosen(graph: Graph, concerned: Iterable[str]) -> list[str]:
    """Those concerned, then their neighbours, as far as there is room."""
    near = [name for name in dict.fromkeys(concerned) if name]
    around = [other for name in near for other in (*graph.callers(name), *graph.callees(name))]
    rest = graph.nodes if len(graph.nodes) <= NODES else ()
    chosen = set([*dict.fromkeys([*near, *around, *rest])][:NODES])
    return [name for name in dict.fromkeys([*graph.nodes, *near]) if name in chosen]


def _lit(graph: Graph, said: _Said, felt: str) -> set[tuple[str, str]]:
    """Calls on the ways that the evidence names to the cause, else on the shortest one."""
    ways = [way for way in said.ways if way[-1] == said.cause]
    if not ways and said.cause and felt and felt != said.cause:
        ways = [_shortest(graph, felt, said.cause)]
    return {pair for way in ways for pair in itertools.pairwise(way)}


def _shortest(graph: Graph, start: str, goal: str) -> tuple[str, ...]:
    before, front = {start: ""}, [start]
    while front and goal not in before:
        onward = [(b, a) for a in front for b in graph.callees(a) if b not in before]
        before.update(dict(reversed(onward)))
        front = list(dict.fromkeys(b for b, _ in onward))
    if goal not in before:
        return ()
    way = [goal]
    while before[way[-1]]:
        way.append(before[way[-1]])
    return tuple(reversed(way))


def _state(name: str, said: _Said, homes: _Homes) -> State:
    if name == said.cause:
        return "cause"
    if name in homes.abnormal:
        return "abnormal"
    if name in said.candidates:
        return "candidate"
    return "normal" if name in homes.measured else "unmeasured"


def _label(said: _Said, felt: str, count: int) -> str:
    """What the picture shows, for people who do not see it."""
    if not count:
        return "Nothing is known of services here."
    parts = [f"{count} {'service' if count == 1 else 'services'}"]
    parts += [f"felt at {felt}"] if felt else []
    parts += [f"the cause lies at {said.cause}"] if said.cause else ["no cause is named"]
    return cut("; ".join(parts) + ".")
