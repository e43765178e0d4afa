"""Alarms at default settings on real series: recall of events, false alarms, delay, flagged.

The product sees the whole history up to the end of the part that counts, and no label. Alarm
spans and true spans are cut to the part (see ``data.parts_of``) before they are compared.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import product, record
from benchmarks.data import Part, find_data, parts_of, quick_parts, read_series
from benchmarks.metrics import Alarms, clip_spans, judge_alarms, pool_alarms, spans_of

SOURCES = {"wsd": "wsd", "kpi": "kpi_aiops", "nab": "nab"}
COLUMNS = {
    "source": ("source", ""),
    "files": ("files", "d"),
    "events": ("events", "d"),
    "event_recall": ("event recall", ".3f"),
    "false_per_week": ("false alarms per series and week", ".2f"),
    "false_per_day": ("and day", ".3f"),
    "worst_false_per_week": ("worst series, per week", ".1f"),
    "median_delay_points": ("median delay, points", ".0f"),
    "median_delay_s": ("median delay, s", ".0f"),
    "p90_delay_s": ("90% delay, s", ".0f"),
    "precision": ("point precision", ".3f"),
    "recall": ("point recall", ".3f"),
    "mean_precision": ("precision, mean of files", ".3f"),
    "mean_recall": ("recall, mean of files", ".3f"),
    "clean": ("flagged without anomaly", ""),
    "seconds": ("CPU s/file", ".2f"),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One file: is it without any label, does it alarm anywhere, what the part's alarms are worth."""

    part: Part
    clean: bool
    flagged: bool
    alarms: Alarms
    seconds: float


@dataclass(frozen=True, slots=True)
class Watch:
    """What is run on one part."""

    folder: Path
    detect: product.Detect = product.detect

    def __call__(self, part: Part) -> Watched:
        """Run the product on the history up to the end of the part; seconds are CPU time."""
        series = read_series(self.folder, part.source, part.name)
        value, time_s = series.history(part.stop)
        started = time.process_time()
        raised = product.alarm_spans(self.detect(value, time_s))
        seconds = time.process_time() - started
        clock = np.arange(part.stop) if time_s is None else time_s
        alarms = judge_alarms(
            spans_of(series.label[part.start : part.stop]),
            clip_spans(raised, part.start, part.stop),
            clock[part.start :],
        )
        return Watched(part, not series.label.any(), bool(raised), alarms, seconds)


def summary(answers: Sequence[Watched]) -> list[dict[str, Any]]:
    """One row per source."""
    rows: list[dict[str, Any]] = []
    for source in dict.fromkeys(answer.part.source for answer in answers):
        mine = [answer for answer in answers if answer.part.source == source]
        clean = [answer for answer in mine if answer.clean]
        more = {
            "worst_false_per_week": max(false_per_week(answer.alarms) for answer in mine),
            "clean": f"{sum(answer.flagged for answer in clean)} of {len(clean)}",
            "seconds": float(np.mean([answer.seconds for answer in mine])),
        }
        rows.append({"source": source, **pool_alarms([answer.alarms for answer in mine]), **more})
    return rows


def false_per_week(alarms: Alarms) -> float:
    """False alarms per week of one series."""
    return pool_alarms([alarms])["false_per_week"]


def run(arguments: Sequence[str] | None = None, detect: product.Detect = product.detect) -> None:
    """Measure and write the result."""
    parser = record.options("alarms", "event recall, false alarms and delay at default settings")
    parser.add_argument("--source", action="append", choices=SOURCES, help="only this source (repeatable)")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, "series/baselines.csv")
    parts = []
    for name in given.source or SOURCES:
        found = parts_of(folder, SOURCES[name])
        parts += quick_parts(found) if given.quick else found
    answers = record.in_jobs(Watch(folder, detect), parts, given.jobs)
    singles = [
        asdict(answer.alarms)
        | {"source": answer.part.source, "series": answer.part.name}
        | {"start": answer.part.start, "stop": answer.part.stop, "clean": answer.clean}
        | {"flagged": answer.flagged, "false_per_week": false_per_week(answer.alarms)}
        | {"cpu_s": answer.seconds}
        for answer in answers
    ]
    notes = [
        "Hit and false alarm: overlap with a true span widened by 5 points on each side. False alarms per "
        "series and week: all false alarms over all weeks looked at. Delay: from the true start to the first "
        "point of the first alarm that hits (negative: it began before), over hit events. Flagged: at least "
        "one alarm anywhere in the file, of the files that have no labelled point at all.",
    ]
    tables = [record.Table("Alarms per source", COLUMNS, summary(answers))]
    record.write(
        record.Result("alarms", "Alarms at default settings", tables, notes, singles), given.out, arguments
    )


if __name__ == "__main__":
    record.main(run)
