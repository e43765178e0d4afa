"""Log files to templates and counts per interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import IntArray, Logs, LogTemplate, TimeArray
from anomaly_hunter.read.log_lines import Line, read_line, read_record
from anomaly_hunter.read.log_templates import Miner
from anomaly_hunter.read.paths import expand
from anomaly_hunter.read.times import read_times
from anomaly_hunter.read.unpack import plain_file

CHUNK: Final = 50_000
MOST_INTERVALS: Final = 4_096
STEPS_S: Final = (10, 60, 300, 900, 3_600, 21_600, 86_400)
FARTHEST_NS: Final = 366 * 86_400 * 1_000_000_000
_SECOND: Final = 1_000_000_000
_ENDINGS: Final = (".log", ".txt", ".out", ".json", ".jsonl", ".ndjson")


def read_logs(given: object, tz: str = "") -> Logs:
    """Log lines as templates, and how many lines of each came in every interval.

    ``given`` is a path, folder or pattern (plain text with a leading time, JSON lines; also packed),
    or a list of lines or of dictionaries. Times without a zone are local times of ``tz`` (UTC when
    empty); ISO-8601, epoch seconds and the times of access logs are known. Lines without a time
    belong to the line before (stack traces). Lines more than a year off the first ones are taken as
    untimed. Intervals are 10 s and grow so that there are at most 4,096; memory does not grow with the
    number of lines.

    Raises
    ------
    DataError
        No line carries a time that can be read.

    >>> lines = [f"2026-03-01T10:00:{s:02}Z WARN pool at {90 + s} of 100" for s in range(10)]
    >>> logs = read_logs(lines)
    >>> logs.templates[0].text, logs.templates[0].level, logs.counts.tolist()
    ('pool at <*> of <*>', 'WARN', [[10]])
    """
    if isinstance(given, Logs):
        return given
    tally = _Tally(tz)
    lines = _lines(given)
    while chunk := list(islice(lines, CHUNK)):
        tally.add(chunk)
    if not tally.counts:
        raise DataError(
            f"no line of the logs begins with a time ({tally.lines:,} lines)",
            "lines such as `2026-03-01T10:00:00Z ERROR ...`, or JSON with a field timestamp and message",
            "give lines with a time",
        )
    return tally.logs()


def _lines(given: object) -> Iterator[Line]:
    if isinstance(given, str | PathLike):
        for path in _files(Path(given)):
            yield from _from_file(path)
    elif isinstance(given, Iterable) and not isinstance(given, Mapping | bytes):
        for one in given:
            yield from _from_memory(one)
    else:
        raise DataError(
            f"logs came as a {type(given).__name__}",
            "a path, or a list of lines or dictionaries",
            "convert them",
        )


def _from_memory(one: Any) -> Iterator[Line]:
    if isinstance(one, PathLike):
        yield from _from_file(Path(one))
    elif isinstance(one, Mapping):
        yield read_record(one)
    else:
        yield read_line(str(one))


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        inside = sorted(p for p in path.iterdir() if any(s.lower() in _ENDINGS for s in p.suffixes))
        if inside:
            return tuple(inside)
    return expand(path)


def _from_file(path: Path) -> Iterator[Line]:
    try:
        with plain_file(path, path.name) as plain, plain.open(encoding="utf-8", errors="replace") as text:
            for line in text:
                stripped = line.rstrip()
                if stripped:
                    yield read_line(stripped)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error})", "a readable file", "check the path"
        ) from error


@dataclass(slots=True)
class _Tally:
    """Counts while they are read: one row per template, intervals on a grid from 1970 on."""

    tz: str
    miner: Miner = field(default_factory=Miner)
    counts: dict[int, IntArray] = field(default_factory=dict)
    seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    level: int = 0
    origin: int = 0
    middle: int | None = None
    lines: int = 0
    untimed: int = 0

    def add(self, chunk: list[Line]) -> None:
        """Count the lines of one chunk."""
        self.lines += len(chunk)
        timed = [line for line in chunk if line.stamp and line.message]
        codes: dict[str, int] = {}
        code = np.array([codes.setdefault(line.stamp, len(codes)) for line in timed], np.int64)
        stamps = self._stamps(list(codes))
        good = ~np.isnat(stamps)[code] if len(code) else np.zeros(0, bool)
        kept = [line for line, fine in zip(timed, good, strict=True) if fine]
        self.untimed += len(chunk) - len(kept)
        if not kept:
            return
        rows = np.array([self.miner.add(line.service, line.level, line.message) for line in kept], np.int64)
        alive = self.miner.by_row
        kept_rows = np.isin(rows, np.fromiter(alive, np.int64, len(alive)))
        self._count(rows[kept_rows], stamps[code[good]].astype(np.int64)[kept_rows])
        self.counts = {row: count for row, count in self.counts.items() if row in alive}
        self.seen = {row: seen for row, seen in self.seen.items() if row in alive}

    def _stamps(self, texts: list[str]) -> TimeArray:
        """Times of the different stamps of a chunk; NaT where there is none, or one out of all reason."""
        values = np.full(len(texts), np.datetime64("NaT"), "datetime64[ns]")
        epoch = np.array([text.isdigit() for text in texts], bool)
        seconds = [int(text[:10]) for text in texts if text.isdigit()]
        values[epoch] = (np.array(seconds, np.int64) * _SECOND).view("datetime64[ns]")
        if not epoch.all():
            found = read_times(np.array([text for text in texts if not text.isdigit()], object), self.tz)
            values[~epoch] = found.values if found is not None else np.datetime64("NaT")
        known = values[~np.isnat(values)].astype(np.int64)
        if self.middle is None and len(known):
            self.middle = int(np.partition(known, len(known) // 2)[len(known) // 2])
        far = (
            np.abs(values.astype(np.int64) // _SECOND - (self.middle or 0) // _SECOND)
            > FARTHEST_NS // _SECOND
        )
        values[far] = np.datetime64("NaT")
        return values

    def _count(self, rows: IntArray, ns: IntArray) -> None:
        self._make_room(int(ns.min()), int(ns.max()))
        position = ns // (STEPS_S[self.level] * _SECOND) - self.origin
        keys, many = np.unique(rows * MOST_INTERVALS + position, return_counts=True)
        for row in np.unique(rows).tolist():
            if row not in self.counts:
                self.counts[row] = np.zeros(MOST_INTERVALS, np.int64)
            own = slice(*np.searchsorted(keys, (row * MOST_INTERVALS, (row + 1) * MOST_INTERVALS)))
            self.counts[row][keys[own] - row * MOST_INTERVALS] += many[own]
        order = np.argsort(rows, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(rows[order]) > 0])
        lows, highs = np.minimum.reduceat(ns[order], starts), np.maximum.reduceat(ns[order], starts)
        for row, low, high in zip(rows[order][starts].tolist(), lows.tolist(), highs.tolist(), strict=True):
            before = self.seen.get(row, (low, high))
            self.seen[row] = (min(low, before[0]), max(high, before[1]))

    def _make_room(self, low: int, high: int) -> None:
        """Widen the intervals until everything so far and the new times fit in."""
        if self.seen:
            low = min(low, *(seen[0] for seen in self.seen.values()))
            high = max(high, *(seen[1] for seen in self.seen.values()))
        level = self.level
        while high // (STEPS_S[level] * _SECOND) - low // (STEPS_S[level] * _SECOND) >= MOST_INTERVALS:
            level += 1
        origin = low // (STEPS_S[level] * _SECOND)
        if (level, origin) != (self.level, self.origin):
            old = self.origin + np.arange(MOST_INTERVALS)
            position = old * STEPS_S[self.level] // STEPS_S[level] - origin
            inside = (position >= 0) & (position < MOST_INTERVALS)
            for row, count in self.counts.items():
                moved = np.zeros(MOST_INTERVALS, np.int64)
                np.add.at(moved, position[inside], count[inside])
                self.counts[row] = moved
        self.level, self.origin = level, origin

    def logs(self) -> Logs:
        """What was counted; the most frequent templates first."""
        step = STEPS_S[self.level]
        rows = sorted(self.counts, key=lambda row: (-self.miner.by_row[row].count, row))
        last = max(self.seen[row][1] for row in rows) // (step * _SECOND) - self.origin
        counts = np.stack([self.counts[row][: last + 1] for row in rows])
        start = np.int64(self.origin * step * _SECOND).view("datetime64[ns]")
        return Logs(
            tuple(self._template(row) for row in rows),
            start,
            float(step),
            counts,
            self.lines,
            self.untimed,
            self.miner.rare,
        )

    def _template(self, row: int) -> LogTemplate:
        mined = self.miner.by_row[row]
        first, last = (np.int64(ns).view("datetime64[ns]") for ns in self.seen[row])
        return LogTemplate(
            mined.service, mined.level, " ".join(mined.words), mined.example, mined.count, first, last
        )
