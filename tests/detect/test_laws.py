"""Every detector of ours keeps the laws, and the laws catch those that do not."""

import inspect
import pkgutil
from importlib import import_module
from typing import ClassVar

import numpy as np
import pytest

from anomaly_hunter.detect import detectors
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.laws import ODD, broken_laws, sample

NOT_FAR = {"flat": ("higher_is_stranger",)}  # it looks for values that stand still, not for far ones


def _ours():
    for module in pkgutil.iter_modules(detectors.__path__):
        loaded = import_module(f"{detectors.__name__}.{module.name}")
        found = [
            thing
            for name, thing in vars(loaded).items()
            if inspect.isclass(thing) and thing.__module__ == loaded.__name__ and not name.startswith("_")
        ]
        yield module.name, [thing for thing in found if hasattr(thing, "takes")]


OURS = dict(_ours())


@pytest.mark.parametrize("file", OURS)
def test_a_file_holds_one_detector_named_like_it(file):
    (detector,) = OURS[file]
    assert detector.name.replace("-", "_") == file


@pytest.mark.parametrize("file", OURS)
def test_our_detectors_keep_the_laws(file):
    (detector,) = OURS[file]
    assert broken_laws(detector, but=NOT_FAR.get(file, ())) == ()


class Good:
    """Distance from the median: a detector as outsiders may write one."""

    name: ClassVar[str] = "good"
    takes: ClassVar[Takes] = "series"

    def fit(self, data):
        if np.ndim(data) != 1:
            from anomaly_hunter.errors import DataError

            raise DataError("a table", "a series")
        return self

    def score(self, data):
        known = data[np.isfinite(data)]
        if len(known) < 8:
            return np.zeros(len(data))
        return np.abs(np.nan_to_num(data, nan=np.median(known)) / 2 - np.median(known) / 2)


class Changes(Good):
    def score(self, data):
        data[np.isnan(data)] = 0.0
        data += 1.0
        return super().score(data)


class Forgets(Good):
    count = 0

    def score(self, data):
        Forgets.count += 1
        return super().score(data) + Forgets.count


class Short(Good):
    def score(self, data):
        return super().score(data)[1:]


class Infinite(Good):
    def score(self, data):
        return np.where(super().score(data) > 0, np.inf, 0.0)


class NeedsMany(Good):
    def score(self, data):
        return super().score(data) + (1.0 if len(data) < 3 else 0.0)


class TakesAll(Good):
    def fit(self, data):
        return self

    def score(self, data):
        return super().score(np.ravel(data)[: len(data)])


class NotSaved(Good):
    def fit(self, data):
        self.rule = lambda value: value
        return super().fit(data)


class UpsideDown(Good):
    def score(self, data):
        return -super().score(data)


def test_a_good_detector_of_an_outsider_passes():
    assert broken_laws(Good) == ()


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (Changes, "input_unchanged"),
        (Forgets, "deterministic"),
        (Short, "one_finite_score_each"),
        (Infinite, "one_finite_score_each"),
        (NeedsMany, "few_points_give_zeros"),
        (TakesAll, "wrong_shapes_are_our_error"),
        (NotSaved, "saved_and_loaded_it_scores_the_same"),
        (UpsideDown, "higher_is_stranger"),
    ],
)
def test_a_broken_detector_is_caught(broken, law):
    assert law in [sentence.split(":")[0] for sentence in broken_laws(broken)]


@pytest.mark.parametrize("takes", ["series", "table"])
def test_the_sample_has_one_obvious_anomaly(takes):
    data = sample(takes)
    assert int(np.argmax(np.abs(data).reshape(len(data), -1).sum(axis=1))) == ODD
