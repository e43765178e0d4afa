"""How well the score ranks points: VUS-PR, AUC-PR and VUS-ROC per source.

A method sees the whole history up to the end of the part that counts, and no label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Labelled, Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method, Said, run
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.ranking import average_precision
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.bench.side_by_side import GIVEN, baseline_of, counted, failures, given_rows, table_of
from anomaly_hunter.bench.vus import vus
from anomaly_hunter.bench.window import autocorrelation_window
from anomaly_hunter.errors import UsageError

MEASURES: Final = (("vus_pr", "VUS-PR"), ("auc_pr", "AUC-PR"), ("vus_roc", "VUS-ROC"))
NOTE: Final = (
    "VUS by the TSB-AD definition with 250 thresholds. Mean: over sources, each counting the same. "
    "Interval: 95%, paired bootstrap over the files within each source. Seconds are CPU seconds of one "
    "thread per 10,000 points; memory is the most that one file added."
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is run on one method and part; ``channel`` None hands over all channels."""

    channel: int | None = 0
    plots: Path | None = None
    most_s: float | None = None

    def __call__(self, task: tuple[Method, Part]) -> Row:
        """The numbers of one method on one part."""
        method, part = task
        series = read(part)
        value, time_s = series.history(part.stop, self.channel)
        said = run(method, value, time_s, self.most_s)
        row = ranked(said, series, part, method.name)
        if self.plots is not None:
            plot(self.plots, part, method.name, series, said, told=f"VUS-PR {row['vus_pr']:.3f}")
        return row


def ranked(said: Said, series: Labelled, part: Part, name: str) -> dict[str, Any]:
    """Score against labels on the part that counts."""
    score, label = said.score[part.start : part.stop], series.label[part.start : part.stop]
    window = part.window or autocorrelation_window(series.value.reshape(len(series.value), -1)[:, 0])
    volume = vus(label, score, window)
    return {
        "method": name,
        "source": part.source,
        "series": part.name,
        "points": part.stop,
        "window": window,
        "vus_pr": volume.pr,
        "auc_pr": average_precision(label, score),
        "vus_roc": volume.roc,
        "cpu_s": said.seconds,
        "peak_mb": said.peak_mb,
        "error": said.error,
    }


def parts_to_rank(asked: Asked) -> list[Part]:
    """The files that ``baselines.csv`` lists; of sets that it does not know, those with one channel."""
    listed = {part.source for part in asked.parts if part.listed}
    return asked.chosen(
        [
            part
            for part in asked.parts
            if part.abnormal and (part.listed or (part.source not in listed and part.dims == 1))
        ]
    )


def has(asked: Asked) -> bool:
    """Whether a series is labelled."""
    return bool(parts_to_rank(asked))


def measure(asked: Asked) -> Result:
    """Every method on every part."""
    parts, methods = parts_to_rank(asked), asked.series_methods()
    tasks = [(method, part) for part in parts for method in methods]
    work = Ranking(plots=asked.plots and asked.plots / "ranking", most_s=asked.most_s)
    rows = list(in_jobs(work, tasks, asked.jobs, asked.label("ranking")))
    rows += floors(parts, [method.name for method in methods])
    notes = [counted(rows), NOTE, *unlisted(parts)]
    return Result(
        "ranking", "How well the score ranks", tables(rows, asked.baseline), [*notes, *failures(rows)], rows
    )


def floors(parts: Sequence[Part], taken: Sequence[str]) -> list[Row]:
    """What ``baselines.csv`` says of other methods, as rows."""
    rows: list[Row] = []
    for part in parts:
        base = {"source": part.source, "series": part.name, "points": part.stop}
        rows += given_rows(part.floors, base, taken)
    return rows


def tables(rows: Sequence[Row], asked_baseline: str) -> list[Table]:
    """One table per measure. UsageError where the baseline is no method of this run."""
    baseline = baseline_of(rows, asked_baseline)
    if asked_baseline and not baseline:
        known = ", ".join(dict.fromkeys(str(row["method"]).removesuffix(GIVEN) for row in rows))
        raise UsageError(f"there is no baseline {asked_baseline!r}", f"one of {known}", "name one of these")
    first, *others = [table_of(rows, measure, title, baseline) for measure, title in MEASURES]
    lean = [
        replace(
            table,
            columns={k: v for k, v in table.columns.items() if k not in ("s_per_10k", "peak_mb", "failed")},
        )
        for table in others
    ]
    return [first, *lean]


def unlisted(parts: Sequence[Part]) -> list[str]:
    """How the parts were chosen where nobody has written it down, and what a star means."""
    notes = []
    if any(part.floors for part in parts):
        notes.append(f"{GIVEN} as `series/baselines.csv` says; not run here.")
    without = list(dict.fromkeys(part.source for part in parts if not part.listed and not part.window))
    if without:
        notes.append(
            f"Not in `series/baselines.csv`: {', '.join(without)}. Scored from `train_len` on; VUS window: "
            "the highest maximum of the autocorrelation (TSB-AD's rule)."
        )
    return notes
