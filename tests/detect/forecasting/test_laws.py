"""Every forecaster of ours keeps the laws, and the laws catch those that do not."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter import registry
from anomaly_hunter.detect.forecasters.seasonal import Seasonal
from anomaly_hunter.detect.forecasting.contract import Forecaster
from anomaly_hunter.detect.forecasting.history import read_history
from anomaly_hunter.detect.forecasting.laws import broken_laws
from anomaly_hunter.detect.forecasting.packages import missing
from anomaly_hunter.errors import MissingExtraError
from anomaly_hunter.model import Series

OURS = {given.name: given for given in registry.each("forecasters")}
HEAVY = sorted(set(OURS) - {"seasonal"})


def made(name):
    """The class, or a skip where its package is missing."""
    absent = missing(OURS[name])
    if absent:
        pytest.skip(f"{' and '.join(absent)} not installed")
    return OURS[name]


def test_there_are_four_and_each_keeps_the_contract():
    assert sorted(OURS) == ["arima", "lightgbm", "prophet", "seasonal"]
    assert isinstance(Seasonal(), Forecaster)


def test_the_built_in_one_keeps_the_laws():
    assert broken_laws(Seasonal) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_those_of_other_packages_keep_the_laws(name):
    assert broken_laws(made(name)) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_other_packages_write_nothing(name, capfd):
    made(name)().fit(np.sin(np.arange(80.0))).predict(3)
    assert capfd.readouterr() == ("", "")


def history(n=240, later=0.0):
    t = np.arange(n)
    value = np.sin(t * 2 * np.pi / 24) + 0.1 * np.random.default_rng(0).normal(size=n)
    value[200:] += later
    return read_history(Series.of(value), 24)


def looks_ahead(kind):
    """Whether what is expected from origins before 200 changes with values from 200 on."""
    plain, other = history(), history(later=50.0)
    other = replace(other, value=np.where(np.arange(240) < 200, plain.value, other.value))
    origins, steps = np.array([150, 180, 199]), np.array([1, 2, 5, 24])
    expected = [kind().learn(given, 150, 24).ahead(origins, steps) for given in (plain, other)]
    return not np.array_equal(*expected)


def test_the_built_in_one_never_looks_ahead():
    assert not looks_ahead(Seasonal)


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_those_of_other_packages_never_look_ahead(name):
    assert not looks_ahead(made(name))


class Wizard(Seasonal):
    """Needs what nobody has."""

    name = "wizard"
    packages = ("no_such_package",)


def test_a_missing_package_is_our_error_with_the_cure():
    with pytest.raises(MissingExtraError, match=r"no_such_package.*pip install 'anomaly-hunter\[forecast\]'"):
        Wizard()


class Upside(Seasonal):
    """Bounds the wrong way round."""

    def predict(self, horizon, level=0.95):
        found = super().predict(horizon, level)
        return replace(found, lower=found.upper, upper=found.lower)


class Narrows(Seasonal):
    """Surer of what is farther away."""

    def predict(self, horizon, level=0.95):
        found = super().predict(horizon, level)
        return replace(found, lower=found.lower[::-1].copy(), upper=found.upper[::-1].copy())


class Moody(Seasonal):
    """Another answer each time."""

    times = 0

    def predict(self, horizon, level=0.95):
        Moody.times += 1
        found = super().predict(horizon, level)
        return replace(found, upper=found.upper + Moody.times)


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (Upside, "keeps_its_shape"),
        (Narrows, "never_narrower_with_the_horizon"),
        (Moody, "deterministic"),
    ],
)
def test_a_broken_forecaster_is_caught(broken, law):
    assert law in [sentence.split(":")[0] for sentence in broken_laws(broken)]


def test_forecasters_are_detectors_by_their_names():
    assert registry.lookup("detectors", "seasonal") is registry.lookup("forecasters", "seasonal")
    assert set(OURS) <= set(registry.names("detectors"))
    entry = next(e for e in registry.describe("detectors") if e.name == "seasonal")
    assert (entry.takes, entry.installed) == ("series", True)


def test_looking_them_up_imports_nothing_heavy():
    import subprocess

    code = (
        "import sys; from anomaly_hunter import registry; registry.describe('forecasters')\n"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"statsmodels", "lightgbm", "prophet", "pandas", "scipy"}.isdisjoint(done.stdout.split())
