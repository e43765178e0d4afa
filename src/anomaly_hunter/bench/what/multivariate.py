"""How well the score ranks points of series with many channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result
from anomaly_hunter.bench.side_by_side import counted, failures
from anomaly_hunter.bench.what.ranking import NOTE, Ranking, tables

WINDOW: Final = 100
FLOORS: Final = (
    "auto",
    "pca",
    "pca_windows",
    "pca_first_half",
    "channel_max",
    "own_channel_max",
    "kmeans10",
    "random",
)


def parts_to_rank(asked: Asked) -> list[Part]:
    """The files with several channels; what ``baselines.csv`` says is about one of them: left out."""
    parts = [
        replace(part, window=WINDOW, floors={}) for part in asked.parts if part.dims > 1 and part.abnormal
    ]
    return asked.chosen(parts)


def has(asked: Asked) -> bool:
    """Whether a series has several channels."""
    return bool(parts_to_rank(asked))


def measure(asked: Asked) -> Result:
    """Every method on every part, all channels handed over."""
    own = replace(asked, parts=tuple(replace(part, floors={}) for part in asked.parts))
    parts, methods = parts_to_rank(own), own.series_methods(FLOORS)
    tasks = [(method, part) for part in parts for method in methods]
    work = Ranking(None, asked.plots and asked.plots / "multivariate", asked.most_s)
    rows = list(in_jobs(work, tasks, asked.jobs, asked.label("multivariate")))
    names = [method.name for method in methods]
    baseline = asked.baseline or ("pca_first_half" if "pca_first_half" in names else "")
    notes = [counted(rows), NOTE, f"Scored after `train_len`; VUS window {WINDOW} points.", *failures(rows)]
    return Result("multivariate", "Many channels", tables(rows, baseline), notes, rows)
