"""What is in a folder of benchmark data, and which part of each series counts.

    series/SET/NAME.npz     value (n,) or (n, k), label (n,), train_len; time, or t0 and interval_s
    series/baselines.csv    optional: set, series, start, end, window, quick; numbers of other methods
    tables/NAME.npz         X (n, k), y (n,);   tables/baselines.csv, optional
    scenarios/truth.json    {"GROUP/FILE.csv": [[first, last], ...]}, positions, both inclusive

Labels are kept apart from values from the moment a file is read: what a detector is handed is only
:meth:`Labelled.history`.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from anomaly_hunter.bench import npz
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray, IntArray

Half: TypeAlias = Literal["all", "tune", "held"]
LAYOUT = "series/SET/*.npz, tables/*.npz or scenarios/truth.json"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one series that counts: ``[start, stop)``.

    ``window`` is the VUS window in points (0: by autocorrelation); ``listed`` says that
    ``baselines.csv`` names the file, ``floors`` holds the numbers of its methods; ``dims`` counts
    channels; ``abnormal`` says that a point of the part is labelled, ``clean`` that none of the file is.
    ``label`` and ``column`` are for files of users: see :mod:`anomaly_hunter.bench.own`.
    """

    path: Path
    source: str
    name: str
    start: int
    stop: int
    window: int = 0
    quick: bool = False
    listed: bool = False
    dims: int = 1
    clocked: bool = False
    abnormal: bool = True
    clean: bool = False
    label: str = ""
    column: str = ""
    floors: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One series: ``(n,)`` or ``(n, k)`` values, times in seconds (None: no clock) and, apart, labels."""

    value: FloatArray
    time_s: FloatArray | None
    label: IntArray

    def history(self, stop: int, channel: int | None = None) -> tuple[FloatArray, FloatArray | None]:
        """What a detector may see when it is scored up to ``stop``: never a label."""
        value = self.value if channel is None or self.value.ndim == 1 else self.value[:, channel]
        return value[:stop], None if self.time_s is None else self.time_s[:stop]


def read_npz(path: Path) -> Labelled:
    """A file of ``series/``. DataError where it is damaged or its lengths differ."""
    arrays = npz.read_arrays(path, ("value", "label"), ("time", "t0", "interval_s"))
    value = npz.numbers(path, "value", arrays["value"], (1, 2))
    label = npz.labels(path, npz.numbers(path, "label", arrays["label"], (1,)), len(value))
    time = None
    if "time" in arrays:
        time = npz.numbers(path, "time", arrays["time"], (1,))
        if len(time) != len(value):
            came = f"`{path}` has {len(time):,} times for {len(value):,} values"
            raise DataError(came, "one time per value", "cut them to the same length")
    elif "t0" in arrays and "interval_s" in arrays:
        step = npz.whole(path, arrays, "interval_s", 1)
        time = npz.whole(path, arrays, "t0", 0) + step * np.arange(len(value), dtype=np.float64)
    return Labelled(value, time, label)


def find_series(folder: Path) -> list[Part]:
    """A part for every npz under ``series/``, in the order of the sets and names."""
    root = folder / "series"
    known = _protocol(root / "baselines.csv") if (root / "baselines.csv").is_file() else {}
    from_first = {
        source: all(part.start == 0 for (of, _), part in known.items() if of == source)
        for source in {source for source, _ in known}
    }
    order = {source: place for place, (source, _) in enumerate(known)}
    sets = [path for path in root.glob("*") if path.is_dir()] if root.is_dir() else []
    parts = []
    for place in sorted(sets, key=lambda path: (order.get(path.name, len(order)), path.name)):
        for path in sorted(place.glob("*.npz")):
            listed = known.get((place.name, path.stem))
            parts.append(_part(path, place.name, listed, from_first.get(place.name, False)))
    return parts


def _part(path: Path, source: str, listed: Part | None, from_first: bool) -> Part:
    shape = npz.shape_of(path, "value")
    n, dims = (shape[0] if shape else 0), (shape[1] if len(shape) == 2 else 1)
    arrays = npz.read_arrays(path, ("label",), ("train_len", "t0", "interval_s"))
    label = npz.labels(path, npz.numbers(path, "label", arrays["label"], (1,)), n)
    clocked = "t0" in arrays or bool(_has(path, "time"))
    start = 0 if from_first else min(max(npz.whole(path, arrays, "train_len", 0), 0), n)
    part = listed or Part(path, source, path.stem, start, n)
    if not 0 <= part.start < part.stop <= n:
        came = f"the part {part.start}..{part.stop} of `{path}` is not within its {n:,} points"
        raise DataError(came, "0 <= start < end <= points", "correct start, end or train_len")
    inside = bool(label[part.start : part.stop].any())
    return replace(part, path=path, dims=dims, clocked=clocked, abnormal=inside, clean=not label.any())


def _has(path: Path, name: str) -> bool:
    with np.load(path, allow_pickle=False) as file:
        return name in file


def _protocol(path: Path) -> dict[tuple[str, str], Part]:
    """The parts that ``baselines.csv`` names, with the numbers of its methods."""
    parts: dict[tuple[str, str], Part] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (row["set"], row["series"])
                if key not in parts:
                    start, stop, window = (int(row[name]) for name in ("start", "end", "window"))
                    quick = row.get("quick") == "1"
                    parts[key] = Part(path, *key, start, stop, window, quick, listed=True, floors={})
                floors = dict(parts[key].floors)
                if row.get("method"):
                    floors[row["method"]] = {
                        name: float(row[name])
                        for name in ("vus_pr", "vus_roc", "auc_pr", "seconds")
                        if row.get(name)
                    }
                parts[key] = replace(parts[key], floors=floors)
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise DataError(
            f"`{path}` cannot be read ({type(error).__name__}: {error})",
            "columns set, series, start, end, window with whole numbers",
            "correct it, or take it out of the folder",
        ) from error
    return parts


def in_half(part: Part, half: Half) -> bool:
    """The split for honest tuning: look at ``tune`` as often as you like, at ``held`` at the end.

    Held: not of the quick subset, and the CRC-32 of ``SET/NAME`` is odd. Everything else is tune.
    """
    held = not part.quick and zlib.crc32(f"{part.source}/{part.name}".encode()) % 2 == 1
    return half == "all" or (half == "held") == held


def quick_ones(parts: Sequence[Part], each: int = 10, clean: int = 4) -> list[Part]:
    """Those marked quick and the first few that the protocol leaves out; of unmarked sets the first ten."""
    marked = {part.source for part in parts if part.quick}
    kept, count = [], dict.fromkeys((part.source for part in parts), 0)
    for part in parts:
        most = clean if part.source in marked else each
        if part.quick or ((not part.listed or part.source not in marked) and count[part.source] < most):
            count[part.source] += not part.quick
            kept.append(part)
    return kept


def chosen(parts: Iterable[Part], sources: Sequence[str], half: Half, quick: bool) -> list[Part]:
    """The parts that were asked for. DataError for a source that there is not."""
    parts = list(parts)
    there = dict.fromkeys(part.source for part in parts)
    for source in sources:
        if source not in there:
            raise DataError(
                f"there is no source {source!r}", f"one of {', '.join(there)}", "name one of these"
            )
    kept = [part for part in parts if (not sources or part.source in sources) and in_half(part, half)]
    return quick_ones(kept) if quick else kept
