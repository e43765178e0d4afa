"""What workers do with bare tables: one detector, a score for each row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from anomaly_hunter.config import override
from anomaly_hunter.errors import DataError
from anomaly_hunter.hunt import examine
from anomaly_hunter.model import FloatArray
from anomaly_hunter.remember.plain import finite
from anomaly_hunter.serve.documents.answer import rows_of
from anomaly_hunter.serve.hunting.asked import loads, numbers
from anomaly_hunter.serve.hunting.hunting import as_json
from anomaly_hunter.serve.pool.worker import Bench

RUN: Final = "anomaly_hunter.serve.hunting.hunting_rows:run"
_FIELDS: Final = ("data", "algorithm", "contamination")
_THRESHOLD: Final = 1.0


def run(bench: Bench, told: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Scores of the rows in a JSON request."""
    given = loads(body, bench.settings.serve.points)
    for name in given:
        if name not in _FIELDS:
            raise DataError(f"an unknown field {name[:80]!r}", f"one of {', '.join(_FIELDS)}", "leave it out")
    rows = _rows(given.get("data"), bench.settings.serve.points)
    algorithm, share = given.get("algorithm"), given.get("contamination")
    if algorithm is not None and not isinstance(algorithm, str):
        raise DataError("the algorithm is no text", "a detector's name", "see `hunter detectors`")
    options: dict[str, Any] = {"kind": "table", "contamination": share}
    if algorithm:
        options["detectors"] = (algorithm[:100],)
    started = time.perf_counter()
    _, (detection, *_) = examine(rows, override(bench.settings, **options))
    answer = {
        "scores": [finite(score) for score in detection.score.tolist()],
        "anomalies": sorted(rows_of(detection)),
        "threshold": _THRESHOLD,
        "algorithm": ", ".join(detection.detectors) or algorithm or "",
        "took_ms": round(1e3 * (time.perf_counter() - started), 2),
    }
    return {}, as_json(answer)


def _rows(given: Any, points: int) -> FloatArray:
    """``(n, k)`` float64."""
    if not isinstance(given, list) or set(map(type, given)) != {list}:
        raise DataError("data is no list of rows", "[[1, 2], [3, 4]]", "reshape it")
    widths = set(map(len, given))
    if len(widths) != 1 or widths == {0}:
        raise DataError(
            f"rows of {min(widths)} to {max(widths)} cells", "as many in every row", "fill with null"
        )
    flat = numbers("data", [cell for row in given for cell in row], points)
    return np.reshape(flat, (len(given), -1))
