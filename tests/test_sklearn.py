"""Our table detectors inside scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.sklearn import OutlierDetector
from tests.detect.table.made import normal

ROWS = normal(200, 3)
ROWS[7] = 12.0


@pytest.mark.parametrize("detectors", [None, "ecod", ("hbos", "copula"), "lof"])
def test_fit_predict_gives_minus_one_to_outliers(detectors):
    pytest.importorskip("sklearn")
    estimator = OutlierDetector(detectors)
    got = estimator.fit_predict(ROWS)
    assert set(np.unique(got)) <= {-1, 1}
    assert estimator.score_samples(ROWS).argmin() == 7
    np.testing.assert_array_equal(got, np.where(estimator.decision_function(ROWS) < 0, -1, 1))
    np.testing.assert_allclose(
        estimator.decision_function(ROWS), estimator.score_samples(ROWS) - estimator.offset_
    )


def test_contamination_decides_how_many_are_called_outliers():
    assert (OutlierDetector(contamination=0.05).fit_predict(ROWS) == -1).sum() == 10


def test_new_rows_are_judged_by_what_was_fitted():
    estimator = OutlierDetector().fit(ROWS)
    assert estimator.predict([[0.0, 0.0, 0.0], [30.0, -30.0, 30.0]]).tolist() == [1, -1]


def test_it_is_cloned_and_runs_in_a_pipeline():
    base = pytest.importorskip("sklearn.base")
    pipeline = pytest.importorskip("sklearn.pipeline")
    scaler = pytest.importorskip("sklearn.preprocessing").StandardScaler()
    estimator = OutlierDetector("copula", contamination=0.01)
    copy = base.clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert base.is_outlier_detector(estimator)
    whole = pipeline.make_pipeline(scaler, estimator).set_params(outlierdetector__contamination=0.02)
    assert (whole.fit(ROWS).predict(ROWS) == -1).sum() == 4
    assert whole.decision_function(ROWS).argmin() == 7
    assert "OutlierDetector" in repr(whole)


def test_an_unknown_parameter_and_a_call_before_fit_are_told():
    with pytest.raises(UsageError, match="no parameter 'size'"):
        OutlierDetector().set_params(size=3)
    with pytest.raises(UsageError, match="not fitted yet"):
        OutlierDetector().predict(ROWS)
