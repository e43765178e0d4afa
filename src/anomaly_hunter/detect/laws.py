"""The laws of detectors, as checks that anybody can run on their own.

>>> from anomaly_hunter.detect.detectors.residual import Residual
>>> broken_laws(Residual)
()
"""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np

from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray

Make = Callable[[], Detector]

SEED = 7
ROWS = 160
ODD = 97
"""The point or row of the sample that is far off."""

FAR = 40.0


def sample(takes: str) -> FloatArray:
    """Data with one obvious anomaly at position 97: a series ``(160,)``, channels or a table ``(160, 3)``."""
    generator = np.random.default_rng(SEED)
    if takes == "series":
        data = np.sin(np.arange(ROWS) * 2 * np.pi / 16) + 0.2 * generator.normal(size=ROWS)
    else:
        data = generator.normal(size=(ROWS, 3))
    data[ODD] += FAR
    return data


def input_unchanged(make: Make) -> str:
    """The arrays it is given stay as they were."""
    data = sample(make().takes)
    before = data.copy()
    detector = make().fit(data)
    detector.score(data)
    same = np.array_equal(data, before, equal_nan=True)
    return "" if same else "it changed its input"


def deterministic(make: Make) -> str:
    """The same input gives the same scores, by the same object and by a new one."""
    data = sample(make().takes)
    first = make().fit(data)
    scores = [first.score(data), first.score(data), make().fit(data).score(data)]
    same = all(np.array_equal(scores[0], other, equal_nan=True) for other in scores[1:])
    return "" if same else "the same input gave different scores"


def one_finite_score_each(make: Make) -> str:
    """``(n,)`` floats, finite wherever the input is complete, also for constant and huge values."""
    takes = make().takes
    plain = sample(takes)
    holes = plain.copy()
    holes[5:8] = np.nan
    for name, data in (
        ("plain data", plain),
        ("data with holes", holes),
        ("constant data", np.full_like(plain, 3.0)),
        ("data near 1e308", plain / np.abs(plain).max() * 1e308),
        ("data near 1e-308", plain * 1e-308),
    ):
        score = np.asarray(make().fit(data).score(data))
        if score.shape != (len(data),) or score.dtype.kind != "f":
            return f"it gave {score.dtype} scores of shape {score.shape} for {len(data)} positions of {name}"
        complete = np.isfinite(data) if data.ndim == 1 else np.isfinite(data).all(axis=1)
        if not np.isfinite(score[complete]).all():
            return f"it gave scores that are not finite for {name}"
    return ""


def few_points_give_zeros(make: Make) -> str:
    """No position and a single one: as many zeros. Two: finite scores, whatever they are."""
    for n in (0, 1, 2):
        data = sample(make().takes)[:n]
        score = np.asarray(make().fit(data).score(data))
        if score.shape != (n,) or not np.isfinite(score).all() or (n < 2 and score.any()):
            return f"{n} positions gave {score!r}, not {n} zeros"
    return ""


def wrong_shapes_are_our_error(make: Make) -> str:
    """A table instead of a series, or the other way round, is a DataError."""
    takes = make().takes
    wrong = sample("table" if takes == "series" else "series")
    for bad in (wrong, np.zeros((4, 2, 2))):
        try:
            make().fit(bad).score(bad)
        except DataError:
            continue
        return f"an array of shape {bad.shape} was no DataError"
    return ""


def saved_and_loaded_it_scores_the_same(make: Make) -> str:
    """What was fitted, pickled and loaded gives the same scores bit for bit."""
    data = sample(make().takes)
    fitted = make().fit(data)
    try:
        loaded = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own bytes
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        return f"it cannot be pickled: {error}"
    for what, rows in (("what it was fitted on", data), ("other data", data[::-1].copy())):
        if not np.array_equal(fitted.score(rows), loaded.score(rows), equal_nan=True):
            return f"loaded from a pickle it scores {what} otherwise"
    return ""


def higher_is_stranger(make: Make) -> str:
    """What is far off, or its direct neighbourhood, scores highest."""
    detector = make()
    data = sample(detector.takes)
    score = np.asarray(detector.fit(data).score(data))
    best = int(np.argmax(score))
    reach = 0 if detector.takes == "table" else 16
    return "" if abs(best - ODD) <= reach and score[best] > np.median(score) else (
        f"position {best} scores highest, the obvious anomaly is at {ODD}"
    )  # fmt: skip


LAWS: tuple[Callable[[Make], str], ...] = (
    input_unchanged,
    deterministic,
    one_finite_score_each,
    few_points_give_zeros,
    wrong_shapes_are_our_error,
    saved_and_loaded_it_scores_the_same,
    higher_is_stranger,
)
"""Each takes something that makes a fresh detector, and gives "" or what is wrong."""


def broken_laws(make: Make, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What is wrong with a detector, one sentence per broken law; empty when all are kept.

    Parameters
    ----------
    make:
        The class, or a function without arguments that builds one.
    but:
        Names of laws that are left out, such as ``higher_is_stranger`` for a detector that does
        not look for far values.
    """
    sentences = [f"{law.__name__}: {law(make)}" for law in LAWS if law.__name__ not in but]
    return tuple(sentence for sentence in sentences if not sentence.endswith(": "))
