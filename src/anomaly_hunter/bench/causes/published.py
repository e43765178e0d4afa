"""What other methods gave on the same cases: ``causes/baselines.csv``, where it is there."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from anomaly_hunter.errors import DataError


def published(folder: Path) -> list[dict[str, Any]]:
    """One row per set and method: cases, top-1 and top-3 as shares. Empty without the file.

    Columns: dataset, group, method, top1, top3 (1 or 0 per case). DataError when it is damaged.
    """
    path = folder / "causes" / "baselines.csv"
    if not path.is_file():
        return []
    counts: dict[tuple[str, str], list[tuple[float, float]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                kind = "commit" if row["group"] == "commit" else ""
                key = (f"{row['dataset']} {kind}".strip(), row["method"])
                counts.setdefault(key, []).append((float(row["top1"] or 0), float(row["top3"] or 0)))
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise DataError(
            f"`{path}` cannot be read ({type(error).__name__}: {error})",
            "columns dataset, group, method, top1, top3",
            "correct it, or take it out of the folder",
        ) from error
    return [
        {
            "source": source, "method": method, "cases": len(hits),
            "top1": sum(a for a, _ in hits) / len(hits), "top3": sum(b for _, b in hits) / len(hits),
        }
        for (source, method), hits in counts.items()
    ]  # fmt: skip
