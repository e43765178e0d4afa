"""What was expected, how rare it is, whether a season explains it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.windows import span_in, values_of
from anomaly_hunter.model import Anomaly, Evidence, FloatArray, Number, Series

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

DATA_SHAPES: Final = ("gap", "flat line")
"""Shapes that speak of the data and not of the thing measured."""

PATTERN_SHAPES: Final = ("odd shape", "season break", "variance")
"""Shapes whose strangeness lies in the course of the values, not in the height of one."""

SEASON_LOST: Final = 0.5
CLEAR_SEASON: Final = 0.5


def expected(case: Case) -> Evidence:
    """See :meth:`Case.expected`."""
    lead = case.lead
    numbers: dict[str, Number] = {
        "actual": lead.actual, "expected": lead.expected, "spread": lead.spread, "sigmas": lead.sigmas,
        "change_pct": lead.change_pct, "score": lead.score, "position": lead.peak,
        "at": say.moment(case.series, lead.peak),
    }  # fmt: skip
    lasted = say.span_seconds(case.series, lead)
    if math.isfinite(lasted):
        numbers |= {"points": lead.stop - lead.start, "lasted_s": lasted}
    text = f"{lead.subject} {reading(case, lead)}" if case.series is not None else _row(lead)
    return Evidence(f"expected:{case.subject}", "what was expected", text, numbers)


def _row(lead: Anomaly) -> str:
    """A row of a table in numbers: "row 17 has amount 5,000 where 80 ± 40 was expected"."""
    column = max(lead.carriers, key=lambda c: c.share).name if lead.carriers else "a value of"
    normal = say.against(lead.expected, lead.spread)
    far = say.deviation(lead)
    return f"row {lead.peak} has {column} {say.reached(lead)} where {normal} was expected ({far})"


def reading(case: Case, anomaly: Anomaly) -> str:
    """The anomaly in numbers: "reached 161 at … where 100 ± 2 was expected (+61%, 30.5 sigma)"."""
    series = case.detection_of(anomaly).series
    begin, long = say.moment(series, anomaly.start), say.lasted(series, anomaly)
    if anomaly.shape == "gap":
        return f"has no values for {long} from {begin} on"
    normal = say.against(anomaly.expected, anomaly.spread)
    if anomaly.shape == "flat line":
        return f"stands still at {say.reached(anomaly)} for {long} from {begin} on ({normal} is usual)"
    far = say.deviation(anomaly)
    inner = f" ({far})" if far else ""
    verb = "was" if anomaly.direction == "both" else "reached" if say.upward(anomaly) else "fell to"
    at = say.moment(series, anomaly.peak)
    return f"{verb} {say.reached(anomaly)} at {at} where {normal} was expected{inner}"


def rarity(case: Case) -> Evidence:
    """See :meth:`Case.rarity`."""
    lead, detection = case.lead, case.detection
    score = detection.score
    n = len(score)
    over = int((score >= 1.0).sum())
    higher = int((score > lead.score * (1 + 1e-9)).sum())
    chance = by_chance(lead.sigmas, n)
    spans = [a for a in detection.anomalies if a.direction == lead.direction and not a.rows]
    apart = recurrence(case.series, spans)
    unit = "row" if case.series is None else "point"
    rank = "the strangest" if higher == 0 else f"number {higher + 1} in strangeness"
    text = f"{rank} of {say.counted(n, unit)}, {say.counted(over, unit)} over the alarm boundary"
    if lead.shape not in (*DATA_SHAPES, *PATTERN_SHAPES):
        text += f"; noise alone would bring {_rate(chance)} {unit}s this far out"
    if apart is not None:
        text += f"; it returns every {apart} ({len(spans)} times)"
    elif len(spans) > 1:
        text += f"; {say.counted(len(spans) - 1, 'other span')} like it in these data"
    numbers: dict[str, Number] = {
        "points": n, "over_boundary": over, "rank": higher + 1, "by_chance": chance,
        "similar_spans": len(spans), "every": apart, "score": lead.score,
    }  # fmt: skip
    return Evidence(f"rarity:{case.subject}", "how rare is this", text, numbers)


def by_chance(sigmas: float, n: int) -> float:
    """Expected number of ``n`` points of noise at least ``sigmas`` out, capped at ``n``.

    Noise is taken as Student's t with four degrees of freedom, whose tails are as heavy as those
    of most measured data: 4 sigma is 1 in 62, not 1 in 16,000.

    >>> round(by_chance(4.0, 1000), 1), by_chance(0.0, 10), by_chance(30.0, 500) < 0.01
    (16.1, 10.0, True)
    """
    if math.isnan(sigmas):
        return float(n)
    # With u = 1 / sqrt(1 + t^2 / 4) both tails of t(4) are 1 - sqrt(1 - u^2) (1 + u^2 / 2), which
    # cancels for large t; the first term of its series is 3/8 u^4.
    u2 = 1.0 / (1.0 + sigmas * sigmas / 4.0)
    tail = 1.0 - math.sqrt(1.0 - u2) * (1.0 + 0.5 * u2) if u2 > 1e-5 else 0.375 * u2 * u2
    return float(n * min(1.0, max(0.0, tail)))


def _rate(chance: float) -> str:
    return say.number(float(f"{chance:.2g}")) if chance >= 0.01 else "less than 0.01"


def recurrence(series: Series | None, spans: list[Anomaly]) -> str | None:
    """How far apart four or more spans begin when they return regularly, else None.

    Regular: no distance differs from the median distance by more than a fifth (or one point).
    """
    if series is None or len(spans) < 4:
        return None
    starts = np.sort(np.array([span_in(series, span)[0] for span in spans]))
    apart = np.diff(starts)
    usual = float(np.median(apart))
    if usual < 2 or float(np.abs(apart - usual).max()) > max(1.0, 0.2 * usual):
        return None
    if not series.clocked:
        return say.counted(round(usual), "point")
    return say.duration(usual * say.usual_step(series))


def season(case: Case) -> Evidence:
    """See :meth:`Case.season`."""
    profile, series, name = case.detection.profile, case.series, f"season:{case.subject}"
    question = "does it break a season"
    if series is None or profile is None or profile.period < 2:
        return Evidence(name, question, "no season was found in these data", {"period": 0})
    now, usual, seasons = season_likeness(values_of(series, case.lead), case.lead, profile.period)
    broken = usual >= CLEAR_SEASON and now < SEASON_LOST * usual
    length = (
        say.duration(profile.period * profile.interval_s)
        if math.isfinite(profile.interval_s)
        else say.counted(profile.period, "point")
    )
    numbers: dict[str, Number] = {
        "period": profile.period, "strength": profile.season_strength, "season": length,
        "likeness": None if math.isnan(now) else now, "usual_likeness": None if math.isnan(usual) else usual,
        "seasons": seasons, "broken": broken,
    }  # fmt: skip
    if math.isnan(now) or math.isnan(usual):
        return Evidence(
            name, question, f"the season of {length} has too few repeats to compare with", numbers
        )
    verb = "breaks" if broken else "keeps" if usual >= CLEAR_SEASON else "is hard to compare with"
    text = (
        f"it {verb} the season of {length}: the course follows the mean of {seasons} seasons before with "
        f"r = {now:.2f}, where {usual:.2f} is usual"
    )
    return Evidence(name, question, text, numbers)


def season_likeness(value: FloatArray, anomaly: Anomaly, period: int) -> tuple[float, float, int]:
    """Correlation of the season around the anomaly with the mean of the seasons before it.

    Returns (now, median of what those seasons have with their mean, number of seasons). NaN with
    fewer than two full seasons before, or without variance.
    """
    width = period
    middle = (anomaly.start + anomaly.stop - 1) // 2
    start = max(0, min(middle - width // 2, len(value) - width))
    earlier = [start - k * period for k in range(1, 15) if start - k * period >= 0]
    earlier = [first for first in earlier if first + width <= anomaly.start]
    if len(earlier) < 2 or len(value) < width:
        return math.nan, math.nan, len(earlier)
    block = np.array([value[first : first + width] for first in [start, *earlier]])
    block = block[:, ~np.isnan(block).any(axis=0)]
    if block.shape[1] < 4:
        return math.nan, math.nan, len(earlier)
    block = block - block.mean(axis=1, keepdims=True)
    largest = float(np.abs(block).max()) or 1.0
    block = block / largest
    total = block[1:].sum(axis=0)
    now = _correlation(block[0], total)
    usual = sorted(_correlation(row, total - row) for row in block[1:])
    return now, usual[len(usual) // 2], len(earlier)


def _correlation(a: FloatArray, b: FloatArray) -> float:
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 1e-300 else 0.0
