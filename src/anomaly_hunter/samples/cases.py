"""Small incidents with a known truth: what each of the three agents can and cannot solve.

Generated, the same at every run. The truth says where the anomaly lies (so that a detector is
not needed to try an investigation), what the cause is, and which agent alone can name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.model import Column, Direction, Event, FloatArray, Graph, Series, Shape, Table

START: Final = np.datetime64("2026-02-02T00:00:00", "ns")
MINUTE: Final = 60.0
HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class TrueSpan:
    """Where a series is abnormal: half-open positions, shape and direction; rows of a table."""

    start: int
    stop: int
    shape: Shape
    direction: Direction
    expected: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class SampleCase:
    """The parts of a dataset, and the truth.

    Attributes
    ----------
    spans:
        Title of each abnormal series to its true span; the first one leads.
    rows:
        The abnormal rows of ``table``.
    cause:
        (kind, name) of the true cause; None where the data do not tell.
    solved_by:
        The agent that alone can name it; "" where none can, or where it takes all of them.
    """

    name: str
    story: str
    series: tuple[Series, ...] = ()
    events: tuple[Event, ...] = ()
    graph: Graph | None = None
    table: Table | None = None
    spans: Mapping[str, TrueSpan] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    cause: tuple[str, str] | None = None
    solved_by: str = ""


def sample_cases() -> dict[str, SampleCase]:
    """All cases by name.

    >>> {case.solved_by for case in sample_cases().values()} >= {
    ...     "pattern_analyst", "change_detective", "root_cause"}
    True
    """
    return {case.name: case for case in (build() for build in _BUILDERS)}


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(20260202 + seed)


def _series(name: str, value: FloatArray, step_s: float, **labels: str) -> Series:
    time = START + (np.arange(len(value)) * np.int64(step_s * 1e9)).astype("timedelta64[ns]")
    return Series(name, time, value, labels=labels, source="sample")


def _at(position: float, step_s: float, minutes: float = 0.0) -> np.datetime64:
    return START + np.timedelta64(round((position * step_s + minutes * 60) * 1e9), "ns")


def _steady(rng: np.random.Generator, n: int, level: float, noise: float) -> FloatArray:
    return level + rng.normal(0.0, noise, n)


def _season_break() -> SampleCase:
    """Visitors follow the day for nine days; on the tenth they do not, within the usual range."""
    n, period, start, stop = 264, 24, 216, 240
    phase = np.sin(2 * np.pi * np.arange(n) / period)
    value = 400 + 180 * phase + _rng(1).normal(0, 12, n)
    value[start:stop] = 400 + _rng(2).normal(0, 12, stop - start)
    series = _series("visitors", value, HOUR)
    span = TrueSpan(start, stop, "season break", "both", 580.0, 12.0)
    return SampleCase(
        "season-break",
        "the daily rhythm is missing for one day; no value is out of range, nothing was changed",
        (series,),
        spans={series.title: span},
        cause=("pattern", "season break"),
        solved_by="pattern_analyst",
    )


def _odd_payments() -> SampleCase:
    """Payments of which 24 are far off, 21 of them at one merchant."""
    rng, n = _rng(3), 1200
    amount = rng.gamma(4.0, 12.0, n)
    seconds = rng.gamma(3.0, 4.0, n)
    merchant = rng.integers(0, 40, n).astype(np.int32)
    country = rng.integers(0, 5, n).astype(np.int32)
    rows = np.sort(rng.choice(n, 24, replace=False))
    amount[rows] = 900 + rng.normal(0, 40, len(rows))
    seconds[rows] = 0.4 + rng.random(len(rows)) * 0.2
    merchant[rows[:21]] = 17
    table = Table(
        "payments",
        (
            Column("payment_id", "id", np.array([f"p-{i:05d}" for i in range(n)], dtype=object)),
            Column("amount", "measure", amount),
            Column("seconds_to_pay", "measure", seconds),
            Column("merchant", "dimension", merchant, tuple(f"m-{i:02d}" for i in range(40))),
            Column("country", "dimension", country, ("BR", "DE", "FR", "IN", "US")),
        ),
    )
    return SampleCase(
        "odd-payments",
        "24 of 1,200 payments are large and fast, and 21 of them come from one merchant",
        table=table,
        rows=tuple(int(row) for row in rows),
        cause=("segment", "merchant=m-17"),
        solved_by="pattern_analyst",
    )


def _flag_flip() -> SampleCase:
    """Latency doubles two minutes after a flag; other changes lie nearer, on other things."""
    n, start = 480, 360
    value = _steady(_rng(4), n, 120, 4)
    value[start:] += 130
    series = _series("latency_ms", value, MINUTE, service="checkout")
    events = (
        Event(_at(start, MINUTE, -190), "deploy", "checkout v2.3.9", "checkout"),
        Event(_at(start, MINUTE, -41), "config", "log level of billing", "billing"),
        Event(_at(start, MINUTE, -4), "deploy", "bump dependency left-pad", "checkout"),
        Event(_at(start, MINUTE, -2), "flag", "new-price-engine on", "checkout"),
        Event(_at(start, MINUTE, -1), "deploy", "search v7.0.1", "search"),
        Event(_at(start, MINUTE, -0.5), "deploy", "fix typo in docs", "checkout"),
        Event(_at(start, MINUTE, 9), "deploy", "checkout v2.4.0", "checkout"),
    )
    return SampleCase(
        "flag-flip",
        "a flag on the same service two minutes before, among six other changes; there is no graph",
        (series,),
        events,
        spans={series.title: TrueSpan(start, n, "level shift", "up", 120.0, 4.0)},
        cause=("event", "new-price-engine on"),
        solved_by="change_detective",
    )


def _shop_graph() -> Graph:
    return Graph(
        (
            ("web", "checkout"), ("web", "search"), ("web", "catalog"), ("checkout", "payment"),
            ("checkout", "stock"), ("payment", "ledger"), ("search", "catalog"), ("catalog", "stock"),
        )
    )  # fmt: skip


def _shop_series(
    rng: np.random.Generator, n: int, start: int, delay_ms: Mapping[str, float]
) -> tuple[tuple[Series, ...], dict[str, TrueSpan]]:
    """Mean latency and requests of all services, delayed from ``start`` on as given."""
    base = {
        "web": 180,
        "checkout": 110,
        "search": 60,
        "catalog": 40,
        "payment": 70,
        "stock": 25,
        "ledger": 20,
    }
    calls = {
        "web": 900,
        "checkout": 300,
        "search": 420,
        "catalog": 700,
        "payment": 300,
        "stock": 900,
        "ledger": 300,
    }
    found: list[Series] = []
    spans: dict[str, TrueSpan] = {}
    for service, level in base.items():
        value = _steady(rng, n, level, 0.02 * level)
        value[start:] += delay_ms.get(service, 0.0)
        series = _series("mean_latency_ms", value, MINUTE, service=service)
        found.append(series)
        if service in delay_ms:
            spans[series.title] = TrueSpan(start, n, "level shift", "up", float(level), 0.02 * level)
        found.append(
            _series(
                "requests", _steady(rng, n, calls[service], 0.02 * calls[service]), MINUTE, service=service
            )
        )
    return tuple(found), spans


def _deep_fault() -> SampleCase:
    """The ledger slows down; payment, checkout and web wait for it. Nothing was changed."""
    n, start = 300, 240
    slow = {"web": 100.0, "checkout": 300.0, "payment": 300.0, "ledger": 300.0}
    series, spans = _shop_series(_rng(5), n, start, slow)
    return SampleCase(
        "deep-fault",
        "the fault sits three calls below the service that people feel; no event is known",
        series,
        graph=_shop_graph(),
        spans=spans,
        cause=("service", "ledger"),
        solved_by="root_cause",
    )


def _pool_exhaustion() -> SampleCase:
    """Connections run out at one service: three symptoms and no more traffic."""
    n, start = 300, 240
    rng = _rng(6)
    rise = {"pool_in_use": (20.0, 1.0, 79.0), "latency_ms": (50.0, 2.0, 900.0), "errors": (2.0, 0.5, 60.0)}
    found, spans = [], {}
    for name, (level, noise, more) in rise.items():
        value = np.abs(_steady(rng, n, level, noise))
        value[start:] += more
        series = _series(name, value, MINUTE, service="orders")
        found.append(series)
        spans[series.title] = TrueSpan(start, n, "level shift", "up", level, noise)
    found.append(_series("requests", _steady(rng, n, 500, 10), MINUTE, service="orders"))
    return SampleCase(
        "pool-exhaustion",
        "pool, latency and errors rise together while traffic stays; neither graph nor events",
        tuple(found),
        spans=spans,
        cause=("pattern", "connection-pool exhaustion at orders"),
        solved_by="root_cause",
    )


def _two_stories() -> SampleCase:
    """A deploy of the web tier and, at the same time, a fault deep below it."""
    n, start = 300, 240
    slow = {"web": 100.0, "checkout": 300.0, "payment": 300.0, "ledger": 300.0}
    series, spans = _shop_series(_rng(7), n, start, slow)
    events = (Event(_at(start, MINUTE, -3), "deploy", "web v5.12.0", "web"),)
    return SampleCase(
        "two-stories",
        "time points to a deploy of web, the calls point to ledger: the agents disagree",
        series,
        events,
        _shop_graph(),
        spans=spans,
    )


def _nobody_knows() -> SampleCase:
    """One number moves for a moment, and nothing else is known."""
    n, start = 200, 150
    value = _steady(_rng(8), n, 50, 4)
    value[start] = 72.0
    series = _series("value", value, MINUTE)
    return SampleCase(
        "nobody-knows",
        "one odd point in a series without a name, a graph or an event: inconclusive",
        (series,),
        spans={series.title: TrueSpan(start, start + 1, "spike", "up", 50.0, 4.0)},
    )


def _late_deploy() -> SampleCase:
    """The only change on record came after the latency rose: it was the attempt to repair it."""
    n, start = 300, 240
    value = _steady(_rng(9), n, 80, 3)
    value[start:] += 90
    series = _series("latency_ms", value, MINUTE, service="checkout")
    events = (Event(_at(start, MINUTE, 6), "deploy", "checkout hotfix", "checkout"),)
    return SampleCase(
        "late-deploy",
        "the only deploy came six minutes after the onset, so it cannot be the cause",
        (series,),
        events,
        spans={series.title: TrueSpan(start, n, "level shift", "up", 80.0, 3.0)},
    )


_BUILDERS: Final[tuple[Callable[[], SampleCase], ...]] = (
    _season_break, _odd_payments, _flag_flip, _deep_fault, _pool_exhaustion, _two_stories, _nobody_knows,
    _late_deploy,
)  # fmt: skip
