"""Where the public data lie, and its series by name. The layout is read by the package."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from anomaly_hunter.bench.folder import Labelled, Part, find_series, quick_ones, read_npz
from anomaly_hunter.bench.own import read_values
from anomaly_hunter.model import FloatArray, IntArray

__all__ = ["DataMissingError", "find_data", "parts_of", "quick_ones", "read_csv_series", "read_series"]

VARIABLE = "HUNTER_BENCH_DATA"
DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"


class DataMissingError(Exception):
    """The benchmark data are not where they were looked for."""


def find_data(given: str | None, *needed: str) -> Path:
    """The data folder: ``--data``, else the variable HUNTER_BENCH_DATA, else ../shared/data.

    Raises
    ------
    DataMissingError
        The folder, or one of the ``needed`` paths in it, does not exist.
    """
    folder = Path(given or os.environ.get(VARIABLE) or DEFAULT)
    for path in (folder, *(folder / name for name in needed)):
        if not path.exists():
            raise DataMissingError(
                f"no benchmark data: {path} does not exist. "
                f"Pass --data FOLDER or set {VARIABLE} (see benchmarks/README.md)."
            )
    return folder


def parts_of(folder: Path, source: str) -> list[Part]:
    """A part for every file of a set, also for those that ``baselines.csv`` leaves out."""
    return [part for part in find_series(folder) if part.source == source]


def read_series(folder: Path, source: str, name: str, channel: int | None = 0) -> Labelled:
    """A file of ``series/``; of several channels only ``channel`` (None: all of them)."""
    read = read_npz(folder / "series" / source / f"{name}.npz")
    value, time_s = read.history(len(read.value), channel)
    return Labelled(value, time_s, read.label)


def read_csv_series(path: Path) -> tuple[FloatArray, IntArray | None]:
    """Values and times in seconds of a CSV."""
    value, time_s = read_values(path)
    return value, None if time_s is None else time_s.astype(np.int64)
