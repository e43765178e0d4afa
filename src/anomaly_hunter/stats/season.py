"""Seasons: finding the period, and the usual course of one."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import column_medians, median, row_medians

LOOK = 32_768
"""Periods are looked for among this many points; longer ones only where the clock suggests them."""

FEW = 8
"""Fewer cycles than this are smoothed over neighbouring phases."""


def autocorrelation(value: FloatArray, lags: int) -> FloatArray:
    """``(lags + 1,)`` correlation of a centred series with itself, 1 at lag 0, by FFT.

    >>> autocorrelation(np.array([1.0, -1.0] * 50), 2).round(6).tolist()
    [1.0, -1.0, 1.0]
    """
    n = len(value)
    size = 1 << (2 * n - 1).bit_length()
    power = np.fft.rfft(value, size)
    raw = np.fft.irfft(power.real**2 + power.imag**2, size)[: lags + 1]
    if not raw[0] > 0:
        return np.zeros(lags + 1)
    # Each lag by its own number of pairs, else long seasons look weak.
    own: FloatArray = raw / raw[0] * (n / (n - np.arange(lags + 1)))
    return own


def explained(value: FloatArray, period: int) -> float:
    """Share of the variation within cycles that the *other* cycles predict (out of sample).

    The mean course of all other cycles is the prediction for a cycle, its own mean taken out
    first; at or below zero where there is no season, also in noise that wanders. Cycles whose
    variation is among the largest tenth do not count.

    >>> wave = np.tile([0.0, 1.0, 0.0, -1.0], 6)
    >>> explained(wave, 4), explained(wave, 3) < 0.3
    (1.0, True)
    """
    cycles = len(value) // period
    rows = value[len(value) - cycles * period :].reshape(cycles, period)
    rows = rows - (rows.sum(axis=1) / period)[:, None]
    gap = rows - (rows.sum(axis=0) - rows) / (cycles - 1)
    left = np.einsum("ij,ij->i", gap, gap)
    whole = np.einsum("ij,ij->i", rows, rows)
    if cycles > 9:
        kept = left <= np.partition(left, int(0.9 * cycles))[int(0.9 * cycles)]
        left, whole = left[kept], whole[kept]
    total = float(whole.sum())
    return 1.0 - float(left.sum()) / total if total > 0 else 0.0


def repeated(value: FloatArray, period: int) -> float:
    """:func:`explained` for the few cycles of a period that the clock suggests.

    Noise would hide the course of one or two days, so a twenty-fourth of the period is averaged
    first, and an incident in one of them would too, so the worst seventh of the gaps is left
    out. One cycle and a half are enough: its second half is compared with the first.

    >>> day = 10 * np.sin(np.arange(160) / 96 * 2 * np.pi)
    >>> noise = np.random.default_rng(0).normal(0, 5, 160)
    >>> round(repeated(day + noise, 96), 2), round(repeated(noise, 96), 2)
    (0.91, 0.28)
    """
    calm = _averaged(value, period // 24)
    cycles = len(calm) // period
    if cycles >= 2:
        rows = calm[len(calm) - cycles * period :].reshape(cycles, period)
    else:
        both = len(calm) - period
        rows = np.stack([calm[:both], calm[period:]])
    rows = rows - row_medians(rows)[:, None]
    gap = np.abs(rows - (rows.sum(axis=0) - rows) / (len(rows) - 1))
    if float((gap > 6.0 * median(gap.ravel())).mean()) > 0.15:
        return 0.0  # more than an incident: bursts that come as they like
    kept = gap <= _quantile(gap.ravel(), 0.85)
    whole = float((rows[kept] ** 2).sum())
    return 1.0 - float((gap[kept] ** 2).sum()) / whole if whole > 0 else 0.0


def _quantile(value: FloatArray, share: float) -> float:
    """The quantile between order statistics, as `numpy.quantile` has it."""
    place = share * (len(value) - 1)
    low = int(place)
    part = np.partition(value, (low, min(low + 1, len(value) - 1)))
    below, above = float(part[low]), float(part[min(low + 1, len(value) - 1)])
    step = place - low
    return below + (above - below) * step if step < 0.5 else above - (above - below) * (1.0 - step)


def _averaged(value: FloatArray, width: int) -> FloatArray:
    """Means over ``width`` points and those around, fewer at the ends."""
    if width < 2:
        return value
    total = np.cumsum(np.append(0.0, value))
    place = np.arange(len(value))
    low, high = np.maximum(place - width // 2, 0), np.minimum(place + width // 2 + 1, len(value))
    means: FloatArray = (total[high] - total[low]) / (high - low)
    return means


def needed(cycles: int, n: int) -> float:
    """The smallest share explained that is believed, given how many cycles and points were seen."""
    return 0.1 + 0.9 / cycles + 0.5 / float(np.sqrt(n))


def find_period(value: FloatArray, clock: tuple[int, ...] = ()) -> tuple[int, float]:
    """The season in points, and the share of the variation that it explains; ``(0, 0.0)`` for none.

    Candidates are the peaks of the autocorrelation and the periods that the clock suggests (a
    day, a week); one is believed when it predicts cycles that it was not learnt from. Values are
    standardised, without missing ones.

    >>> find_period(np.tile([0.0, 1.0, 3.0, -1.0, -2.0, -1.0], 40))
    (6, 1.0)
    """
    n = len(value)
    if n < 12:
        return 0, 0.0
    flat = np.minimum(np.maximum(value, -4.0), 4.0)
    place = np.linspace(-1.0, 1.0, n)
    flat -= float(flat.sum()) / n
    flat = flat - place * (float(place @ flat) / float(place @ place))
    if float(np.abs(flat).max()) < 1e-6:  # a line, and what rounding leaves of it
        return 0, 0.0
    part = flat[(n - min(n, LOOK)) // 2 :][:LOOK]
    candidates = _peaks(part) + [p for p in clock if 2 <= p <= n // 1.5]
    best, strength = 0, 0.0
    for period in sorted(set(candidates)):
        looked = flat if period > LOOK // 4 else part
        if best == 0 and period in clock and len(looked) // period < FEW:
            share = repeated(looked, period)
        elif len(looked) < 2 * period:
            continue  # a longer season than one already found must have been seen twice
        else:
            share = explained(looked, period)
        # A much longer period must explain clearly more than a shorter one.
        more = 0.05 if 0 < 1.5 * best < period else 0.0
        enough = share >= needed(max(len(looked) // period, 2), len(looked))
        if enough and share > strength + more:
            best, strength = period, share
    return best, float(min(max(strength, 0.0), 1.0))


def _peaks(value: FloatArray, most: int = 4) -> list[int]:
    """Lags of the highest peaks of the autocorrelation, each clearly above the trough before it."""
    lags = len(value) // 3
    course = autocorrelation(value, lags + 1)
    if lags < 3:
        return []
    inner = course[2 : lags + 1]
    peak = (inner > course[1:lags]) & (inner >= course[3 : lags + 2])
    trough = np.minimum.accumulate(course)[1:lags]
    places = np.flatnonzero(peak & (inner > 0.15) & (inner - trough > 0.2)) + 2
    if not len(places):
        return []
    heights = course[places]
    first = places[np.argmax(heights >= 0.85 * heights.max())]
    order = places[np.argsort(-heights, kind="stable")[:most]]
    # Noise moves a peak by a point, which over many cycles is half a season.
    around = (first - 1, first, first + 1)
    return list({*(int(p) for p in around if p >= 2), *(int(p) for p in order)})


def phase_course(value: FloatArray, period: int) -> FloatArray:
    """``(period,)`` the usual course of one season: the median over cycles, centred on zero.

    ``value`` begins at phase 0. With fewer than eight cycles neighbouring phases are averaged
    (weights 1-2-1) when that predicts the other cycles better.

    >>> phase_course(np.tile([1.0, 2.0, 3.0], 9), 3).tolist()
    [-1.0, 0.0, 1.0]
    """
    n = len(value)
    cycles = n // period
    rows = value[: cycles * period].reshape(cycles, period)
    rows = rows - row_medians(rows)[:, None]
    over = n - cycles * period
    if over:
        rest = np.full((1, period), np.nan)
        # What is left of a cycle is centred where the others are known too.
        known = value[cycles * period :]
        rest[0, :over] = known - median(known) + median(rows[:, :over].ravel())
        course = _middle(np.concatenate([rows, rest]))
    else:
        course = _middle(rows)
    if cycles < FEW and period >= 6:
        course = _smoothed(course, rows)
    centred: FloatArray = course - median(course)
    return centred


def _middle(rows: FloatArray) -> FloatArray:
    """The median of each phase; of two that differ for once, the one that fits its neighbours.

    With two cycles a median is a mean, and an incident in one of them would be half of the
    season.
    """
    if len(rows) > 2:
        return column_medians(rows)
    course: FloatArray = np.nanmean(rows, axis=0)
    once = np.isnan(rows[-1])
    if once.any():  # seen once: its own noise must not be part of the season
        course[once] = _averaged(rows[0], max(len(course) // 12, 3))[once]
    if len(rows) < 2:
        return course
    gap = np.abs(rows[0] - rows[1])
    known = gap[~np.isnan(gap)]
    differ = gap > 6.0 * max(median(known), 1e-300)
    if not 0 < differ.sum() < 0.3 * len(known):
        return course
    agree = np.flatnonzero(~differ)
    turn = len(course)
    around = np.interp(
        np.flatnonzero(differ), np.r_[agree[-1] - turn, agree, agree[0] + turn],
        np.r_[course[agree[-1]], course[agree], course[agree[0]]],
    )  # fmt: skip
    two = rows[:, differ]
    course[differ] = np.where(np.abs(two[0] - around) <= np.abs(two[1] - around), two[0], two[1])
    return course


def _smoothed(course: FloatArray, rows: FloatArray) -> FloatArray:
    """The course, or its 1-2-1 mean over phases where cycles left out are closer to that."""
    others = (rows.sum(axis=0) - rows) / max(len(rows) - 1, 1)
    mild = _soften(others)
    sharp_gap = float(np.abs(rows - others).mean())
    mild_gap = float(np.abs(rows - mild).mean())
    return _soften(course) if mild_gap < sharp_gap else course


def _soften(course: FloatArray) -> FloatArray:
    soft: FloatArray = 0.25 * np.roll(course, 1, axis=-1) + 0.5 * course + 0.25 * np.roll(course, -1, axis=-1)
    return soft
