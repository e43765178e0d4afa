"""One series point by point: scored first, learned second, saved and restored exactly."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, Self, TypeAlias

import numpy as np

from anomaly_hunter.detect.online.clocking import Clocking, Duplicates, Tick, When, number, seconds
from anomaly_hunter.detect.online.happening import StreamEvent, Watch
from anomaly_hunter.detect.online.kernel import Kernel, Step
from anomaly_hunter.detect.online.profiles import kernel, kernels
from anomaly_hunter.detect.online.state import CURE, pack, text, unpack
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import AnyArray

Mode: TypeAlias = Literal["immediate", "lagged"]

OWNER: Final = "stream"
VERSION: Final = 1


class Point(NamedTuple):
    """What is said about one step of the grid; ``value`` is NaN where it is missing.

    ``expected, lower, upper`` is the band before the value was seen (NaN while unknown); ``score``
    is 1.0 at the alarm boundary; ``note`` says in words what is unusual about the step itself.
    """

    time: np.datetime64
    value: float
    expected: float
    lower: float
    upper: float
    score: float
    is_anomaly: bool
    note: str = ""
    events: tuple[StreamEvent, ...] = ()


class Stream:
    """Scores one series as it comes, in bounded memory.

    Parameters
    ----------
    profile:
        ``full`` (at most 64 KB when saved, some 10,000 points a second) or ``light`` (4 KB, 50,000).
    interval_s:
        Seconds between points; None learns it from the first five times, which are answered
        together with the fifth.
    mode:
        ``immediate``: every point as it comes. ``lagged``: each point ``lag`` steps later, when all
        windows that cover it are known; ranks better.
    duplicates:
        Which of several points at the same time counts. ``last`` holds a point until a newer comes.
    lateness_s:
        Points up to so much older than the newest are put in order; older ones are dropped and
        counted in ``late``.
    most_missing:
        So many missing steps are stepped through as NaN; a longer hole is a gap event.
    series:
        Id of the series; it enters the ids of the events.

    >>> stream = Stream(interval_s=60.0)
    >>> points = [p for i in range(420) for p in stream.update(60.0 * i, float(i % 7) + 90.0 * (i == 390))]
    >>> [str(p.time)[11:16] for p in points if p.is_anomaly][:1], [e.kind for p in points for e in p.events]
    (['06:30'], ['opened', 'closed'])
    """

    def __init__(
        self,
        profile: str = "full",
        *,
        interval_s: float | None = None,
        mode: Mode = "immediate",
        duplicates: Duplicates = "first",
        lateness_s: float = 0.0,
        most_missing: int = 60,
        series: str = "value",
    ) -> None:
        _check(interval_s, mode, duplicates, lateness_s, most_missing)
        self.profile, self.mode, self.series = profile, mode, series
        self._clocking = Clocking(
            math.nan if interval_s is None else float(interval_s), duplicates, float(lateness_s), most_missing
        )
        self._make = kernel(profile)
        self._kernel: Kernel | None = None
        self._watch = Watch(series)
        self._waiting: deque[tuple[Tick, Step]] = deque()
        self._dropped = (0, 0)

    @property
    def lag(self) -> int:
        """Steps between a point and its answer."""
        return self._make.lag if self.mode == "lagged" else 0

    @property
    def late(self) -> int:
        """Points dropped because they came too late."""
        return self._clocking.late

    @property
    def repeated(self) -> int:
        """Points dropped because another one had the same time."""
        return self._clocking.repeated

    def update(self, time: When, value: object) -> list[Point]:
        """Take one point in; the steps that are answered now, in order (often one, or none).

        Raises
        ------
        DataError
            The time is no time, or the value no number. The stream is as before.
        """
        when, known = seconds(time), number(value)
        return [point for tick in self._clocking.put(when, known) for point in self._answer(tick)]

    def finish(self) -> list[Point]:
        """The points that are still held, when nothing more will come.

        In ``lagged`` mode the last ``lag`` points get the score that the windows so far give.
        """
        points = [point for tick in self._clocking.rest() for point in self._answer(tick)]
        while self._waiting:
            step = self._running().step(math.nan, math.nan)
            points.append(self._point(*self._waiting.popleft(), step.final, step.shifted))
        return points

    def score_one(self, value: object, time: When | None = None) -> float:
        """The immediate score of ``value`` as the next point; nothing is learned.

        Without ``time`` it is the next step of the grid. Costs as much as a step: who scores and
        learns every point has both from :meth:`update`.
        """
        when = self._next_s() if time is None else seconds(time)
        known = number(value)
        return 0.0 if self._kernel is None else self._kernel.score(known, when)

    def learn_one(self, value: object, time: When | None = None) -> Self:
        """Learn ``value`` as the next point: :meth:`update` without its answer."""
        self.update(self._next_s() if time is None else time, value)
        return self

    def _next_s(self) -> float:
        clocking = self._clocking
        if clocking.newest_s == -math.inf:
            return 0.0
        return clocking.newest_s + (clocking.interval_s if not math.isnan(clocking.interval_s) else 1.0)

    def _running(self) -> Kernel:
        """The kernel; it is made when the interval is known."""
        if self._kernel is None:
            self._kernel = self._make(self._clocking.interval_s)
        return self._kernel

    def _answer(self, tick: Tick) -> list[Point]:
        step = self._running().step(tick.value, tick.time_s)
        if self.mode == "immediate":
            return [self._point(tick, step, step.score, step.shifted)]
        self._waiting.append((tick, step))
        if len(self._waiting) <= self._make.lag:
            return []
        return [self._point(*self._waiting.popleft(), step.final, step.shifted)]

    def _point(self, tick: Tick, step: Step, score: float, shifted: bool) -> Point:
        time = np.datetime64(round(tick.time_s * 1e3) * 1_000_000, "ns")
        score = 0.0 if math.isnan(score) else score
        events = self._watch.see(time, score, shifted, tick.hole)
        return Point(
            time, tick.value, step.expected, step.lower, step.upper, score, score >= 1.0,
            self._note(tick, shifted), tuple(events),
        )  # fmt: skip

    def _note(self, tick: Tick, shifted: bool) -> str:
        dropped = (self._clocking.late, self._clocking.repeated)
        late, repeated = dropped[0] - self._dropped[0], dropped[1] - self._dropped[1]
        if not (late or repeated or shifted or tick.hole or math.isnan(tick.value)):
            return ""
        notes = []
        self._dropped = dropped
        if math.isnan(tick.value):
            notes.append("missing")
        if tick.hole:
            notes.append(f"after a gap of {tick.hole:,} steps")
        if late:
            notes.append(f"{late:,} late dropped")
        if repeated:
            notes.append(f"{repeated:,} with the same time dropped")
        if shifted:
            notes.append("lasting change confirmed")
        return "; ".join(notes)

    # ---------------------------------------------------------------- state

    def save(self) -> bytes:
        """The whole stream: magic, version, checksum, plain arrays."""
        clocking, watch = self._clocking, self._watch
        onset = np.datetime64("NaT", "ns") if watch.onset is None else watch.onset
        numbers = [
            clocking.interval_s,
            clocking.lateness_s,
            clocking.newest_s,
            clocking.last_s,
            watch.highest,
        ]
        counts = [clocking.most_missing, clocking.late, clocking.repeated, *self._dropped, watch.calm]
        since = int(onset.astype("datetime64[ns]").astype(np.int64))
        parts: dict[str, AnyArray | bytes | str] = {
            "how": f"{self.profile} {self.mode} {clocking.duplicates} {self.series}",
            "numbers": np.array(numbers, np.float64),
            "counts": np.array([*counts, since], np.int64),
        }
        if clocking.held:
            parts["held"] = np.array(clocking.held, np.float64)
        if self._waiting:
            rows = [(tick.time_s, tick.value, *step[1:4]) for tick, step in self._waiting]
            parts["waiting"] = np.array(rows, np.float64)
        holes = [(place, tick.hole) for place, (tick, _) in enumerate(self._waiting) if tick.hole]
        if holes:
            parts["holes"] = np.array(holes, np.int64)
        if self._kernel is not None:
            parts["kernel"] = self._kernel.dump()
        return pack(OWNER, VERSION, parts)

    @classmethod
    def restore(cls, state: bytes) -> Self:
        """The stream as it was when it was saved.

        Raises
        ------
        DataError
            The bytes are no saved stream, of another version, cut or damaged.
        """
        parts = unpack(OWNER, VERSION, state)
        profile, mode, duplicates, series = text(parts["how"]).split(" ", 3)
        if profile not in kernels():
            raise DataError(f"the stream has the profile {profile!r}", " or ".join(kernels()), CURE)
        stream = cls(profile, mode=_mode(mode), series=series)
        clocking, watch = stream._clocking, stream._watch
        clocking.duplicates = "last" if duplicates == "last" else "first"
        numbers = [float(one) for one in parts["numbers"]]
        clocking.interval_s, clocking.lateness_s, clocking.newest_s, clocking.last_s, watch.highest = numbers
        counts = [int(one) for one in parts["counts"]]
        clocking.most_missing, clocking.late, clocking.repeated = counts[:3]
        stream._dropped, watch.calm = (counts[3], counts[4]), counts[5]
        onset = np.datetime64(counts[6], "ns")
        watch.onset = None if np.isnat(onset) else onset
        clocking.held = [(float(time_s), float(value)) for time_s, value in parts.get("held", ())]
        holes = dict(parts["holes"].tolist()) if "holes" in parts else {}
        for place, (time_s, value, *band) in enumerate(parts.get("waiting", np.empty((0, 5))).tolist()):
            tick = Tick(time_s, value, holes.get(place, 0))
            stream._waiting.append((tick, Step(math.nan, band[0], band[1], band[2], math.nan)))
        if "kernel" in parts:
            stream._kernel = stream._make.load(parts["kernel"].tobytes())
        return stream


def _mode(word: str) -> Mode:
    return "lagged" if word == "lagged" else "immediate"


def _check(
    interval_s: float | None, mode: str, duplicates: str, lateness_s: float, most_missing: int
) -> None:
    wrong: Sequence[tuple[bool, str, str]] = (
        (
            interval_s is not None
            and not (isinstance(interval_s, int | float | np.number) and 0 < interval_s < 1e9),
            f"interval_s={interval_s!r}",
            "seconds above zero",
        ),
        (mode not in ("immediate", "lagged"), f"mode={mode!r}", "immediate or lagged"),
        (duplicates not in ("first", "last"), f"duplicates={duplicates!r}", "first or last"),
        (
            not (isinstance(lateness_s, int | float | np.number) and 0 <= lateness_s < 1e9),
            f"lateness_s={lateness_s!r}",
            "seconds, zero or more",
        ),
        (
            not (isinstance(most_missing, int | np.integer) and 0 <= most_missing <= 10_000),
            f"most_missing={most_missing!r}",
            "0 to 10,000 steps",
        ),
    )
    for bad, came, expected in wrong:
        if bad:
            raise UsageError(f"{came} does not make a stream", expected, "pass another value")
