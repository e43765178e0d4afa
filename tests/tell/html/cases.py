"""Hunts that try the page: many incidents, many channels, a million points, tickets, hostile names."""

from __future__ import annotations

from dataclasses import replace

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
    Quiet,
    Series,
    Share,
    Table,
)
from tests.builders import START, deploy, hourly, orders_table, series_hunt, spike_detection, verdict

HOSTILE = "</script><img src=x onerror='window.hacked=1'>\"'`${window.hacked=1}{{7*7}}\u2028\u202e\x00\ud800"


def many_incidents(incidents=6, members=3) -> Hunt:
    """Several incidents of several series each; the last goes on at the end of the data."""
    detections, found = [], []
    for number in range(incidents):
        group = [
            spike_detection(f"service {number} / metric {i}", seed=10 * number + i, height=90.0 - 10 * i)
            for i in range(members)
        ]
        detections += group
        anomalies = tuple(replace(d.anomalies[0], ongoing=number == incidents - 1) for d in group)
        detections[-members:] = [replace(d, anomalies=(a,)) for d, a in zip(group, anomalies, strict=True)]
        said = verdict(severity=9.3 - 1.3 * number, confidence=0.9 - 0.1 * number)
        if number % 2:
            said = replace(said, cause=None, candidates=(), headline=f"service {number} is slow")
        found.append(Incident(f"i-{number}", anomalies, said, anomalies[0].begin, anomalies[0].end))
    dataset = Dataset(
        "fleet.parquet", "series", Quality(88.0, 2160), "18 series of 120 points every 1 h",
        tuple(d.series for d in detections if d.series is not None), events=(deploy(),),
    )  # fmt: skip
    return Hunt(dataset, tuple(detections), tuple(found), 4, {"read": 9.0, "detect": 31.0})


def with_gaps() -> Hunt:
    """Missing values, a hole in the clock, two events near each other, something kept quiet."""
    hunt = series_hunt()
    series = hunt.detections[0].series
    assert series is not None
    value = series.value.copy()
    value[20:32] = np.nan
    time = series.time.copy()
    time[50:] += np.timedelta64(9, "h").astype("timedelta64[ns]")
    score = hunt.detections[0].score.copy()
    score[20:32] = np.nan
    holed = replace(series, value=value, time=time, row=np.arange(len(value)))
    anomaly = replace(hunt.anomalies[0], begin=time[90], end=time[94])
    quiet = (Quiet(40, 41, 1.1, "min_dev_from_expected", "deviation 3 is below the 5 that was asked for"),)
    detection = replace(hunt.detections[0], series=holed, score=score, quiet=quiet, anomalies=(anomaly,))
    events = (deploy(at=99), deploy(30, at=99), Event(time[10], "holiday", "Founders' day"))
    dataset = replace(hunt.dataset, series=(holed,), events=events)
    incident = replace(hunt.incidents[0], anomalies=(anomaly,), begin=anomaly.begin, end=anomaly.end)
    return replace(hunt, dataset=dataset, detections=(detection,), incidents=(incident,))


def channels(k=9, n=600) -> Hunt:
    """One machine with many channels and no clock; channel 4 carries the anomaly."""
    rng = np.random.default_rng(5)
    value = rng.normal(0, 1, (n, k)).cumsum(axis=0) * 0.1
    value[400:440, 4] += 6
    series = Series.of(value, name="machine-1-1", channels=tuple(f"sensor {i}" for i in range(k)))
    score = np.abs(value[:, 4] - np.median(value[:, 4])) / 3
    anomaly = Anomaly(
        "a", series.title, series.id, "level shift", "up", 400, 440, 410, float(score[410]),
        float(value[410, 4]), 0.3, 0.5, (398, 400), carriers=(Share("sensor 4", 0.8), Share("sensor 2", 0.1)),
    )  # fmt: skip
    detection = Detection(
        series.title, score, (anomaly,), ("nearest",), series,
        expected=value * 0 + 0.3, lower=value * 0 - 1, upper=value * 0 + 1.5,
    )  # fmt: skip
    dataset = Dataset("machine.npz", "series", Quality(99.0, n * k), f"{n} points, {k} channels", (series,))
    return Hunt(dataset, (detection,), (Incident("i", (anomaly,), verdict(6.0)),))


def million(n=1_000_000) -> Hunt:
    """One series of a million points with a hundred anomalies, each one incident or none."""
    rng = np.random.default_rng(1)
    value = 50 + 10 * np.sin(np.arange(n) / 1440 * 2 * np.pi) + rng.normal(0, 1, n)
    time = START + np.arange(n) * np.timedelta64(60, "s").astype("timedelta64[ns]")
    starts = np.sort(rng.choice(n // 1000, 100, replace=False)) * 1000 + 300
    for start in starts:
        value[start : start + 7] += 40
    series = Series("requests", time, value, unit="req/s")
    expected = 50 + 10 * np.sin(np.arange(n) / 1440 * 2 * np.pi)
    score = np.abs(value - expected) / 8
    anomalies = tuple(
        Anomaly(
            f"a{start}", series.title, series.id, "spike", "up", int(start), int(start) + 7, int(start) + 3,
            float(score[start + 3]), float(value[start + 3]), float(expected[start + 3]), 1.0,
            (int(start) - 1, int(start)), time[start], time[start + 6],
        )
        for start in starts
    )  # fmt: skip
    profile = Profile(n, 60.0, 0, 1440, 0.9, 0.0, 1.0, 50.0, False, False)
    detection = Detection(
        series.title,
        score,
        anomalies,
        ("nearest",),
        series,
        None,
        profile,
        expected,
        expected - 4,
        expected + 4,
    )
    incidents = tuple(
        Incident(a.id, (a,), verdict(8 - i / 4), a.begin, a.end) for i, a in enumerate(anomalies[:20])
    )
    dataset = Dataset("requests.parquet", "series", Quality(100.0, n), f"{n:,} points every 1 min", (series,))
    return Hunt(dataset, (detection,), incidents, 80, {"read": 2400.0, "detect": 6100.0})


def tickets() -> Hunt:
    """Counts of tickets per day with one bad day, and what people wrote."""
    rng = np.random.default_rng(2)
    count = rng.poisson(60, 90).astype(float)
    count[70] = 296
    time = START + np.arange(90) * np.timedelta64(1, "D").astype("timedelta64[ns]")
    series = Series("tickets", time, count, counts=True, unit="tickets")
    score = np.abs(count - 60) / 45
    anomaly = Anomaly(
        "t", series.title, series.id, "volume", "up", 70, 71, 70, float(score[70]), 296.0, 60.0, 7.7,
        (69, 70), time[70], time[70], ongoing=True,
    )  # fmt: skip
    detection = Detection(
        series.title, score, (anomaly,), ("counts",), series, None,
        Profile(90, 86400.0, 0, 7, 0.2, 0.0, 7.7, 60.0, True, False),
        np.full(90, 60.0), np.full(90, 40.0), np.full(90, 82.0),
    )  # fmt: skip
    texts = Evidence(
        "texts:tickets",
        "show representative texts",
        "3 texts that stand for the 236 tickets above the usual number",
        {
            "payment": "I was charged twice for the same order and nobody answers.\nPlease help, order 4711!",
            "login": "Since the update the app asks for my password again and again, I cannot log in.",
            "share_of_queue": 0.62,
        },
    )
    said = verdict(8.7, 0.82)
    finding = replace(said.findings[1], evidence=("texts:tickets",))
    said = replace(
        said,
        headline="Ticket volume is five times the usual number; customers report double charges",
        evidence=(*said.evidence, texts),
        findings=(said.findings[0], finding, said.findings[2]),
    )
    table = Table(
        "tickets.csv",
        (Column("created", "time", time), Column("body", "text", np.array(["text"] * 90, dtype=object))),
    )
    dataset = Dataset(
        "tickets.csv", "tickets", Quality(92.0, 180), "90 days of tickets, time=created, text=body",
        (series,), table, notes=("counted per day",),
    )  # fmt: skip
    return Hunt(dataset, (detection,), (Incident("i", (anomaly,), said, time[70], time[70]),))


def hostile(text: str = HOSTILE) -> Hunt:
    """The same unfriendly text in every field that can hold one."""
    hunt = series_hunt()
    series = Series(
        text, hunt.dataset.series[0].time, hunt.dataset.series[0].value, {text: text}, text, (), text
    )
    anomaly = replace(hunt.anomalies[0], id=text, subject=series.title, carriers=(Share(text, 1.0),))
    quiet = (Quiet(1, 2, 1.1, text, text),)
    detection = replace(
        hunt.detections[0], subject=series.title, series=series, anomalies=(anomaly,), detectors=(text,),
        quiet=quiet, note=text,
    )  # fmt: skip
    evidence = Evidence(text, text, text, {text: text * 3, "short": text[:30]})
    cause = Cause(text, text, text, 0.5, (text,))
    finding = Finding(text, text, 0.9, (text,), cause, (text,))
    said = replace(
        verdict(), headline=text, summary=text, findings=(finding,), evidence=(evidence,), cause=cause,
        candidates=(cause,), disagreement=text, recommendations=(text,), factors={text: 0.5},
    )  # fmt: skip
    table = orders_table()
    columns = (*table.columns, Column(text, "text", np.array([text] * len(table), dtype=object)))
    rows = Anomaly(
        text + "r", text, text, "outlying row", "up", 3, 4, 3, 2.0, 1.0, 0.5, 0.1, (3, 3), rows=(3,),
        carriers=(Share(text, 0.9),),
    )  # fmt: skip
    odd = Detection(text, np.ones(len(table)), (rows,), (text,), table=Table(text, columns))
    dataset = Dataset(
        text, "series", Quality(50.0, 10, (Issue(text, text, 1, text),)), text, (series,),
        events=(Event(hunt.dataset.events[0].time, text, text, text, {text: text}),),
        graph=Graph(((text, text),)), roles={text: text}, notes=(text,),
    )  # fmt: skip
    incidents = (Incident(text, (anomaly,), said, anomaly.begin, anomaly.end), Incident(text, (rows,), said))
    return Hunt(dataset, (detection, odd), incidents, 1, {text: 1.0}, (evidence,))


def extreme(value: list[float], expected: float = 0.0) -> Hunt:
    """A series of values that axes do not like, one of them an anomaly."""
    series = hourly(value, name="extreme")
    n = len(value)
    anomaly = Anomaly(
        "x", series.title, series.id, "spike", "up", n // 2, n // 2 + 1, n // 2, 1e9, float(value[n // 2]),
        expected, 0.0, (n // 2, n // 2), series.time[n // 2], series.time[n // 2],
    )  # fmt: skip
    band = np.full(n, expected)
    detection = Detection(
        series.title, np.full(n, 1e300), (anomaly,), ("nearest",), series, None, None,
        band, band - 1e308, band + 1e308,
    )  # fmt: skip
    dataset = Dataset("extreme.csv", "series", Quality(100.0, n), f"{n} points", (series,))
    return Hunt(
        dataset, (detection,), (Incident("i", (anomaly,), verdict(10.0), anomaly.begin, anomaly.end),)
    )
