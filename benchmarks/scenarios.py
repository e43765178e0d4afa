"""The 15 scenarios, the 8 demo sets and the clean series: are they hit, and what else alarms?

Each file is handed over whole; alarms at default settings are held against the true spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import product, record
from benchmarks.data import find_data, read_csv_series, scenarios
from benchmarks.metrics import Alarms, Span, judge_alarms, pool_alarms

GROUPS = {
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
    "median_delay_points": ("median delay, points", ".0f"),
}
FILES = {
    "group": ("group", ""),
    "file": ("file", ""),
    "hits": ("hit", ""),
    "precision": ("precision", ".2f"),
    "recall": ("recall", ".2f"),
    "truth": ("true spans", ""),
    "raised": ("alarms", ""),
}

Task = tuple[str, Path, list[Span]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is run on one file."""

    detect: product.Detect = product.detect

    def __call__(self, task: Task) -> tuple[str, str, list[Span], list[Span], Alarms]:
        """Group, file, true spans, alarm spans and what they are worth."""
        group, path, truth = task
        value, time_s = read_csv_series(path)
        raised = product.alarm_spans(self.detect(value, time_s))
        return group, path.name, truth, raised, judge_alarms(truth, raised, time_s)


def run(arguments: Sequence[str] | None = None, detect: product.Detect = product.detect) -> None:
    """Measure and write the result. ``--quick`` changes nothing: all files take a second."""
    given = record.options("scenarios", "hits and false alarms on the scenarios").parse_args(arguments)
    folder = find_data(given.data, "scenarios/truth.json")
    answers = record.in_jobs(Scenario(detect), list(scenarios(folder)), given.jobs)
    singles: list[dict[str, Any]] = [
        {
            "group": group,
            "file": name,
            "hits": f"{alarms.hits} of {alarms.events}",
            "precision": alarms.precision,
            "recall": alarms.recall,
            "truth": shown(truth),
            "raised": shown(raised),
        }
        for group, name, truth, raised, alarms in answers
    ]
    groups = [
        {"group": group, **pool_alarms([alarms for g, *_, alarms in answers if g == group])}
        for group in dict.fromkeys(answer[0] for answer in answers)
    ]
    tables = [record.Table("Groups", GROUPS, groups), record.Table("Files", FILES, singles)]
    notes = [
        "Hit: an alarm overlaps the true span widened by 5 points; the column counts files with a hit. "
        "Flagged: at least one alarm. Points are not widened; spans are first..last, both inclusive."
    ]
    result = record.Result("scenarios", "Scenarios, demo sets and clean series", tables, notes, singles)
    record.write(result, given.out, arguments)


def shown(spans: Sequence[Span]) -> str:
    """Spans as people write them.

    >>> shown([(3, 4), (95, 100)])
    '3, 95-99'
    """
    return ", ".join(f"{a}" if b == a + 1 else f"{a}-{b - 1}" for a, b in spans)


if __name__ == "__main__":
    record.main(run)
