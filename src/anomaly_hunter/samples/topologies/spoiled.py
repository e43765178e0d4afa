"""What goes wrong between the truth and what is known: lost and wrong edges, missing metrics, clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import Series

Variant: TypeAlias = Literal[
    "as it is", "10% of edges lost", "25% of edges lost", "40% of edges lost", "wrong edges", "no graph",
    "percentiles", "no counts", "hidden root", "some unmeasured", "short baseline", "clocks off",
]  # fmt: skip

VARIANTS: Final[tuple[Variant, ...]] = (
    "as it is", "10% of edges lost", "25% of edges lost", "40% of edges lost", "wrong edges", "no graph",
    "percentiles", "no counts", "hidden root", "some unmeasured", "short baseline", "clocks off",
)  # fmt: skip

Edges: TypeAlias = tuple[tuple[str, str], ...]
Measured: TypeAlias = Mapping[str, Sequence[Series]]

_LOST: Final[dict[str, float]] = {
    "10% of edges lost": 0.10,
    "25% of edges lost": 0.25,
    "40% of edges lost": 0.40,
}
SHORT: Final = (30, 80)
UNMEASURED: Final = 0.15
MOST_OFF: Final = 3


def spoiled_edges(variant: Variant, edges: Edges, hidden: str, rng: np.random.Generator) -> Edges:
    """The edges that are known. Wrong: 15% added between any two services, 5% turned round."""
    if variant == "no graph":
        return ()
    if variant == "hidden root" and hidden:
        return tuple(edge for edge in edges if hidden not in edge)
    if variant in _LOST:
        kept = rng.random(len(edges)) >= _LOST[variant]
        return tuple(edge for edge, keep in zip(edges, kept, strict=True) if keep)
    if variant != "wrong edges":
        return edges
    names = tuple(dict.fromkeys(name for edge in edges for name in edge))
    more = [rng.choice(len(names), 2, replace=False) for _ in range(max(2, round(0.15 * len(edges))))]
    turned = [(b, a) if rng.random() < 0.05 else (a, b) for a, b in edges]
    return tuple(dict.fromkeys([*turned, *((names[a], names[b]) for a, b in more)]))


def spoiled_series(
    variant: Variant, measured: Measured, rng: np.random.Generator, *, hidden: str, alerting: str, onset: int
) -> tuple[Series, ...]:
    """The series that are known. The alerting service always is, with its own clock right."""
    kept = dict(measured)
    if variant == "hidden root":
        kept.pop(hidden, None)
    if variant == "some unmeasured":
        kept = {n: s for n, s in measured.items() if n == alerting or rng.random() >= UNMEASURED}
    series = [one for members in kept.values() for one in members]
    if variant == "short baseline":
        first = max(0, onset - int(rng.integers(*SHORT)))
        return tuple(
            replace(s, time=s.time[first:], value=s.value[first:], row=s.row[first:]) for s in series
        )
    if variant == "clocks off":
        off = {n: int(rng.integers(-MOST_OFF, MOST_OFF + 1)) if rng.random() < 0.3 else 0 for n in kept}
        off[alerting] = 0
        return tuple(_shifted(s, off[s.labels["service"]]) for s in series)
    return tuple(series)


def _shifted(series: Series, minutes: int) -> Series:
    return replace(series, time=series.time + np.timedelta64(minutes, "m")) if minutes else series
