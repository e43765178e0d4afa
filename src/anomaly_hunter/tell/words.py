"""How reports say numbers, times and degrees in English, the same on every machine.

Nothing here depends on the locale, and nothing looks at the data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from anomaly_hunter.model import (
    Anomaly,
    Answer,
    Cause,
    Hunt,
    Incident,
    Issue,
    Profile,
    Verdict,
    confidence_level,
    moment,
)
from anomaly_hunter.model.saying import MISSING as MISSING
from anomaly_hunter.model.saying import change as change
from anomaly_hunter.model.saying import counted as counted
from anomaly_hunter.model.saying import percent as percent
from anomaly_hunter.model.saying import seconds_between as seconds_between
from anomaly_hunter.model.saying import sigmas as sigmas

FEWEST: Final = 8
"""Fewer values than this and nothing is said of what is usual."""

SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0
_UNITS: Final = ((7 * DAY, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))

LEGEND: Final[tuple[tuple[str, str], ...]] = (
    (
        "Severity",
        "0-10 from effect, duration, breadth, persistence: "
        "0-3 information, 4-6 warning, 7-8 error, 9-10 critical.",
    ),
    (
        "Confidence",
        "below 50% low, 50-70% medium, 70-85% high, above very high; each agent has its own.",
    ),
    (
        "Sigma",
        "how many usual fluctuations (the ±) a value is off; chance hardly brings more than 4.",
    ),
    (
        "Consensus",
        "how many of the three agents are at 70% or more: 3 strong, 2 fair, 1 weak, 0 open.",
    ),
)
"""How to read a report: one (term, explanation) for severity, confidence, sigma and consensus."""

SCORE_LEGEND: Final = ("Score", "one scale for all detectors: 1.0 is the alarm boundary, higher is stranger.")


def number(value: float, unit: str = "") -> str:
    """A number in four significant digits, with thousands separators and its unit.

    Whole numbers below a billion are written out; bytes are scaled by 1000.

    >>> number(161.237), number(1234567.0), number(0.000123456), number(float("nan"))
    ('161.2', '1,234,567', '0.0001235', '–')
    >>> number(12.5, "%"), number(161.237, "ms"), number(3_250_000, "bytes"), number(-4e13)
    ('12.5%', '161.2 ms', '3.25 MB', '-4e13')
    """
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if unit.lower() in ("b", "byte", "bytes"):
        return _bytes(value)
    text = _digits(value)
    if not unit:
        return text
    return f"{text}%" if unit == "%" else f"{text} {unit}"


def _digits(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) < 1e9 and float(value).is_integer():
        return f"{int(value):,}"
    text = f"{value:.4g}"
    size = abs(float(text))
    if size >= 1e9 or size < 1e-4:
        mantissa, _, exponent = f"{value:.3e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if size >= 1000:
        return f"{float(text):,.0f}"
    return text


def _bytes(value: float) -> str:
    size = value
    for name in ("B", "kB", "MB", "GB", "TB"):
        if abs(size) < 999.95:
            return f"{_digits(float(f'{size:.3g}'))} {name}"
        size /= 1000
    return f"{_digits(size)} PB"


def expectation(expected: float, spread: float, unit: str = "") -> str:
    """What is normal at a point, with one robust standard deviation where it is known.

    >>> expectation(100.0, 2.0, "ms"), expectation(100.0, float("nan"))
    ('100 ± 2 ms', '100')
    """
    if not spread > 0 or not math.isfinite(expected):
        return number(expected, unit)
    return f"{number(expected)} ± {number(spread, unit)}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units; milliseconds below a second.

    >>> duration(18000), duration(2 * 86400 + 3 * 3600), duration(90), duration(0.25)
    ('5 h', '2 d 3 h', '1 min 30 s', '250 ms')
    """
    if not math.isfinite(seconds):
        return MISSING
    if abs(seconds) < 0.9995:
        return f"{float(f'{seconds * 1000:.3g}'):g} ms"
    left = round(abs(seconds))
    parts: list[str] = []
    for size, name in _UNITS:
        if name == "w" and left < 2 * size:
            continue
        count, rest = divmod(left, int(size))
        if count:
            parts.append(f"{count} {name}")
            left = rest
        if len(parts) == 2 or (parts and not count):
            break
    return ("-" if seconds < 0 else "") + " ".join(parts)


def lasted(hunt: Hunt, incident: Incident) -> str:
    """How long an incident lasted, each point standing for one interval; "" without a clock."""
    if incident.begin is None or incident.end is None:
        return ""
    profile = hunt.detection_of(incident.lead).profile
    step = profile.interval_s if profile is not None and math.isfinite(profile.interval_s) else 0.0
    seconds = seconds_between(incident.begin, incident.end) + step
    return duration(seconds) if seconds > 0 else ""


def located(issue: Issue) -> str:
    """A fault of the data with the place it is at.

    >>> from anomaly_hunter.model import Issue
    >>> located(Issue("constant", "cpu", 1, "all values are the same"))
    'cpu: all values are the same'
    """
    named = not issue.where or issue.where in issue.statement or issue.where.endswith(" places")
    return issue.statement if named else f"{issue.where}: {issue.statement}"


def span(begin: np.datetime64 | None, end: np.datetime64 | None) -> str:
    """From when to when; "" without a clock. Times of one day name the day once.

    >>> span(np.datetime64("2026-03-04T18:00"), np.datetime64("2026-03-04T22:00"))
    '2026-03-04 18:00 to 22:00 UTC'
    >>> span(np.datetime64("2026-03-04T18:00"), np.datetime64("2026-03-04T18:00"))
    '2026-03-04 18:00 UTC'
    """
    if begin is None or end is None:
        return ""
    first, last = moment(begin), moment(end)
    if first == last:
        return f"{first} UTC"
    day, clock = last.split(" ")
    return f"{first} to {clock if first.startswith(day) else last} UTC"


def place(anomaly: Anomaly) -> str:
    """Where an anomaly lies: its times, its rows, or its positions.

    >>> from dataclasses import replace
    >>> a = Anomaly("a", "cpu", "c", "spike", "up", 90, 95, 92, 2.0, 9.0, 1.0, 0.5, (89, 90))
    >>> place(a), place(replace(a, rows=(17, 140)))
    ('points 90 to 94', 'rows 17, 140')
    """
    if anomaly.rows:
        return _rows(anomaly.rows)
    if anomaly.begin is not None:
        return span(anomaly.begin, anomaly.end)
    if anomaly.stop - anomaly.start <= 1:
        return f"point {anomaly.start}"
    return f"points {anomaly.start} to {anomaly.stop - 1}"


def _rows(rows: tuple[int, ...]) -> str:
    if len(rows) == 1:
        return f"row {rows[0]}"
    more = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""
    return f"rows {', '.join(str(row) for row in rows[:5])}{more}"


def incident_place(incident: Incident) -> str:
    """Where an incident lies: its times, else all its rows, else the positions of its lead.

    >>> from anomaly_hunter.model import Verdict
    >>> a = Anomaly("a", "t", "t", "outlying row", "up", 3, 4, 3, 2.0, 9.0, 1.0, 0.5, (3, 3), rows=(3,))
    >>> incident_place(Incident("i", (a,), Verdict(5, 0.5, "h", "s", (), ())))
    'row 3'
    """
    if incident.begin is not None:
        return span(incident.begin, incident.end)
    rows = tuple(sorted({row for anomaly in incident.anomalies for row in anomaly.rows}))
    return _rows(rows) if rows else place(incident.lead)


def severity(value: float) -> str:
    """Severity as every report prints it.

    >>> severity(7.43), severity(10.0)
    ('7.4', '10')
    """
    return f"{value:.1f}".removesuffix(".0")


def confidence(value: float) -> str:
    """Confidence in percent with its word.

    >>> confidence(0.78), confidence(0.3)
    ('78% (high)', '30% (low)')
    """
    return f"{percent(value)} ({confidence_level(value)})"


def of_what(verdict: Verdict) -> str:
    """What the confidence of a verdict is about: where no cause is named, that it is no noise."""
    return "" if verdict.cause is not None else "that it is real"


ANSWERS: Final[Mapping[Answer, str]] = {
    "cause": "",
    "nearest instrumented service": "Nearest instrumented service: what it calls is not measured, so the "
    "root may lie behind it.",
    "several candidates": "Several candidates: too close to tell apart, check them in this order.",
    "no change explains this": "No recorded change explains this: none was made near it in time and place. "
    "Rolling back is unlikely to help.",
    "inconclusive": "Inconclusive: too little speaks for any one cause. Start with the first suspect.",
}


def answer(verdict: Verdict) -> str:
    """What the verdict amounts to, where it is no plain cause; "" where it is.

    >>> answer(Verdict(5, 0.5, "h", "s", (), ()))
    'Inconclusive: too little speaks for any one cause. Start with the first suspect.'
    """
    return ANSWERS[verdict.answer]


def leading(verdict: Verdict) -> Cause | None:
    """The cause, else the first suspect: the candidate whose for and against is worth reading first."""
    return verdict.cause or next(iter(verdict.candidates), None)


def others(verdict: Verdict) -> list[Cause]:
    """The candidates beside the leading one, without those that only say the same of the same place."""
    first = leading(verdict)
    if first is None:
        return []
    known = set(first.evidence)
    return [
        c
        for c in verdict.candidates
        if c != first and not (c.place and c.place == first.place and known >= set(c.evidence))
    ]


def brief_answer(verdict: Verdict) -> str:
    """The cause in one statement, else what kept it from being named in a word."""
    if verdict.cause is not None:
        return verdict.cause.statement or verdict.cause.name
    return {"several candidates": "not settled between several candidates"}.get(
        verdict.answer, verdict.answer
    )


def without_why(verdict: Verdict) -> str:
    """The summary without the cause, for places where that stands right below it."""
    if verdict.cause is None:
        return verdict.summary
    return verdict.summary.replace(f" Why: {verdict.cause.statement}.", "")


def scope(verdict: Verdict) -> list[tuple[str, str]]:
    """Evidence on the incident as a whole as (term, statement) pairs."""
    known = {evidence.id: evidence.statement for evidence in verdict.evidence}
    terms = {"reach": "Reach", "moved-first": "First"}
    return [(terms.get(i.partition(":")[0], "Scope"), known[i]) for i in verdict.scope if i in known]


def unscored(hunt: Hunt) -> str:
    """Why a hunt has no answer at all."""
    if hunt.dataset.kind == "tickets":
        return "These tickets carry no time, so no rate can be judged; what they are about stands below."
    return "Nothing could be scored, so nothing can be said about what is normal."


def undecided(hunt: Hunt) -> bool:
    """Whether there was too little in every series or table to say what is usual."""
    return all(
        d.note and not d.score.any() and not (d.profile and _enough(d.profile)) for d in hunt.detections
    )


def _enough(profile: Profile) -> bool:
    return profile.constant and profile.n - profile.missing >= FEWEST


def notes(hunt: Hunt) -> list[str]:
    """What detection says of itself ("5 values: too few to say what is usual"), each once."""
    return list(dict.fromkeys(d.note for d in hunt.detections if d.note))


def consensus(verdict: Verdict) -> str:
    """How many of the agents agree, in numbers and in a word.

    >>> from anomaly_hunter.model import Finding
    >>> found = [Finding(name, "", share, ()) for name, share in (("a", 0.9), ("b", 0.8), ("c", 0.3))]
    >>> consensus(Verdict(5, 0.5, "h", "s", tuple(found), ()))
    '2 of 3 agents (fair)'
    """
    word = ("open", "weak", "fair", "strong")[min(verdict.agreement, 3)]
    return f"{verdict.agreement} of {counted(len(verdict.findings), 'agent')} ({word})"


def took(took_ms: Mapping[str, float]) -> str:
    """Times of the steps, and their sum.

    >>> took({"read": 3.14, "detect": 1.9, "investigate": 1200.0})
    'read 3.1 ms, detect 1.9 ms, investigate 1.2 s, together 1.21 s'
    """
    parts = [f"{step} {_short_time(ms)}" for step, ms in took_ms.items()]
    if len(parts) > 1:
        parts.append(f"together {_short_time(sum(took_ms.values()))}")
    return ", ".join(parts)


def _short_time(ms: float) -> str:
    if math.isnan(ms):
        return MISSING
    if ms >= 1000:
        return f"{float(f'{ms / 1000:.3g}'):g} s"
    return f"{ms:.1f} ms"
