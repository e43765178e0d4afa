"""Our table detectors as a scikit-learn estimator. scikit-learn itself is not needed to use it."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.boundary import boundary
from anomaly_hunter.detect.fusion import Fusion
from anomaly_hunter.detect.rows import as_rows
from anomaly_hunter.detect.table import DEFAULT, table_detector
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.registry import lookup


class OutlierDetector:
    """Any of our table detectors, or several fused, with scikit-learn's methods and its signs.

    Parameters
    ----------
    detectors:
        A name, or several (`hunter detectors` lists them); None: the default of `hunter detect`.
    contamination:
        Share of the fitted rows to call outliers (0-0.5); None: decide from the data.

    Attributes
    ----------
    n_features_in_:
        Number of columns of the rows that were fitted.
    offset_:
        ``decision_function(X) = score_samples(X) - offset_``; below 0 is an outlier.

    >>> rows = np.append(np.arange(60.0) % 7, 90.0)[:, None]
    >>> OutlierDetector("ecod", contamination=0.01).fit_predict(rows)[-3:].tolist()
    [1, 1, -1]
    """

    _estimator_type = "outlier_detector"

    def __init__(
        self, detectors: str | tuple[str, ...] | None = None, contamination: float | None = None
    ) -> None:
        self.detectors = detectors
        self.contamination = contamination

    def fit(self, X: npt.ArrayLike, y: object = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn what is usual from ``(n, k)`` rows; ``y`` is not looked at."""
        rows = as_rows(np.asarray(X, dtype=np.float64))
        chosen = DEFAULT if self.detectors is None else self.detectors
        chosen = (chosen,) if isinstance(chosen, str) else tuple(chosen)
        detectors = [table_detector(name, lambda name: lookup("detectors", name)) for name in chosen]
        self._fusion = Fusion(detectors).fit(rows)
        self.n_features_in_ = rows.shape[1]
        limit = boundary(self._fusion.fitted, self.contamination)
        # A hair higher, so that a row at the boundary is below 0.
        self.offset_ = float(np.nextafter(-limit, np.inf))
        self._fitted_rows = rows
        return self

    def score_samples(self, X: npt.ArrayLike) -> FloatArray:  # noqa: N803
        """``(n,)`` lower is stranger (scikit-learn's sign)."""
        if not hasattr(self, "_fusion"):
            raise UsageError("this detector is not fitted yet", "a call of fit before", "call fit first")
        rows = as_rows(np.asarray(X, dtype=np.float64))
        if np.array_equal(rows, self._fitted_rows, equal_nan=True):
            return -self._fusion.fitted
        return -self._fusion.score(rows)

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:  # noqa: N803
        """``(n,)`` below 0 for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: npt.ArrayLike) -> IntArray:  # noqa: N803
        """``(n,)`` -1 for outliers, 1 for the others."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def fit_predict(self, X: npt.ArrayLike, y: object = None) -> IntArray:  # noqa: N803
        """`fit`, then `predict` of the same rows."""
        return self.fit(X).predict(X)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name."""
        return {"detectors": self.detectors, "contamination": self.contamination}

    def set_params(self, **params: Any) -> Self:
        """Change parameters by name."""
        for name, value in params.items():
            if name not in self.get_params():
                raise UsageError(f"there is no parameter {name!r}", "detectors or contamination", "use these")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fusion")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="outlier_detector",
            target_tags=TargetTags(required=False),
            input_tags=InputTags(allow_nan=True),
        )
