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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray
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
    """How rare an entry is among incidents: what each weighs, and what one weighs that was never seen."""

    weights: Mapping[str, float]
    unseen: float

    @classmethod
    def among(cls, prints: Iterable[Fingerprint]) -> Rarity:
        """Counted over what is remembered."""
        df: Counter[str] = Counter()
        n = 0
        for n, one in enumerate(prints, 1):  # noqa: B007 - the last n is the number
            df.update(one.entries())
        return cls.counted(n, df)

    @classmethod
    def counted(cls, n: int, df: Mapping[str, int]) -> Rarity:
        """Of ``n`` incidents, ``df`` of which have the entry."""
        known = {many: math.log1p(max(1, n) / many) for many in {1, *df.values()}}
        return cls({entry: known[many] for entry, many in df.items()}, known[1])

    def weight(self, entries: Iterable[str]) -> float:
        """Sum of ``log(1 + n / df)``; what was never seen counts as seen once."""
        weights, unseen = self.weights, self.unseen
        return sum([weights.get(one, unseen) for one in entries])


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
    holders: Mapping[str, IntArray]

    @classmethod
    def of(cls, past: Iterable[Fingerprint]) -> Shelf:
        """With how rare every entry is, and who has it."""
        prints = tuple(past)
        holders: dict[str, list[int]] = {}
        for i, one in enumerate(prints):
            for entry in one.entries():
                holders.setdefault(entry, []).append(i)
        rarity = Rarity.counted(len(prints), {entry: len(held) for entry, held in holders.items()})
        return cls(prints, rarity, {entry: np.array(held) for entry, held in holders.items()})

    def ranked(
        self, now: Fingerprint, *, without: Iterable[int] = (), most: int = MOST, least: float = LEAST
    ) -> tuple[tuple[int, Likeness], ...]:
        """Positions of the most similar past incidents, best first; of equals the later one.

        Compared in full are the 50 that share the most (in rarity); what shares nothing but a curve
        is below ``least`` anyway.
        """
        found = [(i, likeness(now, self.past[i], self.rarity)) for i in self._near(now, without)]
        found = [(i, alike) for i, alike in found if alike.similarity >= least]
        found.sort(key=lambda pair: (-pair[1].similarity, -pair[0]))
        return tuple(found[:most])

    def _near(self, now: Fingerprint, without: Iterable[int]) -> list[int]:
        """Those that share the most, the later first among equals."""
        shared = np.zeros(len(self.past))
        for entry in sorted(now.entries()):  # in one order, so that sums are the same in every program
            held = self.holders.get(entry)
            if held is not None:
                shared[held] += self.rarity.weight((entry,))
        shared[list(without)] = 0.0
        order = np.lexsort((-np.arange(len(shared)), -shared))[:COMPARED]
        return [int(i) for i in order if shared[i] > 0]


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
    """The best over all shifts, of what overlaps at each."""
    n = min(len(a), len(b))
    first, second, both = _shifts(n)
    u, v = (_centered(np.asarray(one[:n])[places] * both, both) for one, places in ((a, first), (b, second)))
    size = np.sqrt((u * u).sum(axis=1) * (v * v).sum(axis=1))
    best = np.divide((u * v).sum(axis=1), size, out=np.zeros(len(size)), where=size > 1e-12)
    return min(1.0, max(0.0, float(best.max())))


def _centered(curves: FloatArray, known: FloatArray) -> FloatArray:
    """Each row without the mean of what is known of it; 0 where nothing is."""
    found: FloatArray = (
        curves - curves.sum(axis=1, keepdims=True) / known.sum(axis=1, keepdims=True)
    ) * known
    return found


@lru_cache(maxsize=8)
def _shifts(n: int) -> tuple[IntArray, IntArray, FloatArray]:
    """For each shift, which places of two curves of ``n`` points meet, and 1.0 where both have one."""
    shift = np.arange(-LAGS, LAGS + 1)[:, None]
    at = np.arange(n)[None, :]
    first, second = at + np.maximum(shift, 0), at + np.maximum(-shift, 0)
    both = ((first < n) & (second < n)).astype(np.float64)
    return np.minimum(first, n - 1), np.minimum(second, n - 1), both


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
