"""Alarms at default settings: recall of events, false alarms, delay, precision, clean series flagged.

Alarm spans and true spans are cut to the part that counts before they are compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.alarm_quality import Alarms, judge_alarms, pool_alarms
from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method, run
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.result import Result, Row, Table, mean
from anomaly_hunter.bench.spans import clip_spans, spans_of

WHOSE: Final = {"method": ("method", ""), "source": ("source", "")}
EVENTS: Final = {
    **WHOSE,
    "files": ("files", "d"),
    "events": ("events", "d"),
    "event_recall": ("event recall", ".3f"),
    "mean_event_recall": ("mean of files", ".3f"),
    "false_per_week": ("false/week", ".2f"),
    "false_per_day": ("false/day", ".3f"),
    "median_false_per_week": ("median file, /week", ".2f"),
    "worst_false_per_week": ("worst file", ".1f"),
    "clean": ("clean flagged", ""),
    "cpu_s": ("CPU s/file", ".2f"),
}
POINTS: Final = {
    **WHOSE,
    "median_delay_points": ("delay, points", ".0f"),
    "median_delay_s": ("delay, s", ".0f"),
    "p90_delay_s": ("90% delay, s", ".0f"),
    "precision": ("point precision", ".3f"),
    "mean_precision": ("mean of files", ".3f"),
    "recall": ("point recall", ".3f"),
    "mean_recall": ("mean of files", ".3f"),
}
NOTE: Final = (
    "Hit and false alarm: overlap with a true span widened by 5 points on each side. False alarms per "
    "series and week or day: all false alarms over all time looked at; then the median and the worst file. "
    "Delay: median from the true start to the first point of the first alarm that hits (negative: it began "
    "before). Precision and recall of points, pooled, then the mean of files. Clean flagged: files without a "
    "labelled point that raise an alarm."
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One file: what its alarms are worth, and whether it is clean and alarms anyway."""

    method: str
    part: Part
    flagged: bool
    alarms: Alarms
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What is run on one method and part."""

    plots: Path | None = None

    def __call__(self, task: tuple[Method, Part]) -> Watched:
        """Run it on the history up to the end of the part."""
        method, part = task
        series = read(part)
        value, time_s = series.history(part.stop, channel=0)
        said = run(method, value, time_s)
        raised = said.spans or ()
        clock = np.full(part.stop, math.nan) if time_s is None else time_s
        alarms = judge_alarms(
            spans_of(series.label[part.start : part.stop]),
            clip_spans(raised, part.start, part.stop),
            clock[part.start :],
        )
        if self.plots is not None:
            told = f"{alarms.hits} of {alarms.events} hit, {alarms.false_alarms} false"
            plot(self.plots, part, method.name, series, said, told=told)
        return Watched(method.name, part, bool(raised), alarms, said.seconds, said.error)


def parts_to_watch(asked: Asked) -> list[Part]:
    """Series of one channel with a clock; of sources that were named, and where none has a clock, all."""
    parts = [part for part in asked.parts if part.dims == 1]
    clocked = [part for part in parts if part.clocked or part.source in asked.sources]
    return asked.chosen(clocked or parts)


def has(asked: Asked) -> bool:
    """Whether there is a series of one channel, and a method that raises alarms."""
    return bool(parts_to_watch(asked)) and bool(alarming(asked.series_methods()))


def measure(asked: Asked) -> Result:
    """Every method that raises alarms on every part."""
    parts = parts_to_watch(asked)
    methods = alarming(asked.series_methods())
    tasks = [(method, part) for part in parts for method in methods]
    work = Watch(asked.plots and asked.plots / "alarms")
    answers = list(in_jobs(work, tasks, asked.jobs, asked.label("alarms")))
    rows = summary(answers)
    tables = [Table("Alarms per source", EVENTS, rows), Table("Delay and points", POINTS, rows)]
    notes = [NOTE, *left_out(asked, parts), *failures(answers)]
    return Result("alarms", "Alarms at default settings", tables, notes, [single(one) for one in answers])


def left_out(asked: Asked, watched: Sequence[Part]) -> list[str]:
    """A note on the sources that have no clock, where others do."""
    kept = {part.source for part in watched}
    without = dict.fromkeys(p.source for p in asked.parts if p.dims == 1 and p.source not in kept)
    some = [] if asked.sources else list(without)
    return [f"Not watched, for want of a clock (name them with --source): {', '.join(some)}."] if some else []


def alarming(methods: Sequence[Method]) -> tuple[Method, ...]:
    """Those that raise alarms; the others only score."""
    from anomaly_hunter.bench.methods import OnWindows, Other

    return tuple(method for method in methods if not isinstance(method, Other | OnWindows))


def summary(answers: Sequence[Watched]) -> list[dict[str, Any]]:
    """One row per method and source."""
    rows: list[dict[str, Any]] = []
    for method, source in dict.fromkeys((answer.method, answer.part.source) for answer in answers):
        mine = [a for a in answers if (a.method, a.part.source) == (method, source)]
        clean = [answer for answer in mine if answer.part.clean]
        weekly = [pool_alarms([answer.alarms])["false_per_week"] for answer in mine]
        recalls = [a.alarms.hits / a.alarms.events for a in mine if a.alarms.events]
        more = {
            "mean_event_recall": float(np.mean(recalls)) if recalls else math.nan,
            "median_false_per_week": float(np.median(weekly)),
            "worst_false_per_week": max(weekly),
            "clean": f"{sum(answer.flagged for answer in clean)} of {len(clean)}",
            "cpu_s": mean([{"s": answer.seconds} for answer in mine], "s"),
        }
        rows.append({"method": method, "source": source, **pool_alarms([a.alarms for a in mine]), **more})
    return rows


def single(answer: Watched) -> Row:
    """One file on its own."""
    part = answer.part
    return (
        {"method": answer.method, "source": part.source, "series": part.name}
        | asdict(answer.alarms)
        | {"start": part.start, "stop": part.stop, "clean": part.clean, "flagged": answer.flagged}
        | {"false_per_week": pool_alarms([answer.alarms])["false_per_week"]}
        | {"cpu_s": answer.seconds, "error": answer.error}
    )


def failures(answers: Sequence[Watched]) -> list[str]:
    """A note on the files that a method failed on."""
    broken = [answer for answer in answers if answer.error]
    if not broken:
        return []
    first = broken[0]
    where = f"{first.method} on {first.part.source}/{first.part.name}"
    return [f"{len(broken)} runs failed and raised no alarm; first {where}: {first.error[:200]}"]
