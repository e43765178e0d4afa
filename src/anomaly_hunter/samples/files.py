"""How samples are written: small CSV files with the standard library."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV with one header line, UTF-8, line feeds; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_dicts(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Dictionaries with equal keys as a CSV."""
    return write_csv(path, list(rows[0]), ([*row.values()] for row in rows))


def stamp(moment: np.datetime64) -> str:
    """ISO-8601 in UTC, to the second.

    >>> stamp(np.datetime64("2026-03-01T08:40"))
    '2026-03-01T08:40:00Z'
    """
    return f"{moment.astype('datetime64[s]')}Z"
