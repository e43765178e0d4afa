"""The channels of one series: each by itself, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly_hunter.detect.alarming import ALARM, borne_out
from anomaly_hunter.detect.calendar import Calendar
from anomaly_hunter.detect.channels import DEFAULT, FEWEST, RISK, Together, score_together
from anomaly_hunter.detect.choose import Lookup
from anomaly_hunter.detect.clock import Clock
from anomaly_hunter.detect.crowd import crowd_limit
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.scoring import Scored, allowed, score_channel
from anomaly_hunter.model import FloatArray, Profile, Series
from anomaly_hunter.stats.limits import farthest
from anomaly_hunter.stats.robust import median, tame

CROWD = 8
"""From so many channels on they show what is usual among them."""

BLOCK = 64
"""Points of a block of scores of single channels."""

ALONE = ("level", "flat")
"""Detectors that alarm beside the alarm score of a long channel."""

TOGETHER = "channels"
"""The name under which the score of all channels together is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """Every channel as :class:`Scored`, and what was seen in all of them together (None: nothing)."""

    scored: tuple[Scored, ...]
    whole: Together | None = None

    @property
    def detectors(self) -> tuple[str, ...]:
        """Names of the detectors that looked, in the order in which they did."""
        of_whole = () if self.whole is None else tuple(self.whole.parts)
        return tuple(dict.fromkeys([*of_whole, *(name for one in self.scored for name in one.detectors)]))

    def by_channel(self) -> FloatArray:
        """``(n, k)`` scores: of the whole, and of what alarms by itself."""
        alone = np.column_stack([one.score for one in self.scored])
        if self.whole is None:
            return alone
        return np.maximum(self.whole.by_channel, np.where(alone >= 1.0, alone, 0.0))

    def score(self) -> FloatArray:
        """``(n,)`` what all see together; just over the boundary where one channel alarms by itself."""
        alone: FloatArray = np.maximum.reduce([one.score for one in self.scored])
        if self.whole is None:
            return alone
        together = self.whole.score
        return np.where(alone >= 1.0, np.maximum(together, 1.0 + 1e-3 * together), together)

    def parts(self) -> dict[str, FloatArray]:
        """What each detector says, of a detector of single channels the most that it says of any."""
        parts: dict[str, FloatArray] = {}
        for one in self.scored:
            for name, part in one.parts.items():
                parts[name] = np.maximum(parts[name], part) if name in parts else part
        if self.whole is not None:
            parts |= {**self.whole.parts, TOGETHER: self.whole.score}
        return parts


def score_channels(
    series: Series,
    columns: list[FloatArray],
    clock: Clock,
    options: DetectOptions,
    lookup: Lookup,
    *,
    calendar: Calendar | None = None,
) -> Channels:
    """Scores of all channels, on the common scale.

    One channel, few points and numbers of records are scored channel by channel. Else half of the
    budget of false alarms is for all channels together, half is shared by those that are looked
    at by themselves: the 64 that contribute most somewhere. The others have their median for an
    expected course.
    """
    count = len(columns)
    of_channels = tuple(name for name in options.detectors if lookup(name).takes == "channels")
    few = len(series) < FEWEST or series.counts
    if count < 2 or (not of_channels and (few or options.detectors)):
        each = [
            score_channel(
                column, clock, options, lookup, counts=series.counts, channels=count, calendar=calendar
            )
            for column in columns
        ]
        return Channels(tuple(each))
    expected = allowed(clock, options) / 2.0
    whole = score_together(np.column_stack(columns), of_channels or DEFAULT, lookup, expected)
    whole = whole.louder(options.sensitivity)
    others = tuple(name for name in options.detectors if name not in of_channels)
    alone = () if of_channels and not others else whole.strangest()
    options = replace(options, detectors=others)
    scored = [_unscored(column, clock, series.counts) for column in columns]
    for place in alone:
        scored[place] = score_channel(
            columns[place],
            clock,
            options,
            lookup,
            counts=series.counts,
            channels=2 * len(alone),
            calendar=calendar,
        )
    for place, one in zip(
        alone, _among([scored[place] for place in alone], max(0.1 * expected, RISK) / 3.0), strict=True
    ):
        scored[place] = one
    return Channels(tuple(scored), whole)


def _among(each: list[Scored], risk: float) -> list[Scored]:
    """Channels as some of many: what does not stand out among what all of them do raises no alarm.

    In a short one the boundary is that of so many times as many values, too. (In a long one the
    budget is shared by the tail of its scores.)
    """
    voices = [_voice(one) for one in each]
    crowd = crowd_limit(np.column_stack(voices), risk, BLOCK) if len(each) >= CROWD else 1.0
    return [_heard(one, voice / crowd, 2 * len(each)) for one, voice in zip(each, voices, strict=True)]


def _voice(one: Scored) -> FloatArray:
    """What is held against the other channels: what windows say. The limits of points are known."""
    if ALARM in one.parts:
        return one.parts[ALARM]
    windowed = [part for name, part in one.parts.items() if name not in one.exact]
    return np.maximum.reduce(windowed) if windowed else np.zeros(one.profile.n)


def _heard(one: Scored, voice: FloatArray, looks: int) -> Scored:
    n, parts, exact = one.profile.n, dict(one.parts), one.exact
    if ALARM in parts:
        exact, farther = ALONE, 1.0
    else:
        farther = farthest(float(n * looks), float(n)) / farthest(float(n), float(n))
        parts = {name: part / farther for name, part in parts.items()}
    loud = np.maximum.reduce([voice, *(parts[name] for name in exact if name in parts)])
    return replace(one, score=borne_out(one.score / farther, loud, 1.0), parts=parts)


def _unscored(value: FloatArray, clock: Clock, counts: bool) -> Scored:
    """A channel that nobody looked at by itself: its level is all that is known."""
    calm, factor = tame(value)
    known = calm[np.isfinite(calm)]
    level = median(known) if len(known) else 0.0
    constant = not len(known) or bool((known == known[0]).all())
    with np.errstate(over="ignore", under="ignore"):
        most = np.finfo(np.float64).max
        level = float(np.clip(np.float64(level) / factor, -most, most))
    interval = clock.interval_s if clock.regular else float("nan")
    about = Profile(len(value), interval, len(value) - len(known), 0, 0.0, 0.0, 0.0, level, counts, constant)
    return Scored(about, np.zeros(len(value)), {}, (), None, None, factor)
