"""Detectors of scikit-learn and PyOD in our contract. They need the packages of the `tables` extra."""

from __future__ import annotations

import ast
import pickle
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from anomaly_hunter import registry
from anomaly_hunter.detect.adapters.adapted import adapter
from anomaly_hunter.detect.adapters.catalog import CATALOG
from anomaly_hunter.errors import DataError, MissingExtraError
from tests.detect.table.made import normal

pytest.importorskip("sklearn")
pytest.importorskip("pyod")

QUICK = ("isolation_forest", "lof", "one_class_svm", "elliptic_envelope", "knn", "pca", "cof", "gmm")


@pytest.mark.parametrize("name", QUICK)
def test_an_adapter_keeps_the_contract(name):
    rows = normal(80, 3)
    rows[11] = 9.0
    rows[20, 1] = np.nan
    before = rows.copy()
    kind = registry.lookup("detectors", name)
    detector = kind().fit(rows)
    score = detector.score(rows)
    assert score.argmax() == 11
    assert np.isfinite(score).all()
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_array_equal(kind().fit(rows).score(rows), score)
    new = detector.score(np.array([[0.0, 0.0, 0.0], [9.0, 9.0, -9.0]]))
    assert new[1] > new[0]


@pytest.mark.parametrize("name", ["isolation_forest", "lof", "knn", "pca"])
def test_a_fitted_adapter_can_be_pickled(name):
    rows = normal(80, 3)
    fitted = registry.lookup("detectors", name)().fit(rows)
    loaded = pickle.loads(pickle.dumps(fitted))
    assert loaded.name == name
    np.testing.assert_array_equal(loaded.score(rows[::2]), fitted.score(rows[::2]))


@pytest.mark.parametrize("name", ["lof", "knn"])
def test_few_constant_or_absurd_rows_are_no_error(name):
    kind = registry.lookup("detectors", name)
    for rows in (
        np.empty((0, 2)),
        np.ones((7, 2)),
        np.ones((30, 2)),
        np.empty((9, 0)),
        np.full((9, 1), np.nan),
    ):
        assert kind().fit(rows).score(rows).tolist() == [0.0] * len(rows)
    huge = normal(30, 2)
    huge[3, 1] = 1e308
    assert kind().fit(huge).score(huge).argmax() == 3


def test_the_global_random_numbers_are_left_as_they_were():
    rows = normal(40, 2)
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    registry.lookup("detectors", "loda")().fit(rows).score(rows)
    assert np.random.random() == expected


def test_contamination_and_parameters_are_handed_on():
    detector = registry.lookup("detectors", "knn")(contamination=0.02, n_neighbors=2).fit(normal(50, 2))
    assert (detector._model.contamination, detector._model.n_neighbors) == (0.02, 2)


def test_a_foreign_failure_is_our_error():
    with pytest.raises(DataError, match="'knn' failed on these rows"):
        registry.lookup("detectors", "knn")(n_neighbors=500).fit(normal(50, 2))


def test_a_missing_package_is_named_with_its_cure():
    absent = replace(CATALOG["lof"], packages=("sklearn", "no_such_package_here"))
    with pytest.raises(MissingExtraError, match=r"needs no_such_package_here.*pip install 'anomaly-hunter"):
        adapter(absent)


def test_every_name_of_the_catalog_leads_to_a_class_of_that_library():
    pyod = find_spec("pyod")
    assert pyod is not None
    assert pyod.origin is not None
    folder = Path(pyod.origin).parent / "models"
    for foreign in CATALOG.values():
        if foreign.library == "PyOD":
            file = folder / f"{foreign.module.rpartition('.')[2]}.py"
            classes = {n.name for n in ast.parse(file.read_text("utf-8")).body if isinstance(n, ast.ClassDef)}
            assert foreign.kind in classes
