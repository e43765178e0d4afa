"""When it began, how it develops, and how before and after compare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.windows import BoolArray, span_in, values_of
from anomaly_hunter.model import Anomaly, Evidence, FloatArray, Number, Series
from anomaly_hunter.stats.hinge import Hinge, fit_hinge
from anomaly_hunter.stats.robust import mad, median
from anomaly_hunter.stats.two_sample import hodges_lehmann, mann_whitney

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

LOOK_BACK = 512
RAMP_EXPLAINS = 0.6
RAMP_BEATS_STEP = 0.03


def before_after(case: Case) -> Evidence:
    """See :meth:`Case.before_after`."""
    name, question = f"before-after:{case.subject}", "compare before and after"
    both = case.windows
    before, after = both.before, both.after
    if not len(before) or not len(after):
        return Evidence(
            name, question, "there is nothing to compare: a side is empty", {"n_before": len(before)}
        )
    test, shift = mann_whitney(before, after), hodges_lehmann(before, after)
    low, high = median(before), median(after)
    pct = 100.0 * shift / abs(low) if low and low * high >= 0 else None
    spread, spread_after = mad(before), mad(after)
    wider = spread_after / spread if spread > 0 and len(after) >= 5 else None
    numbers: dict[str, Number] = {
        "before": low, "after": high, "shift": shift, "change_pct": pct, "cliffs_delta": test.delta,
        "p": test.p, "z": test.z, "spread_before": spread, "spread_after": spread_after,
        "spread_ratio": wider, "n_before": len(before), "n_after": len(after), "compared_with": both.how,
    }  # fmt: skip
    far = ", ".join(part for part in (say.change(pct), _side(test.delta)) if part)
    text = (
        f"median {say.number(low)} in {both.how}, {say.number(high)} from "
        f"{say.moment(case.series, case.lead.start)} on ({far}, p {_p(test.p)})"
    )
    if wider is not None and (wider >= 2 or wider <= 0.5):
        text += f"; the spread is {say.number(float(f'{wider:.2g}'))} times as wide"
    return Evidence(name, question, text, numbers)


def _side(delta: float) -> str:
    """Cliff's delta in words: how often a value after lies above (below) one before."""
    side, share = ("higher", 0.5 + 0.5 * delta) if delta >= 0 else ("lower", 0.5 - 0.5 * delta)
    return f"{side} in {say.percent(share)} of comparisons" if math.isfinite(delta) else ""


def _p(p: float) -> str:
    return "< 0.001" if p < 1e-3 else f"= {p:.2g}"


def onset(case: Case) -> Evidence:
    """See :meth:`Case.onset`."""
    series, lead = case.series, case.lead
    name, question = f"onset:{case.subject}", "when did it begin"
    if series is None:
        text = f"first abnormal row is {lead.start}; rows carry no order in time"
        return Evidence(name, question, text, {"earliest": lead.start, "latest": lead.start})
    low, high = (say.moment(series, position) for position in lead.onset)
    times = case.onset_times
    width = say.seconds_between(*times) if times is not None and series.clocked else math.nan
    text = f"began at {high}" if low == high else f"began between {low} and {high}"
    if width > 0:
        text += f" ({say.duration(width)})"
    numbers: dict[str, Number] = {
        "earliest": low, "latest": high, "earliest_position": lead.onset[0],
        "latest_position": lead.onset[1], "width_s": None if math.isnan(width) else width,
    }  # fmt: skip
    return Evidence(name, question, text, numbers)


def development(case: Case) -> Evidence:
    """See :meth:`Case.development`."""
    series, lead = case.series, case.lead
    name, question = f"development:{case.subject}", "how does it develop"
    if series is None:
        return Evidence(name, question, "rows have no course in time", {"ramp": False})
    start, stop = span_in(series, lead)
    fit, first = hinge_of(case)
    ramp = is_ramp(fit)
    per, unit = rate_unit(series)
    numbers: dict[str, Number] = {"ramp": ramp, "ongoing": lead.ongoing, "points": stop - start}
    if ramp and fit is not None:
        rate = fit.slope * per
        since = say.moment(series, first + fit.bend)
        numbers |= {"rate": rate, "per": unit, "since": since, "explained": fit.explained}
        share = say.percent(fit.explained)
        text = f"ramps by {say.signed(rate)} per {unit} since {since} ({share} of the variance)"
    else:
        text = _course(case, start, stop, numbers)
    text += (
        "; still going on at the end of the data"
        if lead.ongoing
        else f"; over after {say.lasted(series, lead)}"
    )
    return Evidence(name, question, text, numbers)


def hinge_of(case: Case) -> tuple[Hinge | None, int]:
    """The hinge through the lead's values up to the end of its span, and where they begin."""

    def fit() -> tuple[Hinge | None, int]:
        series = case.series
        if series is None:
            return None, 0
        start, stop = span_in(series, case.lead)
        first = max(0, start - LOOK_BACK, stop - 2 * LOOK_BACK)
        if stop - start < 4:
            return None, first
        return fit_hinge(values_of(series, case.lead)[first:stop]), first

    return case.once("hinge", fit)


def is_ramp(fit: Hinge | None) -> bool:
    """A bend explains most of the variance, and clearly more than one step does."""
    if fit is None:
        return False
    return fit.explained >= RAMP_EXPLAINS and fit.explained >= fit.step_explained + RAMP_BEATS_STEP


def _course(case: Case, start: int, stop: int, numbers: dict[str, Number]) -> str:
    """What a span that does not ramp does: step, peak or oscillate, and how fast it got there."""
    series, lead = case.series, case.lead
    if series is None:
        return ""
    per, unit = rate_unit(series)
    rise = lead.actual - lead.expected
    if lead.shape == "gap" or not math.isfinite(rise):
        return "the values are missing"
    value = values_of(series, lead)[start:stop]
    beyond = _beyond_half(value, lead)
    half = float(beyond.mean())
    steps = max(1, start + (int(beyond.argmax()) if half else lead.peak - start) - lead.onset[0])
    numbers |= {"rate": rise / steps * per, "per": unit, "points_to_half": steps, "share_beyond_half": half}
    way = f"by {say.number(rise)} within {say.counted(steps, 'point')}"
    if lead.shape in ("level shift", "flat line") or (stop - start >= 5 and half >= 0.7):
        return f"stepped {way} and held"
    return f"moved {way} ({say.signed(rise / steps * per)} per {unit})"


def _beyond_half(value: FloatArray, lead: Anomaly) -> BoolArray:
    """Which of the span's values lie beyond half of the peak deviation."""
    deviation = lead.actual - lead.expected
    away = (np.where(np.isnan(value), lead.expected, value) - lead.expected) * math.copysign(1.0, deviation)
    return np.asarray((away >= 0.5 * abs(deviation)) & (deviation != 0))


def rate_unit(series: Series) -> tuple[float, str]:
    """Points per unit of time, and the unit: minutes for fast data, hours, days, else points."""
    step = say.usual_step(series) if series.clocked else 0.0
    if step <= 0:
        return 1.0, "point"
    for seconds, name, slowest in ((60.0, "minute", 900.0), (3600.0, "hour", 21600.0)):
        if step <= slowest:
            return seconds / step, name
    return 86400.0 / step, "day"
