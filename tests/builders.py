"""Small real nouns for tests: one hunt of every kind, built by hand, the same at every run."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import (
    Anomaly,
    Cause,
    Column,
    Dataset,
    Detection,
    Event,
    Evidence,
    Finding,
    Graph,
    Hunt,
    Incident,
    Issue,
    Profile,
    Quality,
    Series,
    Share,
    Table,
    Verdict,
)

START = np.datetime64("2026-03-01T00:00:00", "ns")


def hourly(value, name="latency_ms", **more) -> Series:
    """A series with one point an hour from 1 March 2026."""
    value = np.asarray(value, dtype=float)
    time = START + np.arange(len(value)) * np.timedelta64(3600, "s").astype("timedelta64[ns]")
    return Series(name, time, value, source="tests", **more)


def spike_values(n=120, at=90, width=5, height=60.0, seed=7) -> np.ndarray:
    """Level 100, noise 2, raised by ``height`` on ``[at, at + width)``."""
    value: np.ndarray = 100 + np.random.default_rng(seed).normal(0, 2, n)
    value[at : at + width] += height
    return value


def spike_detection(name="latency_ms", **more) -> Detection:
    """A detection with one spike at 90..94."""
    series = hourly(spike_values(**more), name=name)
    value = series.value
    n = len(value)
    expected = np.full(n, 100.0)
    score = np.abs(value - expected) / 12.0
    peak = int(np.argmax(score))
    anomaly = Anomaly(
        id=f"a-{name}",
        subject=series.title,
        subject_id=series.id,
        shape="spike",
        direction="up",
        start=90,
        stop=95,
        peak=peak,
        score=float(score[peak]),
        actual=float(value[peak]),
        expected=100.0,
        spread=2.0,
        onset=(89, 90),
        begin=series.time[90],
        end=series.time[94],
    )
    return Detection(
        subject=series.title,
        score=score,
        anomalies=(anomaly,),
        detectors=("nearest", "difference"),
        series=series,
        profile=Profile(n, 3600.0, 0, 0, 0.0, 0.0, 2.0, 100.0, False, False),
        expected=expected,
        lower=expected - 4,
        upper=expected + 4,
    )


def deploy(minutes_before=2.0, service="checkout", at=90) -> Event:
    """A deploy shortly before position ``at`` of an hourly series."""
    moment = START + np.timedelta64(int(at * 3600e9 - minutes_before * 60e9), "ns")
    return Event(moment, "deploy", "checkout v2.4.1", service, {"commit": "4f1c2ab"})


def verdict(severity=7.4, confidence=0.78) -> Verdict:
    """A full verdict: three findings, a cause, evidence."""
    evidence = (
        Evidence(
            "expected:latency_ms",
            "what was expected",
            "latency_ms reached 161 where 100 ± 2 was expected (+61%, 30.5 sigma)",
            {"actual": 161.0, "expected": 100.0, "spread": 2.0, "sigmas": 30.5, "change_pct": 61.0},
        ),
        Evidence(
            "before-after:latency_ms",
            "compare before and after",
            "median 100.1 before and 159.8 from 2026-03-04T18:00:00Z on",
            {"before": 100.1, "after": 159.8},
        ),
        Evidence(
            "changed-before:latency_ms",
            "what changed just before",
            "deploy 'checkout v2.4.1' 2 min before the onset",
            {"minutes_before": 2.0},
        ),
    )
    cause = Cause(
        "event",
        "checkout v2.4.1",
        "deploy 'checkout v2.4.1' 2 min before the onset",
        0.81,
        ("changed-before:latency_ms",),
    )
    findings = (
        Finding(
            "Pattern Analyst",
            "spike: 161 at 2026-03-04T20:00:00Z against 100 ± 2 (30.5 sigma, +61%)",
            0.93,
            ("expected:latency_ms",),
        ),
        Finding(
            "Change Detective",
            "level moved from 100.1 to 159.8, 2 min after deploy 'checkout v2.4.1'",
            0.81,
            ("before-after:latency_ms", "changed-before:latency_ms"),
            cause,
            ("roll back checkout v2.4.1 and watch latency_ms",),
        ),
        Finding("Root Cause", "no dependency graph: inconclusive", 0.3, ("expected:latency_ms",)),
    )
    return Verdict(
        severity=severity,
        confidence=confidence,
        headline="latency_ms spiked 61% above normal after deploy 'checkout v2.4.1'",
        summary="latency_ms rose from 100 to 161 at 2026-03-04T18:00:00Z for 5 h and came back.",
        findings=findings,
        evidence=evidence,
        cause=cause,
        candidates=(cause,),
        disagreement="Root Cause is inconclusive (30%) where two agents are at 81% or more",
        recommendations=("roll back checkout v2.4.1 and watch latency_ms",),
        factors={"effect": 0.9, "duration": 0.4, "breadth": 0.2, "persistence": 0.3},
    )


def series_hunt() -> Hunt:
    """One series, one spike, one deploy, a graph, one gap in the data."""
    detection = spike_detection()
    series = detection.series
    assert series is not None
    dataset = Dataset(
        name="latency.csv",
        kind="series",
        quality=Quality(
            97.0, 120, (Issue("gap", "latency_ms", 1, "1 gap of 2 h before 2026-03-02T05:00:00Z"),)
        ),
        reading="120 points every 1 h, time=timestamp, value=latency_ms",
        series=(series,),
        events=(deploy(),),
        graph=Graph((("web", "checkout"), ("checkout", "db"))),
        roles={"timestamp": "time", "latency_ms": "measure"},
    )
    anomaly = detection.anomalies[0]
    incident = Incident("i-1", (anomaly,), verdict(), anomaly.begin, anomaly.end)
    return Hunt(dataset, (detection,), (incident,), 0, {"read": 3.1, "detect": 1.9, "investigate": 0.8})


def quiet_hunt() -> Hunt:
    """A clean series: nothing abnormal."""
    series = hourly(spike_values(height=0.0))
    detection = Detection(
        series.title, np.full(120, 0.2), (), ("nearest",), series, None,
        Profile(120, 3600.0, 0, 0, 0.0, 0.0, 2.0, 100.0, False, False),
        np.full(120, 100.0), np.full(120, 96.0), np.full(120, 104.0),
    )  # fmt: skip
    dataset = Dataset("quiet.csv", "series", Quality(100.0, 120), "120 points every 1 h", (series,))
    return Hunt(dataset, (detection,), (), 0, {"read": 1.0, "detect": 1.0, "investigate": 0.0})


def orders_table(n=200, odd=(17, 140)) -> Table:
    """Orders: amount and items (measures), country (dimension), id; two rows are far off."""
    rng = np.random.default_rng(3)
    amount = rng.gamma(4, 20, n)
    items = rng.integers(1, 6, n).astype(float)
    for row in odd:
        amount[row] = 5_000.0
    codes = rng.integers(0, 3, n).astype(np.int32)
    return Table(
        "orders.csv",
        (
            Column("order_id", "id", np.array([f"o-{i}" for i in range(n)], dtype=object)),
            Column("amount", "measure", amount),
            Column("items", "measure", items),
            Column("country", "dimension", codes, ("DE", "FR", "US")),
        ),
    )


def table_hunt() -> Hunt:
    """A table of orders in which two rows are odd."""
    table = orders_table()
    score = np.full(len(table), 0.3)
    score[[17, 140]] = (4.2, 3.9)
    anomalies = tuple(
        Anomaly(
            f"r-{row}", table.name, table.id, "outlying row", "up", row, row + 1, row,
            float(score[row]), 5000.0, 80.0, 40.0, (row, row), rows=(row,),
            carriers=(Share("amount", 0.92), Share("items", 0.08)),
        )
        for row in (17, 140)
    )  # fmt: skip
    detection = Detection(table.name, score, anomalies, ("ecod",), table=table)
    dataset = Dataset(
        "orders.csv", "table", Quality(100.0, 800), "200 rows, 2 measures, 1 dimension, 1 id", table=table
    )
    incident = Incident("i-2", anomalies, verdict(5.0, 0.6))
    return Hunt(dataset, (detection,), (incident,), 0, {"read": 2.0, "detect": 2.0, "investigate": 0.5})


def many_hunt(count=60, investigated=20) -> Hunt:
    """Many series, each with one spike; the worst are investigated, the rest counted."""
    detections = tuple(spike_detection(f"latency_{i:02d}", seed=i) for i in range(count))
    incidents = tuple(
        Incident(
            f"i-{i}", d.anomalies, verdict(9.4 - i * 0.15, 0.8), d.anomalies[0].begin, d.anomalies[0].end
        )
        for i, d in enumerate(detections[:investigated])
    )
    series = tuple(d.series for d in detections if d.series is not None)
    dataset = Dataset(
        "fleet.csv", "series", Quality(100.0, 120 * count), f"{count} series of 120 points", series
    )
    return Hunt(dataset, detections, incidents, count - investigated, {"read": 9.0, "detect": 80.0})


def multichannel_hunt() -> Hunt:
    """One series of three channels; the second carries a level shift; one incident of two anomalies."""
    rng = np.random.default_rng(5)
    value = np.array([10, 50, 100]) + rng.normal(0, 1, (400, 3))
    value[300:, 1] += 15
    value[40:60, 2] = np.nan
    series = hourly(value, name="engine", labels={"plant": "A"}, channels=("rpm", "temp", "load"), unit="C")
    expected = np.broadcast_to((10.0, 50.0, 100.0), (400, 3))
    score = np.full(400, 0.3)
    score[300:] = 5.0
    score[120] = 1.4
    shift = Anomaly(
        "m-1", series.title, series.id, "level shift", "up", 300, 400, 350, 5.0, 65.0, 50.0, 1.0, (299, 300),
        series.time[300], series.time[399], (), (Share("rpm", 0.05), Share("temp", 0.95)), ongoing=True,
    )  # fmt: skip
    spike = Anomaly(
        "m-2", series.title, series.id, "spike", "up", 120, 121, 120, 1.4, 13.5, 10.0, 1.0, (120, 120),
        series.time[120], series.time[120],
    )  # fmt: skip
    detection = Detection(
        series.title, score, (spike, shift), ("channels",), series, None,
        Profile(400, 3600.0, 60, 0, 0.0, 0.0, 1.0, 50.0, False, False),
        expected, expected - 3, expected + 3,
    )  # fmt: skip
    dataset = Dataset("engine.csv", "series", Quality(95.0, 1200), "400 points, 3 channels", (series,))
    incident = Incident("i-m", (shift, spike), verdict(6.1, 0.7), shift.begin, shift.end)
    return Hunt(dataset, (detection,), (incident,), 0, {"read": 1.0, "detect": 4.0, "investigate": 1.0})


def tickets_hunt() -> Hunt:
    """Tickets a day, with a jump; and observations about their themes."""
    count = np.random.default_rng(11).poisson(20, 60).astype(float)
    count[50:53] = (70, 65, 52)
    day = np.timedelta64(86400, "s").astype("timedelta64[ns]")
    series = Series("tickets", START + np.arange(60) * day, count, source="tests", counts=True)
    anomaly = Anomaly(
        "t-1", series.title, series.id, "volume", "up", 50, 53, 50, 6.3, 70.0, 20.0, 4.5, (50, 50),
        series.time[50], series.time[52],
    )  # fmt: skip
    score = np.abs(count - 20) / 8
    expected = np.full(60, 20.0)
    detection = Detection(
        series.title, score, (anomaly,), ("counts",), series, None,
        Profile(60, 86400.0, 0, 7, 0.3, 0.0, 4.5, 20.0, True, False), expected, expected - 9, expected + 9,
    )  # fmt: skip
    texts = np.array(["Kann mich nicht anmelden", "Refund missing", "Paiement refusé"], dtype=object)
    table = Table("tickets.csv", (Column("body", "text", texts),))
    missing = Issue("missing", "tags", 40, "40 tickets without tags")
    dataset = Dataset(
        "tickets.csv", "tickets", Quality(88.0, 1300, (missing,)),
        "1,300 tickets of 60 days, time=created, text=body", (series,), table,
    )  # fmt: skip
    facts = (
        Evidence("themes", "themes", "largest theme: 'payment refused', 31% of the tickets", {"share": 0.31}),
    )
    incident = Incident("i-t", (anomaly,), verdict(6.8, 0.72), anomaly.begin, anomaly.end)
    return Hunt(
        dataset, (detection,), (incident,), 0, {"read": 5.0, "detect": 2.0, "investigate": 3.0}, facts
    )
