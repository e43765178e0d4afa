"""From one series to what is strange in it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from anomaly_hunter.detect.alarming import WINDOW
from anomaly_hunter.detect.calendar import read_calendar
from anomaly_hunter.detect.choose import Lookup
from anomaly_hunter.detect.clock import Clock, read_clock
from anomaly_hunter.detect.course import LONG, BoolArray
from anomaly_hunter.detect.expecting import needed
from anomaly_hunter.detect.gaps import find_gaps
from anomaly_hunter.detect.many import Channels, score_channels
from anomaly_hunter.detect.marking import Picture, anomaly_at, gap_at
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.profile import unused_season
from anomaly_hunter.detect.rules import kept_quiet, of_a_sawtooth, of_chance, outside, without_before
from anomaly_hunter.detect.sawtooth import teeth
from anomaly_hunter.detect.scoring import EXCUSED, Scored
from anomaly_hunter.detect.seldom import by_chance
from anomaly_hunter.detect.spans import Marks, Span, find_spans, merged, runs
from anomaly_hunter.detect.special_days import special_dates
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Anomaly, Detection, FloatArray, Quiet, Series

IMPOSSIBLE = 2.0
"""The score of a value outside ``data_range``."""


def detect_series(
    series: Series, options: DetectOptions, lookup: Lookup, special: Collection[np.datetime64] = ()
) -> Detection:
    """What is strange in a series, and what was kept quiet.

    Every channel is scored by the detectors chosen for its profile (or by those named in
    ``options.detectors``), each on a common scale with 1.0 as its alarm boundary; the score of a
    point is the highest of them. A long series (2,000 points) alarms by a plainer score of its own
    (:mod:`anomaly_hunter.detect.alarming`), and the others rank its points. Several channels are
    scored together as well (:mod:`anomaly_hunter.detect.many`), and that ranks the points. Spans
    over the boundary are trimmed to the points that are abnormal, named, and held against the rules
    of the user. Missing points score 0.

    Parameters
    ----------
    lookup:
        ``lookup(name)`` gives the class of a detector, or raises for a name that there is not.
    special:
        Moments in UTC on days that are not like others (holidays), beside ``options.holidays``.

    Raises
    ------
    UsageError
        A detector that was named does not exist, or takes tables; the holidays are not known.
    DataError
        The series has no channel.

    >>> from anomaly_hunter.detect.detectors.residual import Residual
    >>> x = np.random.default_rng(0).normal(100, 2, 60)
    >>> x[40:43] = 130.0
    >>> chosen = DetectOptions(detectors=("residual",))
    >>> found = detect_series(Series.of(x), chosen, {"residual": Residual}.__getitem__)
    >>> [(a.shape, a.start, a.stop) for a in found.anomalies]
    [('spike', 40, 43)]
    """
    if series.value.ndim == 2 and series.value.shape[1] == 0:
        raise DataError(f"series {series.title!r} has no channels", "at least one", "name its value columns")
    clock = read_clock(series)
    calendar = read_calendar(series, clock, special_dates(series, options.holidays, special))
    columns = [series.value] if series.value.ndim == 1 else list(np.ascontiguousarray(series.value.T))
    channels = score_channels(series, columns, clock, options, lookup, calendar=calendar)
    scored = list(channels.scored)
    picture = _picture(series, columns, channels, calendar.special, options)
    anomalies, quiet = _judge(picture, columns, scored, clock, options)
    expected, lower, upper = _bands(series, scored)
    return Detection(
        subject=series.title,
        score=picture.score,
        anomalies=anomalies,
        detectors=channels.detectors,
        series=series,
        profile=scored[0].profile if scored else None,
        expected=expected,
        lower=lower,
        upper=upper,
        quiet=quiet,
        note=_note(columns, scored, options.seasonality),
        parts=picture.parts,
    )


def _bands(series: Series, scored: list[Scored]) -> list[FloatArray]:
    """Expected, lower and upper, each of the shape of the values."""
    bands = [channel.band()[:3] for channel in scored]
    if series.value.ndim == 1:
        return list(bands[0])
    return [np.column_stack(parts) for parts in zip(*bands, strict=True)]


def _picture(
    series: Series, columns: list[FloatArray], channels: Channels, special: BoolArray, options: DetectOptions
) -> Picture:
    """Scores of all channels made one, each point read in the channel that is strangest there."""
    n, scored = len(series), channels.scored
    parts, by_channel, score = channels.parts(), channels.by_channel(), channels.score()
    bands = [channel.band() for channel in scored]
    if special.any() and channels.whole is not None:
        calm = _excused(columns, channels, score, special)
        score = np.where(calm, np.minimum(score, EXCUSED), score)
        by_channel = np.where(calm[:, None], np.minimum(by_channel, EXCUSED), by_channel)
        parts = {name: np.where(calm, np.minimum(part, EXCUSED), part) for name, part in parts.items()}
    if options.contamination is not None:
        unit = _top_share(score, options.contamination)
        parts = {name: part / unit for name, part in parts.items()}
        by_channel, score = by_channel / unit, score / unit
    impossible = np.column_stack([outside(column, options) for column in columns])
    if impossible.any():
        parts["data_range"] = np.where(impossible.any(axis=1), IMPOSSIBLE, 0.0)
        by_channel = np.where(impossible, np.maximum(by_channel, IMPOSSIBLE), by_channel)
        score = np.maximum(score, parts["data_range"])
    zs = np.column_stack([channel.z for channel in scored])
    # Of channels that score alike, the one that is farther from its expected value.
    own = np.argmax(by_channel + 1e-6 * np.minimum(np.abs(zs), 1e3), axis=1)
    place = np.arange(n)
    return Picture(
        series,
        score=score,
        z=zs[place, own],
        actual=np.column_stack(columns)[place, own],
        expected=np.column_stack([band[0] for band in bands])[place, own],
        unit=np.column_stack([band[3] for band in bands])[place, own],
        channel=own,
        by_channel=by_channel,
        parts=parts,
        period=max(channel.profile.period for channel in scored),
    )


def _excused(
    columns: list[FloatArray], channels: Channels, score: FloatArray, special: BoolArray
) -> BoolArray:
    """``(n,)`` what a special day explains to all channels together.

    Points on it that lie within every band; and, as windows reach beyond it, what no channel by
    itself alarms on in a stretch over the boundary that touches those.
    """
    explained = special.copy()
    for column, channel in zip(columns, channels.scored, strict=True):
        _, lower, upper, _ = channel.band()
        explained &= ~((column < lower) | (column > upper))
    alone = np.maximum.reduce([channel.score for channel in channels.scored])
    calm = explained.copy()
    for start, stop in runs(score >= 1.0):
        if explained[start:stop].any():
            calm[start:stop] |= ~special[start:stop] & (alone[start:stop] < 1.0)
    return calm


def _top_share(score: FloatArray, share: float) -> float:
    """The score that this share of the points reaches."""
    count = max(int(np.ceil(share * len(score) - 1e-9)), 1)
    level = float(np.partition(score, len(score) - count)[len(score) - count]) if len(score) else 0.0
    return level if level > 0 else 1.0


def _judge(
    picture: Picture, columns: list[FloatArray], scored: list[Scored], clock: Clock, options: DetectOptions
) -> tuple[tuple[Anomaly, ...], tuple[Quiet, ...]]:
    """Alarms in the order of time, and what the rules kept quiet."""
    found = [anomaly_at(picture, span) for span in _spans(picture, scored, options)]
    missing = np.isnan(columns[0]) if len(columns) == 1 else np.isnan(np.column_stack(columns)).all(axis=1)
    blank = np.where(missing, np.nan, 0.0)
    found += [gap_at(picture, span, length) for span, length in find_gaps(picture.series, blank, clock)]
    alarms, quiet = [], []
    impossible = picture.parts.get("data_range")
    usual = _usual(columns, found) if options.contamination is None else {}
    for anomaly in sorted(found, key=lambda a: (a.start, a.stop)):
        reason = kept_quiet(anomaly, options) or usual.get(anomaly.id)
        forced = impossible is not None and bool(impossible[anomaly.start : anomaly.stop].any())
        if reason is None or forced:
            alarms.append(anomaly)
        else:
            quiet.append(reason)
    return tuple(alarms), tuple(quiet)


def _usual(columns: list[FloatArray], found: list[Anomaly]) -> dict[str, Quiet]:
    """What belongs to the series however far off it is, by id: why."""
    told = {a.id: reason for a in found if (reason := without_before(a, len(columns[0]))) is not None}
    values = [a for a in found if a.shape not in ("gap", "flat line") and a.id not in told]
    if len(columns) > 1:
        return told
    known = teeth(columns[0], [(a.start, a.stop) for a in values])
    for anomaly in values:
        span = anomaly.start, anomaly.stop
        if span in known:
            told[anomaly.id] = of_a_sawtooth(anomaly, len(known))
        elif by_chance(columns[0], span):
            told[anomaly.id] = of_chance(anomaly)
    return told


def _spans(picture: Picture, scored: list[Scored], options: DetectOptions) -> list[Span]:
    if options.contamination is not None:
        return merged(runs(picture.score >= 1.0), 0)
    names = {name for channel in scored for name in channel.exact} | {"data_range"}
    exact = [part for name, part in picture.parts.items() if name in names]
    top = np.maximum.reduce(exact) if exact else np.zeros(len(picture.score))
    apart = WINDOW if len(picture.score) >= LONG else 0
    return find_spans(Marks(picture.score, top, picture.z), apart)


def _note(columns: list[FloatArray], scored: list[Scored], season: int | None) -> str:
    known = max((int(np.isfinite(column).sum()) for column in columns), default=0)
    if known == 0:
        return "there are no values: nothing can be said"
    least = needed(max(len(column) for column in columns))
    if known < least:
        some = "1 value" if known == 1 else f"{known} values"
        return f"{some}: too few to say what is usual, {least} are needed"
    if all(channel.profile.constant for channel in scored):
        return "all values are equal: nothing stands out"
    if season and not any(channel.profile.period for channel in scored):
        return unused_season(season, len(columns[0]))
    return ""
