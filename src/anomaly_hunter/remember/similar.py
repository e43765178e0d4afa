"""Which past incidents are like this one: parts compared one by one, then fused.

Sets (metrics that moved, services, patterns, words, labels) are compared by what they share,
rare entries counting more than common ones: with document frequency ``df`` among ``n`` incidents
an entry weighs ``log(1 + n / df)``, and the part is ``weight(A & B) / weight(A | B)`` (weighted
Jaccard); for words, whose number varies, ``weight(A & B) / sqrt(weight(A) weight(B))`` (cosine).
Sparck Jones, A statistical interpretation of term specificity (1972).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.remember.fingerprint import Fingerprint

WEIGHTS: Final[Mapping[str, float]] = {
    "shape": 1.0, "metrics": 1.0, "graph": 1.0, "pattern": 1.0, "words": 1.0, "labels": 0.5,
}  # fmt: skip
"""What each part counts; a part that neither incident has is left out."""

LEAST: Final = 0.35
"""Below this similarity a past incident is not shown."""

MOST: Final = 3
COMPARED: Final = 50
LAGS: Final = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two incidents are, in [0, 1], and what each part adds to it."""

    similarity: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare an entry is among ``n`` incidents."""

    n: int
    df: Mapping[str, int]

    @classmethod
    def among(cls, prints: Iterable[Fingerprint]) -> Rarity:
        """Counted over what is remembered."""
        df: Counter[str] = Counter()
        n = 0
        for n, one in enumerate(prints, 1):  # noqa: B007 - the last n is the number
            df.update(one.entries())
        return cls(n, df)

    def weight(self, entries: Iterable[str]) -> float:
        """Sum of ``log(1 + n / df)``; what was never seen counts as seen once."""
        return sum(math.log1p(max(1, self.n) / max(1, self.df.get(one, 1))) for one in entries)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Past incidents, ready to be compared with many others.

    >>> a = Fingerprint(shape="spike", moved=("latency up",), words=("checkout", "pool"))
    >>> b = Fingerprint(shape="dip", moved=("orders down",), words=("shop", "orders"))
    >>> [(i, round(alike.similarity, 2)) for i, alike in Shelf.of([b, a]).ranked(a)]
    [(1, 1.0)]
    """

    past: tuple[Fingerprint, ...]
    rarity: Rarity
    holders: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, past: Iterable[Fingerprint]) -> Shelf:
        """With how rare every entry is, and who has it."""
        prints = tuple(past)
        holders: dict[str, list[int]] = {}
        for i, one in enumerate(prints):
            for entry in one.entries():
                holders.setdefault(entry, []).append(i)
        return cls(prints, Rarity.among(prints), holders)

    def ranked(
        self, now: Fingerprint, *, without: Container[int] = (), most: int = MOST, least: float = LEAST
    ) -> tuple[tuple[int, Likeness], ...]:
        """Positions of the most similar past incidents, best first; of equals the later one.

        Compared in full are the 50 that share the most (in rarity); what shares nothing but a curve
        is below ``least`` anyway.
        """
        shared: dict[int, float] = {}
        for entry in now.entries():
            weight = self.rarity.weight((entry,))
            for i in self.holders.get(entry, ()):
                shared[i] = shared.get(i, 0.0) + weight
        near = sorted((i for i in shared if i not in without), key=lambda i: (-shared[i], -i))[:COMPARED]
        found = [(i, likeness(now, self.past[i], self.rarity)) for i in near]
        found = [(i, alike) for i, alike in found if alike.similarity >= least]
        found.sort(key=lambda pair: (-pair[1].similarity, -pair[0]))
        return tuple(found[:most])


def likeness(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> Likeness:
    """The weighted mean of the parts that one of them has at least."""
    parts = {name: part(a, b, rarity) for name, part in PARTS.items()}
    known = {name: value for name, value in parts.items() if value is not None}
    total = sum(WEIGHTS[name] for name in known)
    if not total:
        return Likeness(0.0, {})
    adds = {name: WEIGHTS[name] * value / total for name, value in known.items()}
    return Likeness(min(1.0, sum(adds.values())), adds)


def _shape(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    """Curve (correlation at the best of seven shifts), kind of shape, direction, length and height."""
    if not a.shape and not b.shape:
        return None
    terms = [(0.2, float(a.shape == b.shape)), (0.1, float(a.direction == b.direction))]
    if a.curve and b.curve:
        terms.append((0.5, _correlation(a.curve, b.curve)))
    if a.span_s > 0 and b.span_s > 0:
        terms.append((0.1, math.exp(-abs(math.log(a.span_s / b.span_s)))))
    if a.sigmas and b.sigmas:
        terms.append((0.1, math.exp(-abs(math.log(abs(a.sigmas) / abs(b.sigmas))) / 2)))
    return sum(w * x for w, x in terms) / sum(w for w, _ in terms)


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    x, y = np.asarray(a), np.asarray(b)
    n = min(len(x), len(y))
    best = 0.0
    for lag in range(-LAGS, LAGS + 1):
        u, v = (x[lag:n], y[: n - lag]) if lag >= 0 else (x[: n + lag], y[-lag:n])
        u, v = u - u.mean(), v - v.mean()
        size = math.sqrt(float(u @ u) * float(v @ v))
        best = max(best, float(u @ v) / size if size > 1e-12 else 0.0)
    return min(1.0, best)


def _metrics(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    return _jaccard(a.moved, b.moved, rarity)


def _graph(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    """Same alerting service, same blamed service, same distance between them, same services moved."""
    terms = []
    if a.root or b.root:
        terms.append((0.4, float(a.root == b.root)))
    if a.alerting or b.alerting:
        terms.append((0.2, float(a.alerting == b.alerting)))
    if a.depth >= 0 and b.depth >= 0:
        terms.append((0.1, 1.0 / (1.0 + abs(a.depth - b.depth))))
    moved = _jaccard(a.places, b.places, rarity)
    if moved is not None:
        terms.append((0.3, moved))
    return sum(w * x for w, x in terms) / sum(w for w, _ in terms) if terms else None


def _pattern(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    return _jaccard(a.patterns, b.patterns, rarity)


def _words(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    x, y = set(a.words), set(b.words)
    if not x and not y:
        return None
    size = math.sqrt(rarity.weight(x) * rarity.weight(y))
    return rarity.weight(x & y) / size if size > 0 else 0.0


def _labels(a: Fingerprint, b: Fingerprint, rarity: Rarity) -> float | None:
    return _jaccard(a.labels, b.labels, rarity)


def _jaccard(a: Sequence[str], b: Sequence[str], rarity: Rarity) -> float | None:
    x, y = set(a), set(b)
    whole = rarity.weight(x | y)
    return rarity.weight(x & y) / whole if whole > 0 else None


Part = Callable[[Fingerprint, Fingerprint, Rarity], float | None]
PARTS: Final[Mapping[str, Part]] = {
    "shape": _shape,
    "metrics": _metrics,
    "graph": _graph,
    "pattern": _pattern,
    "words": _words,
    "labels": _labels,
}
