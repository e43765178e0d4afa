"""What the abnormal part has in common: a category of a table, a label of many series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.semantics import kind_of
from anomaly_hunter.model import Column, Table
from anomaly_hunter.model.services import SERVICE_LABELS
from anomaly_hunter.stats.enrichment import log_tail

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case
    from anomaly_hunter.investigate.movement import Movement

MIN_LIFT: Final = 1.5
MIN_HITS: Final = 3
ALPHA_LOG10: Final = -2.0
MOST_CATEGORIES: Final = 10_000
MIN_CONTROLS: Final = 2
CLEAN: Final = 0.8
SYMPTOMS: Final = ("latency", "errors", "success")
SERVICES_OF_CALLS: Final = ("service", "app", "component")
"""Labels of services that call each other; hosts and pods of one service do not."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of one column or label that carries the incident.

    ``inside`` of ``of_inside`` members of the segment are abnormal, ``outside`` of ``of_outside``
    others are. ``lift`` is the share among the abnormal over the share among all; ``log10_p`` the
    one-sided Fisher p-value, multiplied by the number of values that were tried (Bonferroni).
    ``share`` of the abnormal members lie in the segment.
    """

    name: str
    inside: int
    of_inside: int
    outside: int
    of_outside: int
    lift: float
    log10_p: float
    share: float
    statement: str


def row_segments(table: Table, rows: Sequence[int]) -> tuple[Segment, ...]:
    """Categories over-represented among ``rows``, strongest first.

    Kept are those with three rows or more, a lift of 1.5 and a corrected p of 0.01. Columns with more
    than 10,000 categories, or one for nearly every row, are identifiers and left out.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    chosen = chosen[(chosen >= 0) & (chosen < len(table))]
    columns = [c for c in table.by_role("dimension") if _is_category(c, len(table))]
    if len(chosen) < MIN_HITS or not columns:
        return ()
    counts = []
    for column in columns:
        codes, size = column.values, len(column.categories)
        among = np.bincount(codes[chosen][codes[chosen] >= 0], minlength=size)
        overall = np.bincount(codes[codes >= 0], minlength=size)
        counts.append((column, among, overall))
    tried = max(1, sum(int((overall > 0).sum()) for _, _, overall in counts))
    found = []
    for column, among, overall in counts:
        for code in np.flatnonzero(among >= MIN_HITS):
            segment = _row_segment(
                column, int(code), (int(among[code]), int(overall[code]), len(chosen), len(table)), tried
            )
            if segment.lift >= MIN_LIFT and segment.log10_p <= ALPHA_LOG10:
                found.append(segment)
    return tuple(sorted(found, key=lambda s: (s.log10_p, -s.lift, s.name)))


def _is_category(column: Column, n: int) -> bool:
    return 2 <= len(column.categories) <= min(MOST_CATEGORIES, max(2, n // 2))


def _row_segment(column: Column, code: int, counts: tuple[int, int, int, int], tried: int) -> Segment:
    hits, overall, k, n = counts
    lift = (hits / k) / (overall / n)
    log10_p = min(0.0, log_tail(hits, k, overall, n) + math.log10(tried))
    name = f"{column.name}={say.clip(column.categories[code], 40)}"
    statement = (
        f"{name} holds {hits} of {say.counted(k, 'odd row')} and {overall:,} of {n:,} rows "
        f"(lift {lift:.1f}, p {_power(log10_p)})"
    )
    return Segment(name, hits, overall, k - hits, n - overall, lift, log10_p, hits / k, statement)


def _power(log10_p: float) -> str:
    return f"= {10**log10_p:.2g}" if log10_p > -3 else f"< 1e{math.ceil(log10_p)}"


def series_segments(case: Case) -> tuple[Segment, ...]:
    """Label values whose series moved while the others of the same metric did not.

    Looked at are the series with the lead's name. Kept are values with at least 80% of their
    series moved, at least 80% of all moved series among them, and two or more controls that stayed.
    Service labels are left to the dependency graph when there is one; without one, latency and errors of
    a service are what it shows, and the service is not what carries them.
    """
    lead = case.series
    if lead is None or not lead.labels:
        return ()
    peers = [m for m in case.movements if m.series.name == lead.name and (m.moved or m.stayed)]
    left = (*SERVICE_LABELS, "file") if case.graph is not None else ()
    if kind_of(lead) in SYMPTOMS:
        left = (*left, *SERVICES_OF_CALLS)
    keys = [key for key in lead.labels if key not in left]
    found = [_label_segment(peers, key, lead.labels[key]) for key in keys]
    kept = [segment for segment in found if segment is not None]
    return tuple(sorted(kept, key=lambda s: (-s.share * s.inside / s.of_inside, s.log10_p, s.name)))


def _label_segment(peers: list[Movement], key: str, value: str) -> Segment | None:
    own = [m for m in peers if m.series.labels.get(key) == value]
    others = [m for m in peers if key in m.series.labels and m.series.labels[key] != value]
    inside, outside = sum(m.moved for m in own), sum(m.moved for m in others)
    moved, n = inside + outside, len(own) + len(others)
    if not inside or len(others) - outside < MIN_CONTROLS:
        return None
    if inside / len(own) < CLEAN or inside / moved < CLEAN:
        return None
    name = f"{key}={say.clip(value, 40)}"
    lift = (inside / moved) / (len(own) / n)
    log10_p = log_tail(inside, moved, len(own), n)
    statement = (
        f"{name}: {inside} of {say.counted(len(own), 'series', 'series')} moved, and {outside} of the "
        f"{len(others)} others"
    )
    return Segment(name, inside, len(own), outside, len(others), lift, log10_p, inside / moved, statement)
