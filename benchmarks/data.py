"""The public data: where it lies, which part of it counts, and its files as arrays.

Labels are kept apart from values from the moment a file is read: what is handed to the product
is only :meth:`SeriesFile.history`.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.metrics import FloatArray, IntArray, Span

VARIABLE = "HUNTER_BENCH_DATA"
DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"

SCORED_FROM_FIRST = ("nab",)
"""Sets of which all points are scored; of the others, those from ``train_len`` on."""


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


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one file that is scored: ``[start, stop)``, with the VUS window in points."""

    source: str
    name: str
    start: int
    stop: int
    window: int = 0
    quick: bool = False
    floors: dict[str, dict[str, float]] = field(default_factory=dict)


def protocol(folder: Path) -> list[Part]:
    """The parts that ``series/baselines.csv`` names, with the numbers of the simple methods."""
    parts: dict[tuple[str, str], Part] = {}
    with (folder / "series" / "baselines.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            key = (row["set"], row["series"])
            if key not in parts:
                start, stop, window = (int(row[name]) for name in ("start", "end", "window"))
                parts[key] = Part(*key, start, stop, window, quick=row["quick"] == "1")
            numbers = {name: float(row[name]) for name in ("vus_pr", "vus_roc", "auc_pr", "seconds")}
            parts[key].floors[row["method"]] = numbers
    return list(parts.values())


def parts_of(folder: Path, source: str) -> list[Part]:
    """A part for every file of a set, also for those that ``baselines.csv`` leaves out.

    Those have no anomaly where they would be scored; the part is chosen like that of the others.
    """
    known = {part.name: part for part in protocol(folder) if part.source == source}
    parts = []
    for path in sorted((folder / "series" / source).glob("*.npz")):
        if path.stem in known:
            parts.append(known[path.stem])
            continue
        with np.load(path) as file:
            start = 0 if source in SCORED_FROM_FIRST else int(file["train_len"])
            parts.append(Part(source, path.stem, start, len(file["label"])))
    return parts


def quick_parts(parts: list[Part], clean: int = 4) -> list[Part]:
    """Those marked quick, and the first few that have no row in the protocol."""
    without = [part for part in parts if not part.floors][:clean]
    return [part for part in parts if part.quick] + without


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """One series: values, times in seconds (None: no clock) and, apart, the labels."""

    value: FloatArray
    time_s: IntArray | None
    label: IntArray

    def history(self, stop: int) -> tuple[FloatArray, IntArray | None]:
        """What a detector may see when it is scored up to ``stop``."""
        return self.value[:stop], None if self.time_s is None else self.time_s[:stop]


def read_series(folder: Path, source: str, name: str, channel: int | None = 0) -> SeriesFile:
    """A file of ``series/``; of several channels only ``channel`` (None: all of them)."""
    with np.load(folder / "series" / source / f"{name}.npz") as file:
        value = file["value"].astype(np.float64)
        label = file["label"].astype(np.int64)
        time = file["time"].astype(np.int64) if "time" in file else None
        if time is None and "t0" in file:
            time = int(file["t0"]) + int(file["interval_s"]) * np.arange(len(value), dtype=np.int64)
    if value.ndim == 2 and channel is not None:
        value = value[:, channel]
    return SeriesFile(value, time, label)


def read_csv_series(path: Path, column: str = "value") -> tuple[FloatArray, IntArray]:
    """Values and times in seconds of a CSV with the columns timestamp (ISO-8601) and ``column``."""
    with path.open(newline="") as file:
        rows = [(row["timestamp"], float(row[column])) for row in csv.DictReader(file)]
    time = np.array([stamp for stamp, _ in rows], dtype="datetime64[s]").astype(np.int64)
    return np.array([value for _, value in rows]), time


def scenarios(folder: Path) -> Iterator[tuple[str, Path, list[Span]]]:
    """(group, file, true spans made half-open) of every file in ``scenarios/truth.json``."""
    truth = json.loads((folder / "scenarios" / "truth.json").read_text())
    for name, spans in truth.items():
        path = folder / "scenarios" / name
        yield path.parent.name, path, [(int(a), int(b) + 1) for a, b in spans]
