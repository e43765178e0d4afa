"""Short series with known spans: are they hit, how precisely, and what alarms on clean ones?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.alarm_quality import Alarms, judge_alarms, pool_alarms
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.folder import Labelled, Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method, run
from anomaly_hunter.bench.own import read_values
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.result import Result, Table
from anomaly_hunter.bench.spans import Span, mask_of
from anomaly_hunter.bench.what.alarms import alarming
from anomaly_hunter.errors import DataError

GROUPS: Final = {
    "method": ("method", ""),
    "group": ("group", ""),
    "files": ("files", "d"),
    "files_hit": ("hit", "d"),
    "event_recall": ("event recall", ".3f"),
    "precision": ("precision, pooled", ".3f"),
    "recall": ("recall, pooled", ".3f"),
    "mean_precision": ("precision, mean of files", ".3f"),
    "mean_recall": ("recall, mean of files", ".3f"),
    "flagged": ("flagged", "d"),
    "false_alarms": ("false alarms", "d"),
    "median_delay_points": ("delay, points", ".0f"),
}
FILES: Final = {
    "group": ("group", ""),
    "file": ("file", ""),
    "hits": ("hit", ""),
    "precision": ("precision", ".2f"),
    "recall": ("recall", ".2f"),
    "truth": ("true spans", ""),
    "raised": ("alarms", ""),
}
NOTE: Final = (
    "Hit: an alarm overlaps the true span widened by 5 points; the column counts files with a hit. Flagged: "
    "at least one alarm. Points are not widened; spans are first..last, both inclusive."
)

Truth = tuple[str, Path, tuple[Span, ...]]
Answer = tuple[str, str, str, tuple[Span, ...], tuple[Span, ...], Alarms]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is run on one method and file."""

    plots: Path | None = None

    def __call__(self, task: tuple[Method, Truth]) -> Answer:
        """Method, group, file, true spans, alarm spans and what they are worth."""
        method, (group, path, truth) = task
        value, time_s = read_values(path)
        said = run(method, value, time_s)
        raised = said.spans or ()
        clock = np.arange(len(value), dtype=np.float64) if time_s is None else time_s
        alarms = judge_alarms(truth, raised, clock)
        if self.plots is not None:
            part = Part(path, group, path.stem, 0, len(value))
            label = mask_of(truth, len(value)).astype(np.int64)
            plot(
                self.plots, part, method.name, Labelled(value, time_s, label), said, told=f"{alarms.hits} hit"
            )
        return method.name, group, path.name, truth, raised, alarms


def truths(folder: Path) -> Iterator[Truth]:
    """(group, file, true spans made half-open) of every file in ``scenarios/truth.json``."""
    path = folder / "scenarios" / "truth.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        for name, spans in content.items():
            file = folder / "scenarios" / name
            yield file.parent.name, file, tuple((int(a), int(b) + 1) for a, b in spans)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"`{path}` cannot be read ({error})", '{"GROUP/FILE.csv": [[first, last], ...]}', "correct it"
        ) from error


def has(asked: Asked) -> bool:
    """Whether the folder has scenarios, and a method that raises alarms was asked for."""
    there = asked.folder is not None and (asked.folder / "scenarios" / "truth.json").is_file()
    return there and bool(alarming(asked.series_methods()))


def measure(asked: Asked) -> Result:
    """Every method that raises alarms on every file; ``--quick`` changes nothing."""
    folder = asked.folder or Path()
    methods = alarming(asked.series_methods())
    tasks = [(method, truth) for method in methods for truth in truths(folder)]
    work = Scenario(asked.plots and asked.plots / "scenarios")
    answers = list(in_jobs(work, tasks, asked.jobs, asked.label("scenarios")))
    singles = [_single(answer) for answer in answers]
    tables = [Table("Groups", GROUPS, groups(answers))]
    for method in methods:
        mine = [row for row in singles if row["method"] == method.name]
        tables.append(Table("Files" if len(methods) == 1 else f"Files, {method.name}", FILES, mine))
    return Result("scenarios", "Scenarios, demo sets and clean series", tables, [NOTE], singles)


def groups(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """One row per method and group."""
    return [
        {
            "method": method,
            "group": group,
            **pool_alarms([a[-1] for a in answers if a[:2] == (method, group)]),
        }
        for method, group in dict.fromkeys(answer[:2] for answer in answers)
    ]


def _single(answer: Answer) -> dict[str, Any]:
    method, group, name, truth, raised, alarms = answer
    return {
        "method": method,
        "group": group,
        "file": name,
        "hits": f"{alarms.hits} of {alarms.events}",
        "precision": alarms.precision,
        "recall": alarms.recall,
        "truth": shown(truth),
        "raised": shown(raised),
    }


def shown(spans: Sequence[Span]) -> str:
    """Spans as people write them.

    >>> shown([(3, 4), (95, 100)])
    '3, 95-99'
    """
    return ", ".join(f"{a}" if b == a + 1 else f"{a}-{b - 1}" for a, b in spans)
