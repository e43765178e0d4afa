"""The ``sample`` of a failure pattern as a case: what is moved in which way, around a known onset."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.group import group
from anomaly_hunter.model import Dataset, Event, Graph, Issue, Quality, Series
from anomaly_hunter.samples.cases import TrueSpan
from tests.investigate.cases import detection_of

POINTS, AT, LEVEL = 200, 150, 50.0
MINUTE = np.timedelta64(60, "s").astype("timedelta64[ns]")
COURSES = {
    "up": ("level shift", "up"),
    "down": ("level shift", "down"),
    "ramp": ("drift", "up"),
    "full": ("drift", "up"),
    "spike": ("spike", "up"),
    "flat": ("flat line", "up"),
    "zero": ("flat line", "down"),
    "gap": ("gap", "down"),
    "season break": ("season break", "both"),
}


def pattern_case(entries, catalogue=None) -> Case:
    """One-minute series with the onset at the 150th of 200 points; what is calm is noise around 50."""
    by_kind = {
        key: [e for e in entries if key in e] for key in ("metric", "change", "calls", "issue", "onset")
    }
    onset = np.datetime64(next((e["onset"] for e in by_kind["onset"]), "2026-03-04 12:00"), "ns")
    twice = any(e["issue"] == "duplicate time" for e in by_kind["issue"])
    detections = [_detection(entry, onset, seed, twice) for seed, entry in enumerate(by_kind["metric"])]
    events = tuple(
        Event(onset - e.get("minutes_before", 2) * MINUTE, e["change"], e["title"], e.get("service", "api"))
        for e in by_kind["change"]
    )
    edges = tuple((caller, callee) for caller, callee in (e["calls"] for e in by_kind["calls"]))
    issues = tuple(Issue(e["issue"], "file", 3, f"3 of {e['issue']}") for e in by_kind["issue"])
    dataset = Dataset(
        "sample", "series", Quality(100.0, POINTS, issues), "made up", tuple(d.series for d in detections),
        None, events, Graph(edges) if edges else None,
    )  # fmt: skip
    groups = group(dataset, detections)
    return Case.of(dataset, detections, groups[0], catalogue=catalogue)


def _detection(entry, onset, seed, twice):
    course, at = entry["course"], AT + entry.get("minutes_late", 0)
    service = entry.get("service", "api")
    labels = {**({"service": service} if service else {}), **entry.get("labels", {})}
    value = _values(course, at, entry, seed)
    time = onset + (np.arange(POINTS) - AT) * MINUTE
    if twice:
        time[AT + 2] = time[AT + 1]
    series = Series(
        entry["metric"], time, value, labels=labels, source="tests",
        unit=entry.get("unit", ""),
    )  # fmt: skip
    if course == "calm":
        return detection_of(series)
    shape, direction = COURSES[course]
    return detection_of(series, TrueSpan(at, POINTS, shape, direction, LEVEL, 1.0))


def _values(course, at, entry, seed):
    height, slope = entry.get("height", 40.0), entry.get("slope", 1.0)
    value = LEVEL + np.random.default_rng(seed).normal(0, 1, POINTS)
    steps = np.arange(1, POINTS - at + 1)
    part = value[at:]
    changed = {
        "up": part + height,
        "down": part - height,
        "ramp": part + slope * steps,
        "full": np.minimum(part + 2.0 * steps, 100.0),
        "spike": part + height,
        "flat": np.full(len(part), LEVEL + entry.get("height", 0.0)),
        "zero": np.zeros(len(part)),
        "gap": np.full(len(part), np.nan),
        "season break": part + 6.0,
        "calm": part,
    }
    value[at:] = changed[course]
    return value
