"""The score of the Numenta Anomaly Benchmark on the sets that are called so (or that were named).

Streaming detectors are fed value by value. A method that reads the whole file sees the future: it is
run only when it was asked for, and marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.kernels import fed, kernel_of
from anomaly_hunter.bench.methods import finite, method_of, run
from anomaly_hunter.bench.nab import nab_score
from anomaly_hunter.bench.result import Result, Table
from anomaly_hunter.detect.online.profiles import kernels
from anomaly_hunter.model import FloatArray, IntArray

COLUMNS: Final = {
    "method": ("method", ""),
    "files": ("files", "d"),
    "windows": ("windows", "d"),
    "score": ("NAB score", ".1f"),
    "sees": ("sees", ""),
}
NOTE: Final = (
    "Standard profile (Lavin & Ahmad 2015), 0 = never fires, 100 = perfect; windows: runs of labels; the "
    "first 15% of a file (at most 750 points) is probation, one threshold for all files, the best one."
)


@dataclass(frozen=True, slots=True)
class Scored:
    """What is run on one method and file."""

    def __call__(self, task: tuple[str, Part]) -> tuple[str, str, FloatArray, IntArray]:
        """Method, file, immediate scores and labels."""
        name, part = task
        series = read(part)
        value, time_s = series.history(len(series.value), channel=0)
        if name in kernels():
            score, _ = fed(kernel_of(name, time_s), value, time_s)
            return name, part.name, finite(score), series.label
        return name, part.name, run(method_of(name), value, time_s).score, series.label


def files(asked: Asked) -> list[Part]:
    """All files, also those without an anomaly, of the sets named, else of those that are called nab."""
    named = [part for part in asked.parts if part.source in asked.sources]
    return asked.chosen(named or [part for part in asked.parts if "nab" in part.source.lower()])


def has(asked: Asked) -> bool:
    """Whether there is such a set, and a method to run."""
    return bool(_names(asked)) and any(part.abnormal for part in files(asked))


def _names(asked: Asked) -> tuple[str, ...]:
    return asked.detectors or tuple(kernels())


def measure(asked: Asked) -> Result:
    """Every method over the whole corpus."""
    tasks = [(name, part) for name in _names(asked) for part in files(asked)]
    answers = list(in_jobs(Scored(), tasks, asked.jobs, asked.label("nab")))
    rows: list[dict[str, Any]] = []
    for name in _names(asked):
        mine = [(score, label) for method, _, score, label in answers if method == name]
        scores, labels = [score for score, _ in mine], [label for _, label in mine]
        windows = sum(int((np.diff(label, prepend=0) == 1).sum()) for label in labels)
        sees = "each value once" if name in kernels() else "the whole file"
        row = {"method": name, "files": len(mine), "windows": windows, "sees": sees}
        rows.append(row | {"score": nab_score(scores, labels)})
    return Result("nab", "Numenta Anomaly Benchmark", [Table("NAB", COLUMNS, rows)], [NOTE], rows)
