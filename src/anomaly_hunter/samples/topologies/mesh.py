"""A mesh of services: who calls whom, how often, and what each call and each service is like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

Role: TypeAlias = Literal["entry", "service", "database", "cache", "queue", "worker"]
Family: TypeAlias = Literal["layers", "hub", "chain", "web", "events"]

FAMILIES: Final[tuple[Family, ...]] = ("layers", "hub", "chain", "web", "events")
HELD_FAMILIES: Final[tuple[Family, ...]] = ("web", "events")
"""Families that nothing is ever fitted on."""

_WORDS: Final = (
    "account", "basket", "billing", "booking", "catalog", "chat", "claims", "coupon", "delivery", "device",
    "export", "feed", "fleet", "geo", "identity", "import", "invoice", "ledger", "loyalty", "mail", "media",
    "offer", "order", "partner", "payment", "policy", "price", "profile", "quote", "rating", "refund",
    "route", "search", "session", "stock", "tax", "ticket", "token", "trip", "voucher",
)  # fmt: skip
_SUFFIXES: Final[dict[Role, tuple[str, ...]]] = {
    "entry": ("gateway", "web", "edge", "bff"),
    "service": ("api", "svc", "core", "manager", "engine"),
    "database": ("db", "store", "postgres"),
    "cache": ("cache", "redis"),
    "queue": ("queue", "topic"),
    "worker": ("worker", "consumer"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One service. ``own_s`` is its own mean work per request without load, ``spread`` its coefficient of
    variation, ``busy`` its utilisation and ``pooled`` the used part of its pool at the daily peak (0 =
    no pool), ``failing`` the usual part of failed requests.
    """

    name: str
    role: Role
    own_s: float
    spread: float
    busy: float
    pooled: float
    failing: float


@dataclass(frozen=True, slots=True)
class Call:
    """Calls from one node to another, by index.

    ``per_request`` times per request of the caller; ``waits`` is False for what is only put in a
    queue; a caller fails with what it ``needs``; calls ``side_by_side`` cost their maximum, not
    their sum; retries are at most ``budget`` of the calls (1: they may amplify). ``behind`` is the
    index of a cache that answers the part ``hits`` before (-1: none).
    """

    caller: int
    callee: int
    per_request: float = 1.0
    waits: bool = True
    needs: bool = True
    side_by_side: bool = False
    retries: int = 0
    budget: float = 0.2
    timeout_s: float = 30.0
    behind: int = -1
    hits: float = 0.0


@dataclass(frozen=True, slots=True)
class Mesh:
    """Nodes, callers before callees, and the calls between them."""

    nodes: tuple[Node, ...]
    calls: tuple[Call, ...]

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """(caller, callee) by name, each once."""
        names = [node.name for node in self.nodes]
        return tuple(dict.fromkeys((names[c.caller], names[c.callee]) for c in self.calls))

    def below(self, start: int) -> set[int]:
        """Nodes that ``start`` waits for, directly or not, itself included."""
        reached = {start}
        for call in self.calls:  # sorted by caller, and callers come first
            if call.waits and call.caller in reached:
                reached.add(call.callee)
        return reached


@dataclass(frozen=True, slots=True)
class _Kind:
    """What makes a family: shares of roles, depth of the calls, callers per service."""

    entries: int
    databases: float
    caches: float
    queues: float
    depth: int
    callers: float


_KINDS: Final[dict[Family, _Kind]] = {
    "layers": _Kind(1, 0.15, 0.05, 0.0, 4, 1.4),
    "hub": _Kind(3, 0.08, 0.1, 0.03, 3, 2.2),
    "chain": _Kind(1, 0.1, 0.0, 0.03, 9, 1.1),
    "web": _Kind(2, 0.12, 0.06, 0.03, 5, 1.8),
    "events": _Kind(2, 0.15, 0.05, 0.12, 4, 1.3),
}


def mesh(family: Family, size: int, rng: np.random.Generator) -> Mesh:
    """A mesh of about ``size`` services (5 or more) of one family.

    Services lie in layers and are called from layers above, popular ones more often; databases are
    shared, some behind a cache; queues are followed by a worker that may call databases.
    """
    roles, layers = _roles(_KINDS[family], max(5, size), rng)
    names = _names(roles, rng)
    nodes = tuple(_node(name, role, rng) for name, role in zip(names, roles, strict=True))
    calls = _calls(_KINDS[family], roles, layers, rng)
    return Mesh(nodes, tuple(sorted(calls, key=lambda c: (c.caller, c.callee))))


def _roles(kind: _Kind, size: int, rng: np.random.Generator) -> tuple[list[Role], list[int]]:
    """Role and layer of every node, by layer: entries, services, queues, workers, caches, databases."""
    entries = min(max(1, round(kind.entries * size / 25)), size // 4 + 1) if size > 40 else kind.entries
    queues = round(kind.queues * size + (0.5 if kind.queues else 0.0))
    databases, caches = max(1, round(kind.databases * size)), round(kind.caches * size)
    services = max(2, size - entries - 2 * queues - databases - caches)
    depth = min(kind.depth, services)
    layers = np.sort(np.concatenate((np.arange(depth), rng.integers(0, depth, services - depth))))
    plan: list[tuple[Role, list[int]]] = [
        ("entry", [0] * entries),
        ("service", [1 + int(layer) for layer in layers]),
        ("queue", [depth + 1] * queues),
        ("worker", [depth + 2] * queues),
        ("cache", [depth + 3] * caches),
        ("database", [depth + 4] * databases),
    ]
    roles: list[Role] = [role for role, places in plan for _ in places]
    return roles, [place for _, places in plan for place in places]


def _names(roles: list[Role], rng: np.random.Generator) -> list[str]:
    names: list[str] = []
    taken: dict[str, int] = {}
    for role in roles:
        word = _WORDS[rng.integers(len(_WORDS))]
        name = f"{word}-{_SUFFIXES[role][rng.integers(len(_SUFFIXES[role]))]}"
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name}-{taken[name]}")
    return names


def _node(name: str, role: Role, rng: np.random.Generator) -> Node:
    typical = {"cache": 0.001, "queue": 0.003, "database": 0.006, "worker": 0.05}.get(role, 0.012)
    own = typical * float(np.exp(rng.normal(0.0, 0.7)))
    pooled = float(rng.uniform(0.04, 0.2)) if role not in ("cache", "queue") and rng.random() < 0.7 else 0.0
    failing = 0.0 if rng.random() < 0.3 else float(np.exp(rng.uniform(np.log(1e-5), np.log(3e-3))))
    return Node(name, role, own, float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.1, 0.5)), pooled, failing)


def _calls(kind: _Kind, roles: list[Role], layers: list[int], rng: np.random.Generator) -> list[Call]:
    of: dict[Role, list[int]] = {role: [i for i, r in enumerate(roles) if r == role] for role in _SUFFIXES}
    calls: list[Call] = []
    popular = {i: float(rng.pareto(1.5) + 0.2) for i in range(len(roles))}
    for i in of["service"]:
        above = [j for j in (*of["entry"], *of["service"]) if layers[j] < layers[i]]
        near = [j for j in above if layers[j] == layers[i] - 1] or above
        count = 1 + int(rng.poisson(max(0.0, kind.callers - 1.0) * min(3.0, popular[i])))
        chosen = dict.fromkeys(
            [near[rng.integers(len(near))], *(above[rng.integers(len(above))] for _ in range(count - 1))]
        )
        calls += [_request(j, i, rng) for j in chosen]
    called = {c.caller for c in calls}
    for j in of["entry"]:
        if j not in called and of["service"]:
            calls.append(_request(j, of["service"][rng.integers(len(of["service"]))], rng))
    callers = of["service"] or of["entry"]
    for queue, worker in zip(of["queue"], of["worker"], strict=True):
        for j in _some(callers, 1 + int(rng.integers(2)), rng):
            calls.append(Call(j, queue, float(rng.uniform(0.1, 1.0)), timeout_s=5.0))
        calls.append(Call(queue, worker, 1.0, waits=False, needs=False))
    calls += _stores(of, popular, rng)
    return calls


def _request(caller: int, callee: int, rng: np.random.Generator) -> Call:
    retries = int(rng.choice((0, 0, 0, 1, 2)))
    budget = 1.0 if rng.random() < 0.25 else 0.2
    return Call(
        caller,
        callee,
        float(rng.choice((1.0, 1.0, 1.0, 2.0, 0.5, 0.2))),
        needs=bool(rng.random() < 0.85),
        side_by_side=bool(rng.random() < 0.3),
        retries=retries,
        budget=budget,
        timeout_s=float(rng.choice((1.0, 3.0, 10.0, 30.0))),
    )


def _stores(of: dict[Role, list[int]], popular: dict[int, float], rng: np.random.Generator) -> list[Call]:
    """Calls to databases: most services have one, the popular databases are shared."""
    databases, caches = of["database"], of["cache"]
    weight = np.array([popular[d] for d in databases])
    calls: list[Call] = []
    for i in (*of["service"], *of["worker"]):
        if rng.random() < 0.35 and i != of["service"][-1]:
            continue
        database = databases[int(rng.choice(len(databases), p=weight / weight.sum()))]
        times = float(rng.choice((1.0, 1.0, 2.0, 3.0)))
        if caches and rng.random() < 0.5:
            cache, hits = caches[rng.integers(len(caches))], float(rng.uniform(0.6, 0.95))
            calls.append(Call(i, cache, times, needs=False, timeout_s=0.25))
            calls.append(Call(i, database, times, timeout_s=5.0, behind=cache, hits=hits))
        else:
            calls.append(Call(i, database, times, timeout_s=5.0, retries=int(rng.choice((0, 0, 1)))))
    used = {c.callee for c in calls}
    for unused in (*databases, *caches):
        if unused not in used:
            caller = of["service"][rng.integers(len(of["service"]))]
            calls.append(Call(caller, unused, 1.0, needs=unused in databases, timeout_s=5.0))
    return calls


def _some(among: list[int], count: int, rng: np.random.Generator) -> list[int]:
    return [among[int(i)] for i in rng.choice(len(among), min(count, len(among)), replace=False)]
