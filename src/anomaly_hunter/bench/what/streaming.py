"""How well streaming detectors rank points: at once, and with up to one window of lag.

The history up to the end of the part is fed value by value; a score is given before the value is learned.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.alarm_quality import judge_alarms
from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Labelled, Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.kernels import fed, interval_of, kernel_of
from anomaly_hunter.bench.methods import Said, finite
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.bench.side_by_side import counted, failures
from anomaly_hunter.bench.spans import clip_spans, merge_spans, spans_of
from anomaly_hunter.bench.what.alarms import EVENTS, POINTS, Watched, parts_to_watch, summary
from anomaly_hunter.bench.what.alarms import NOTE as ALARM_NOTE
from anomaly_hunter.bench.what.ranking import NOTE, floors, parts_to_rank, ranked, tables, unlisted
from anomaly_hunter.detect.online.happening import CALM
from anomaly_hunter.detect.online.profiles import kernels

COST: Final = {
    "method": ("method", ""),
    "points_per_s": ("points/s", ",.0f"),
    "state_bytes": ("state, bytes, largest", ",d"),
    "lag": ("lag, points, largest", "d"),
    "fed": ("points fed", ",d"),
}


ALARMS: Final = (
    "Alarms: spans of points that score 1.0 or more, those less than {calm} points apart taken as one, on "
    "the files with a clock, also those without an anomaly. With lag the delay includes the lag. "
)


@dataclass(frozen=True, slots=True)
class Fed:
    """What one kernel said on one part: a row for each mode if it is ranked, alarms if it has a clock."""

    rows: list[dict[str, Any]]
    watched: list[Watched]


@dataclass(frozen=True, slots=True)
class Feed:
    """What is run on one kernel and part; the parts named in ``rank`` are ranked."""

    rank: frozenset[tuple[str, str]]
    plots: Path | None = None

    def __call__(self, task: tuple[str, Part]) -> Fed:
        """Rows and alarms of the immediate scores, and of the final ones."""
        name, part = task
        series = read(part)
        value, time_s = series.history(part.stop, channel=0)
        kernel = kernel_of(name, time_s)
        started = time.process_time()
        error = ""
        scores: tuple[Any, Any] = (np.zeros(part.stop), np.zeros(part.stop))
        try:
            scores = fed(kernel, value, time_s)
        except Exception as problem:  # noqa: BLE001 - the rim around a detector that is measured
            error = f"{type(problem).__name__}: {problem}"
        seconds = time.process_time() - started
        answer = Fed([], [])
        for mode, score in zip(("at once", "with lag"), scores, strict=True):
            said = Said(finite(score), seconds=seconds, error=error)
            if (part.source, part.name) in self.rank:
                row = ranked(said, series, part, f"{name}, {mode}")
                size = len(kernel.dump())
                answer.rows.append(row | {"kernel": name, "state_bytes": size, "lag": kernel.lag})
                if self.plots is not None:
                    told = f"VUS-PR {row['vus_pr']:.3f}"
                    plot(self.plots, part, f"{name}_{mode}", series, said, told=told)
            if time_s is not None:
                later = kernel.lag if mode == "with lag" else 0
                answer.watched.append(watched(f"{name}, {mode}", part, series, said, later))
        return answer


def watched(method: str, part: Part, series: Labelled, said: Said, later: int) -> Watched:
    """What the alarms are worth when each is told ``later`` points after its first one."""
    _, known = series.history(part.stop, channel=0)
    time_s = np.full(part.stop, math.nan) if known is None else known
    raised = merge_spans(spans_of(said.score >= 1.0), CALM - 1)
    inside = clip_spans(raised, part.start, part.stop)
    judged = judge_alarms(spans_of(series.label[part.start : part.stop]), inside, time_s[part.start :])
    step = interval_of(time_s)
    judged = replace(
        judged,
        delays=tuple(delay + later for delay in judged.delays),
        delays_s=tuple(delay + later * step for delay in judged.delays_s),
    )
    return Watched(method, part, bool(raised), judged, said.seconds, said.error)


def names_of(asked: Asked) -> tuple[str, ...]:
    """The kernels that were asked for, else all."""
    return tuple(name for name in asked.detectors if name in kernels()) or tuple(kernels())


def has(asked: Asked) -> bool:
    """Whether there is a streaming detector and a labelled series."""
    return bool(kernels()) and bool(parts_to_rank(asked))


def measure(asked: Asked) -> Result:
    """Every kernel on every part that is ranked or has a clock."""
    parts = parts_to_rank(asked)
    alarming = [part for part in parts_to_watch(asked) if part.clocked and part not in parts]
    tasks = [(name, part) for part in [*parts, *alarming] for name in names_of(asked)]
    rank = frozenset((part.source, part.name) for part in parts)
    work = Feed(rank, asked.plots and asked.plots / "streaming")
    answers = list(in_jobs(work, tasks, asked.jobs, asked.label("streaming")))
    rows: list[Row] = [row for answer in answers for row in answer.rows]
    events = summary([one for answer in answers for one in answer.watched])
    more = [Table("Cost", COST, cost(rows))]
    if events:
        more = [Table("Alarms per source", EVENTS, events), Table("Delay and points", POINTS, events), *more]
    rows += floors(parts, ())
    notes = [
        counted(rows),
        NOTE,
        ALARMS.format(calm=CALM) + ALARM_NOTE if events else "",
        "Methods marked * see the whole series at once.",
        *unlisted(parts),
        *failures(rows),
    ]
    shown = [note for note in notes if note]
    return Result("streaming", "Streaming", [*tables(rows, asked.baseline), *more], shown, rows)


def cost(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per kernel."""
    lines = []
    for name in dict.fromkeys(row["kernel"] for row in rows):
        mine = [row for row in rows if row["method"] == f"{name}, at once"]
        seconds, points = sum(row["cpu_s"] for row in mine), sum(row["points"] for row in mine)
        line = {key: max(row[key] for row in mine) for key in ("state_bytes", "lag")}
        rate = points / seconds if seconds > 0 else math.nan
        lines.append({"method": name, "points_per_s": rate, "fed": points, **line})
    return lines
