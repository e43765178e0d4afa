"""The full kernel: many views of one series, compared with its own past, in one pass and 64 KB."""

from __future__ import annotations

import math
from typing import ClassVar, Final, Self

import numpy as np

from anomaly_hunter.detect.online.full_bank import Bank, mixed
from anomaly_hunter.detect.online.full_course import Course
from anomaly_hunter.detect.online.full_memory import Memory
from anomaly_hunter.detect.online.full_units import BLOCK, LAG, SCORES, Units
from anomaly_hunter.detect.online.full_views import COUNT, WIDTH, described
from anomaly_hunter.detect.online.kernel import USUAL_INTERVAL_S, Step, points_per_week
from anomaly_hunter.detect.online.state import pack, unpack
from anomaly_hunter.model import FloatArray

FIRST: Final = 8
"""Values from which location and scale are taken; nothing is scored before."""

EVERY: Final = 4
"""One window in so many points is offered to the banks."""

CALM: Final = 150
"""An alarm is told as new when it is higher than all in so many points before."""

GROWTH: Final = 2.0
"""And higher than their records by this factor: what swells is told once or twice, not at every point."""

LASTING: Final = 384
"""A change is lasting when three in four of so many points are abnormal."""

FIRST_CHANGE: Final = 16.0
"""The first change after a constant beginning is so many units, twice."""

FARTHEST: Final = 2.0**20
"""Values are clipped at so many units of the series."""

UNCLOCKED: Final = math.nan


class FullKernel:
    """Scores a series by how far its last windows are from windows of its own past.

    Seven views (windows of 8 to 256 points, of values and of differences), each with a bank of 64
    past windows; the last step; and the gap to the same time on other days. Each distance is
    measured above its median in units of its own upper tail (histograms), then

        all    = sqrt(mean of r^2) over all views: ranks points
        alarm  = sqrt(mean of r^2) over the short views and the time of day, above the 80%
                 quantile of its block maxima in units of what one week's maximum exceeds that by

    ``score`` is ``all / (all + 4)`` below the boundary, one more while ``alarm >= 1``, and ``2 +
    alarm`` where a new alarm begins or grows: an onset is stranger than what follows it. ``final``
    looks back 128 points at all windows that cover a point.

    Parameters
    ----------
    interval_s:
        Usual seconds between two values; the boundary is for about one false alarm a week.
    """

    name: ClassVar[str] = "full"
    version: ClassVar[int] = 1
    most_bytes: ClassVar[int] = 65_536
    lag: ClassVar[int] = LAG

    def __init__(self, interval_s: float = USUAL_INTERVAL_S) -> None:
        self._week = points_per_week(interval_s)
        self._scale = 0.0
        self._centre = 0.0
        self._still = False
        self._waiting: list[tuple[float, float]] = []
        self._memory = Memory(SCORES)
        self._bank = Bank()
        self._course = Course()
        self._units = Units()
        self._gaps: list[float] = []

    # ---------------------------------------------------------------- one step

    def step(self, value: float, time_s: float) -> Step:
        """Score ``value`` at unix time ``time_s`` (NaN: no clock), then learn from it."""
        if not math.isfinite(value):
            value = math.nan
        if not math.isfinite(time_s):
            time_s = UNCLOCKED
        if self._scale == 0.0:
            return self._wait(value, time_s)
        forecasts = self._course.forecasts(time_s)
        said = self._course.best(forecasts)
        band = self._units.band
        missing = math.isnan(value)
        score = self._seen(value, time_s, forecasts) if not missing else self._unseen()
        final = self._looked_back()
        abnormal = bool(self._memory.open[self._memory.at])
        if not missing and not abnormal:
            self._course.learn(self._memory.value, time_s, forecasts)
        self._gaps.append(abs(self._memory.value - said) if not (missing or abnormal) else 0.0)
        shifted = abnormal and self._lasts()
        if shifted:
            self._release(time_s)
        if self._memory.rows % BLOCK == 0:
            self._learn()
        return Step(score, self._back(said), self._back(said - band), self._back(said + band), final, shifted)

    def _seen(self, value: float, time_s: float, forecasts: tuple[float, float, float]) -> float:
        memory = self._memory
        before = memory.value
        if self._still and value != self._centre:
            self._moves(value)
        z = self._standard(value)
        at = memory.append(z, missing=False)
        distances = memory.distances[at]
        distances[0] = abs(memory.value - before)
        distances[1] = abs(z - forecasts[2]) if not math.isnan(forecasts[2]) else 0.0
        distances[2:] = self._bank.distance(described(memory.streams, at))
        if memory.rows <= WIDTH[-2] or memory.since_missing < WIDTH[-2]:
            self._leave_out(distances)
        every, height = self._units.immediate(distances, clocked=not math.isnan(time_s))
        memory.height[at] = height
        if height < 1.0:
            return every / (every + 4.0)
        memory.open[at] = 1
        past = slice(at - CALM, at)
        heights = memory.height[past]
        memory.record[at] = height > heights.max()
        if memory.record[at] and height > GROWTH * float((heights * memory.record[past]).max()):
            return 2.0 + height
        return 1.0 + every / (every + 4.0)

    def _unseen(self) -> float:
        self._memory.append(self._memory.value, missing=True)
        return 0.0

    def _leave_out(self, distances: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
        """Views whose window is longer than what is known, or has more than a quarter missing."""
        memory = self._memory
        long = memory.rows < WIDTH + 4
        if memory.since_missing < WIDTH[-2]:
            past = memory.missing[memory.at - int(WIDTH.max()) + 1 : memory.at + 1][::-1]
            long |= np.cumsum(past, dtype=np.int64)[WIDTH - 1] > WIDTH / 4
            if memory.missing[memory.at - 1]:
                distances[0] = 0.0
        distances[2:][long] = 0.0

    def _looked_back(self) -> float:
        memory = self._memory
        at = memory.at - LAG
        if memory.rows <= LAG:
            return math.nan
        known = memory.missing[at : memory.at + 1] == 0 if memory.since_missing <= LAG else None
        final = self._units.lagged(memory.distances[at : memory.at + 1], known)
        return 0.0 if memory.missing[at] else final

    def score(self, value: float, time_s: float) -> float:
        """The score that :meth:`step` would give now; nothing is learned."""
        if not math.isfinite(value) or self._scale == 0.0:
            return 0.0
        time_s = time_s if math.isfinite(time_s) else UNCLOCKED
        memory, units = self._memory, self._units
        last, since, highest = memory.last, memory.since_missing, units.highest
        scale, still = self._scale, self._still
        score = self._seen(value, time_s, self._course.forecasts(time_s))
        memory.withdraw(last, since)
        units.highest = highest
        self._scale, self._still = scale, still
        return score

    # ---------------------------------------------------------------- learning

    def _learn(self) -> None:
        memory = self._memory
        end = memory.at + 1
        usual = (memory.open[end - BLOCK : end] | memory.missing[end - BLOCK : end]) == 0
        self._units.learn(memory.distances[end - BLOCK : end], usual, self._gaps, self._week)
        self._gaps = []
        for group in range(BLOCK, 0, -EVERY):
            self._offer(memory.at - group + 1 + self._drawn(group))
        rows = memory.rows
        if rows <= 4_096 and rows & (rows - 1) == 0:
            self._fit_scale()

    def _offer(self, at: int, eager: bool = False) -> None:
        """The windows that end one width before ``at``, so that they do not overlap those scored next."""
        memory = self._memory
        ends = at - (0 if eager else 1) * WIDTH
        known = ends - WIDTH - 4 >= memory.at - memory.rows
        odd = np.concatenate(([0], np.cumsum(memory.open | memory.missing, dtype=np.int64)))
        ends = np.maximum(ends, WIDTH + 4)
        spoilt = odd[ends + 1] - odd[ends + 1 - WIDTH]
        welcome = known & (spoilt == 0)
        if not welcome.any():
            return
        windows = np.zeros_like(self._bank.members[:, 0])
        for view in range(COUNT):
            if welcome[view]:
                windows[view] = described(memory.streams, int(ends[view]))[view]
        self._bank.offer(windows, welcome, eager)

    def _drawn(self, group: int) -> int:
        """Which of :data:`EVERY` windows is offered: a fixed one could miss phases of a season."""
        return mixed(self._memory.rows * BLOCK + group) % EVERY

    def _lasts(self) -> bool:
        memory = self._memory
        return int(memory.open[memory.at - LASTING + 1 : memory.at + 1].sum()) >= 0.75 * LASTING

    def _release(self, time_s: float) -> None:
        """The new regime is normal from now on: learn from what was kept back."""
        memory = self._memory
        memory.open[:] = 0
        self._course.jump(float(np.median(memory.streams[memory.at - 31 : memory.at + 1, 0])), time_s)
        for group in range(LASTING, 0, -EVERY):
            self._offer(memory.at - group + 1 + self._drawn(group), eager=True)
        self._bank.seen = min(self._bank.seen, 512)

    # ---------------------------------------------------------------- units of the series

    def _wait(self, value: float, time_s: float) -> Step:
        if not math.isnan(value) or self._waiting:
            self._waiting.append((value, time_s))
        known = np.array([past for past, _ in self._waiting if not math.isnan(past)])
        if len(known) >= FIRST or len(self._waiting) >= 8 * FIRST:
            self._begin(known)
        return Step(0.0, math.nan, math.nan, math.nan, math.nan)

    def _begin(self, known: FloatArray) -> None:
        halves = np.sort(known) / 2.0
        self._centre = (
            float(np.median(halves)) * 2.0 if len(halves) % 2 else float(halves[len(halves) // 2]) * 2.0
        )
        spread = float(np.mean(np.abs(known / 2.0 - self._centre / 2.0) / len(known))) * len(known) * 2.0
        self._still = not spread > 1e-9 * abs(self._centre)
        if self._still:
            spread = max(1e-6 * abs(self._centre), 1e-300)
        self._scale = _power_of_two(spread)
        waiting, self._waiting = self._waiting, []
        for value, time_s in waiting:
            missing = math.isnan(value)
            self._memory.append(self._memory.value if missing else self._standard(value), missing)
            if not missing:
                self._course.learn(self._memory.value, time_s, self._course.forecasts(time_s))
        self._gaps = [0.0] * (self._memory.rows % BLOCK)

    def _moves(self, value: float) -> None:
        """After a constant beginning the first change sets the scale; all before it is zero."""
        self._still = False
        self._scale = _power_of_two(abs(value / 2.0 - self._centre / 2.0) / FIRST_CHANGE)

    def _standard(self, value: float) -> float:
        z = value / self._scale - self._centre / self._scale
        return min(max(z, -FARTHEST), FARTHEST) if not math.isnan(z) else 0.0

    def _back(self, z: float) -> float:
        return min(max(z * self._scale + self._centre, -1.7e308), 1.7e308)

    def _fit_scale(self) -> None:
        """The unit of the first values may have been far off: double or halve it where it was."""
        memory = self._memory
        size = min(memory.rows, 512)
        past = memory.streams[memory.at - size + 1 : memory.at + 1, 0]
        spread = float(np.mean(np.abs(past - np.median(past))))
        if not spread > 0.0:
            return
        octaves = math.frexp(spread)[1]
        middle = float(np.median(past))
        far = abs(middle) > 64.0 * spread
        if abs(octaves) < 3 and not far:
            return
        room = math.frexp(self._scale)[1]
        octaves = max(min(octaves, 1_000 - room, 40), -1_000 - room, -40)
        self._rebase(middle if far else 0.0, octaves // 2 * 2)

    def _rebase(self, shift: float, octaves: int) -> None:
        factor = 2.0**-octaves
        shift = float(np.float32(shift))
        for part in (self._memory, self._bank, self._course):
            part.rebase(shift, factor)
        self._units.rebase(-octaves)
        self._gaps = [gap * factor for gap in self._gaps]
        self._centre = self._back(shift)
        self._scale *= 2.0**octaves

    # ---------------------------------------------------------------- state

    def dump(self) -> bytes:
        """The whole state."""
        course = self._course
        numbers = [self._scale, self._centre, self._week, *course.level, *course.error]
        waiting = np.array(self._waiting, np.float64).reshape(-1, 2)
        counts = np.array([course.seen, self._bank.seen, self._still], np.int64)
        return pack(
            self.name,
            self.version,
            {
                "numbers": np.array(numbers),
                "counts": counts,
                "waiting": waiting,
                "gaps": np.array(self._gaps),
                "profile": course.profile,
                "bank": self._bank.dump(),
                "filled": self._bank.filled,
                **self._memory.dump(LAG, CALM),
                **self._units.dump(),
            },
        )

    @classmethod
    def load(cls, state: bytes) -> Self:
        """The kernel as it was when it was dumped. DataError for anything else than a dump."""
        parts = unpack(cls.name, cls.version, state)
        kernel = cls()
        numbers = [float(number) for number in parts["numbers"]]
        kernel._scale, kernel._centre, kernel._week = numbers[:3]
        kernel._course.level, kernel._course.error = numbers[3:6], numbers[6:9]
        kernel._course.seen, kernel._bank.seen, still = (int(count) for count in parts["counts"])
        kernel._still = bool(still)
        kernel._waiting = [(float(value), float(time_s)) for value, time_s in parts["waiting"]]
        kernel._gaps = [float(gap) for gap in parts["gaps"]]
        kernel._course.profile = parts["profile"]
        kernel._bank.load(parts["bank"])
        kernel._bank.filled = parts["filled"]
        kernel._memory.load(parts)
        kernel._units.load(parts)
        return kernel


def _power_of_two(size: float) -> float:
    return 2.0 ** max(min(math.frexp(size)[1], 1_000), -1_000)
