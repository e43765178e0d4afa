"""Which time a watch looks at, and when it looks again. Pure: the time is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from anomaly_hunter.watch.options import WatchOptions, seconds_of

LONGEST_WAIT_S: Final = 3_600.0
"""After failures; a watch that looks less often than that waits for its usual time."""
_JITTER: Final = 0.1
_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Window:
    """What has to be hunted, from ``begin`` to before ``end``; ``history`` is how far back is read."""

    history: np.datetime64
    begin: np.datetime64
    end: np.datetime64


def window_of(options: WatchOptions, seen_until: np.datetime64 | None, now: np.datetime64) -> Window | None:
    """The window that is due; None where its data are not complete yet.

    It ends at a whole multiple of ``every`` since 1970, at least ``delay`` before ``now``, so that all
    programs agree on it, and begins where the last one ended: after a pause or a failure it is longer, up to
    ``history``. The first window is all of the history.

    >>> options = WatchOptions(files=("a.csv",), every="5m", history="1h", delay="1m")
    >>> found = window_of(options, np.datetime64("2026-01-01T11:50"), np.datetime64("2026-01-01T12:06:30"))
    >>> str(found.begin), str(found.end)
    ('2026-01-01T11:50:00.000000000', '2026-01-01T12:05:00.000000000')
    >>> window_of(options, found.end, np.datetime64("2026-01-01T12:10:59")) is None
    True
    """
    every, delay = _ns(options.every), _ns(options.delay)
    end = (_int(now) - delay) // every * every
    history = _int(history_of(options, _moment(end)))
    begin = history if seen_until is None else max(_int(seen_until), history)
    if begin >= end:
        return None
    return Window(_moment(history), _moment(begin), _moment(end))


def history_of(options: WatchOptions, end: np.datetime64) -> np.datetime64:
    """From when on data are read for the window until ``end``."""
    return _moment(_int(end) - _ns(options.history))


def next_after(options: WatchOptions, end: np.datetime64) -> np.datetime64:
    """When the window after the one until ``end`` is complete."""
    return _moment(_int(end) + _ns(options.every) + _ns(options.delay))


def next_after_failure(
    options: WatchOptions, watch_id: str, failures: int, now: np.datetime64
) -> np.datetime64:
    """When to try again after so many failures in a row: twice as long each time, up to an hour.

    A tenth is added that depends on the watch and the count alone, so that watches of one broken source do
    not all come back at once.

    >>> options = WatchOptions(files=("a.csv",), every="5m")
    >>> noon = np.datetime64("2026-01-01T12:00", "ns")
    >>> waits = [next_after_failure(options, "w", n, noon) - noon for n in (1, 2, 3, 4, 40)]
    >>> [int(wait / np.timedelta64(60, "s")) for wait in waits]
    [10, 20, 40, 64, 62]
    """
    every = seconds_of(options.every)
    wait = min(every * 2.0 ** min(failures, 30), max(LONGEST_WAIT_S, every))
    share = crc32(f"{watch_id}:{failures}".encode()) / 2**32
    return _moment(_int(now) + round(wait * (1 + _JITTER * share) * _NS))


def _ns(text: str) -> int:
    return round(seconds_of(text) * _NS)


def _int(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[ns]").astype(np.int64))


def _moment(nanoseconds: int) -> np.datetime64:
    return np.datetime64(nanoseconds, "ns")
