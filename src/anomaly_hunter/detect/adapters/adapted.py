"""A detector of scikit-learn or PyOD in our contract."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np

from anomaly_hunter.detect.adapters.catalog import Foreign
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.errors import DataError, MissingExtraError
from anomaly_hunter.model import FloatArray


class Adapted:
    """Base of the adapters; `adapter` makes one class per foreign detector.

    Missing cells become the median of their column, columns are standardised and constant ones
    left out, random numbers come from a fixed seed, the sign is turned so that higher is
    stranger, and fewer rows than it needs (8, mostly) score zero. The rows that were fitted get the scores of
    training, in which a row is not its own neighbour.

    Parameters
    ----------
    contamination:
        Handed on to the foreign detector. It moves that detector's own threshold, which we do not
        use, and for a few of them (the elliptic envelope) the fit.
    parameters:
        Handed on by name.
    """

    name: ClassVar[str]
    takes: ClassVar[Takes] = "table"
    foreign: ClassVar[Foreign]

    def __init__(self, contamination: float = 0.1, **parameters: Any) -> None:
        self.contamination = contamination
        self.parameters = parameters

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by the foreign detector it stands for: its class is made anew when it is loaded."""
        return _revived, (self.foreign, self.__dict__)

    def fit(self, data: FloatArray) -> Self:
        """Fit the foreign detector."""
        self._cleaning = Cleaning.of(data)
        rows = self._cleaning(data)
        self._model: Any = None
        self._center = rows.mean(axis=0) if len(rows) else np.zeros(rows.shape[1])
        self._spread = rows.std(axis=0) if len(rows) else np.zeros(rows.shape[1])
        self._varies = self._spread > 1e-12 * np.abs(self._center)
        if len(rows) < self.foreign.least or not self._varies.any():
            return self
        self._rows = self._standard(rows)
        with self._calm():
            self._model = self._build(len(rows)).fit(self._rows)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` in the foreign detector's unit, higher is stranger, always finite."""
        rows = self._cleaning(data)
        if self._model is None or not len(rows):
            return np.zeros(len(rows))
        rows = self._standard(rows)
        with self._calm():
            raw = self._trained() if np.array_equal(rows, self._rows) else None
            raw = self._raw(rows) if raw is None else raw
        score = np.asarray(raw, dtype=np.float64).ravel()
        finite = score[np.isfinite(score)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        return np.nan_to_num(score, nan=low, posinf=high, neginf=low)

    def _standard(self, rows: FloatArray) -> FloatArray:
        kept = self._varies
        standard: FloatArray = (rows[:, kept] - self._center[kept]) / self._spread[kept]
        return standard

    def _build(self, n: int) -> Any:
        kind = getattr(import_module(self.foreign.module), self.foreign.kind)
        accepted = inspect.signature(kind).parameters
        ours: dict[str, Any] = {"random_state": 0, "contamination": min(max(self.contamination, 1e-9), 0.5)}
        if "n_neighbors" in accepted:
            neighbours = min(int(accepted["n_neighbors"].default), n - 2)
            ours |= {"n_neighbors": neighbours, "ref_set": max(min(10, neighbours - 1), 1)}
        if self.foreign.name == "lof":
            ours["novelty"] = True  # rows that were not fitted can be scored
        ours |= {"verbose": 0, "subset_size": min(20, n - 1)}
        given = {key: value for key, value in ours.items() if key in accepted}
        return kind(**(given | self.parameters))

    def _trained(self) -> Any:
        if self.foreign.library == "PyOD":
            return self._model.decision_scores_
        found = getattr(self._model, "negative_outlier_factor_", None)
        return None if found is None else -found

    def _raw(self, rows: FloatArray) -> Any:
        if self.foreign.library == "PyOD":
            if not self.foreign.among:
                return self._model.decision_function(rows)
            return self._model.decision_function(np.vstack([self._rows, rows]))[len(self._rows) :]
        return -self._model.score_samples(rows)

    @contextmanager
    def _calm(self) -> Iterator[None]:
        """Fixed random numbers, no foreign warnings, and our error where the data do not suit."""
        state = np.random.get_state()
        np.random.seed(0)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                yield
        except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
            raise DataError(
                f"{self.foreign.library} detector {self.name!r} failed on these rows: {error}",
                "rows that suit it",
                "try another detector, such as `neighbours`",
            ) from error
        finally:
            np.random.set_state(state)


def adapter(foreign: Foreign) -> type[Adapted]:
    """The class for one foreign detector; MissingExtraError when its packages are not installed.

    >>> from anomaly_hunter.detect.adapters.catalog import CATALOG
    >>> adapter(CATALOG["lof"]).name
    'lof'
    """
    if foreign.missing:
        more = [package for package in foreign.missing if package not in ("sklearn", "pyod")]
        raise MissingExtraError(
            f"detector {foreign.name!r} needs {' and '.join(foreign.missing)}, not installed here",
            "",
            " ".join(["pip install 'anomaly-hunter[tables]'", *more]),
        )
    document = f"{foreign.kind} of {foreign.library}: {foreign.summary}."
    fields = {"name": foreign.name, "foreign": foreign, "__doc__": document, "__module__": __name__}
    made: Callable[..., type[Adapted]] = type
    return made(foreign.kind, (Adapted,), fields)


def _revived(foreign: Foreign, state: dict[str, Any]) -> Adapted:
    detector = adapter(foreign)()
    detector.__dict__.update(state)
    return detector
