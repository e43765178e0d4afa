"""The score of the Numenta Anomaly Benchmark, standard profile.

Lavin & Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms", ICMLA 2015, section III: an
early detection inside a window is worth most, a false one costs the more the farther it is behind a
window, and one threshold is chosen for the whole corpus. Here the windows are the runs of labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.bench.spans import spans_of
from anomaly_hunter.model import FloatArray

TRUE, FALSE, MISSED = 1.0, 0.11, 1.0
PROBATION, MOST_PROBATION = 0.15, 750
"""The first share of a file that is not scored, and the most points of it."""

_FAR: Final = 3.0


def scaled_sigmoid(place: npt.ArrayLike) -> FloatArray:
    """``2 / (1 + exp(5 y)) - 1``: near 1 a window before its end, 0 at its end, -1 far behind it.

    >>> scaled_sigmoid([-1.0, 0.0, 9.0]).round(4).tolist()
    [0.9866, 0.0, -1.0]
    """
    y = np.asarray(place, dtype=np.float64)
    return np.where(y > _FAR, -1.0, 2 / (1 + np.exp(5 * np.minimum(y, _FAR))) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """What every point would be worth as a detection, and the window it lies in (-1: none)."""

    score: FloatArray
    worth: FloatArray
    window: npt.NDArray[np.int64]
    windows: int


def _file(score: npt.ArrayLike, label: npt.ArrayLike) -> _File:
    n = len(np.asarray(label))
    first = min(int(PROBATION * n), MOST_PROBATION)
    worth = np.full(n, -FALSE)
    window = np.full(n, -1)
    spans = [(a, b) for a, b in spans_of(label) if b > first]
    for number, (a, b) in enumerate(spans):
        inside = np.arange(a, b)
        worth[a:b] = TRUE * scaled_sigmoid(-(b - inside) / (b - a)) / float(scaled_sigmoid(-1.0))
        window[a:b] = number
        until = spans[number + 1][0] if number + 1 < len(spans) else n
        behind = (np.arange(b, until) - (b - 1)) / max(b - 1 - a, 1)
        worth[b:until] = FALSE * scaled_sigmoid(behind)
    cut = slice(first, n)
    return _File(np.asarray(score, dtype=np.float64)[cut], worth[cut], window[cut], len(spans))


def _gains(file: _File) -> tuple[FloatArray, FloatArray]:
    """Thresholds, falling, and what lowering the threshold to each adds."""
    order = np.argsort(-file.score, kind="stable")
    best = np.full(file.windows, -MISSED)
    gain = np.empty(len(order))
    for place, point in enumerate(order.tolist()):
        number = int(file.window[point])
        if number < 0:
            gain[place] = file.worth[point]
        else:  # only the best detection in a window counts
            gain[place] = max(float(file.worth[point]) - best[number], 0.0)
            best[number] = max(best[number], float(file.worth[point]))
    return file.score[order], gain


def nab_score(scores: Sequence[npt.ArrayLike], labels: Sequence[npt.ArrayLike]) -> float:
    """0 for a detector that never fires, 100 for one that fires at the start of each window alone.

    Parameters
    ----------
    scores, labels:
        One ``(n,)`` array per file; scores are on one scale over all files. The threshold that is
        best for the corpus is used, as the benchmark does; never to fire is one of those tried.

    Returns
    -------
    NaN where no file has a window behind its probation.

    >>> label = np.zeros(100); label[40:60] = 1
    >>> nab_score([np.arange(100) == 40], [label]), nab_score([np.zeros(100)], [label])
    (100.0, 0.0)
    """
    files = [_file(score, label) for score, label in zip(scores, labels, strict=True)]
    windows = sum(file.windows for file in files)
    if not windows:
        return float("nan")
    found = [_gains(file) for file in files]
    score = np.concatenate([thresholds for thresholds, _ in found])
    gain = np.concatenate([gains for _, gains in found])
    order = np.argsort(-score, kind="stable")
    total = np.cumsum(gain[order])
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)  # equal scores fire together
    best = max(float(total[last].max(initial=0.0)), 0.0)
    return 100.0 * best / ((TRUE + MISSED) * windows)
