"""One order from many scores."""

import numpy as np
import pytest

from anomaly_hunter.detect.detectors.flat import Flat
from anomaly_hunter.detect.detectors.motion import Motion
from anomaly_hunter.detect.detectors.nearest import Nearest
from anomaly_hunter.detect.detectors.residual import Residual
from anomaly_hunter.detect.profile import profile
from anomaly_hunter.detect.ranking import ranked


def noise(n=3_000, seed=0):
    return np.random.default_rng(seed).normal(size=n)


def test_what_one_alone_sees_far_out_ranks_above_what_all_see_a_little():
    one, other = np.abs(noise(seed=1)), np.abs(noise(seed=2))
    one[100], other[100] = 30.0, 0.0
    one[200] = other[200] = 5.0
    order = ranked([(Nearest(), one), (Motion(), other)])
    assert order[100] > order[200] > np.median(order)


def test_the_unit_of_a_score_does_not_matter():
    one, other = np.abs(noise(seed=3)), np.abs(noise(seed=4))
    plain = ranked([(Nearest(), one), (Motion(), other)])
    assert ranked([(Nearest(), 1e6 * one), (Motion(), other)]) == pytest.approx(plain)


def test_a_score_of_single_points_is_spread_over_those_around():
    score = np.zeros(3_000)
    score[500] = 1.0
    order = ranked([(Residual(), score)])
    assert np.flatnonzero(order).tolist() == list(range(500 - 8, 500 + 8))


def test_detectors_that_mean_something_over_their_boundary_only_have_no_say_beside_others():
    score, runs = np.abs(noise(seed=5)), np.zeros(3_000)
    runs[700:800] = 3.0
    assert (ranked([(Nearest(), score), (Flat(), runs)]) == ranked([(Nearest(), score)])).all()
    assert ranked([(Flat(), runs)])[750] > 0


@pytest.mark.parametrize("n", [5, 40, 2_000])
def test_nothing_strange_ranks_nothing(n):
    assert not ranked([(Nearest(), np.zeros(n)), (Residual(), np.zeros(n))]).any()


def test_a_long_series_is_seen_by_windows_of_its_season_and_its_beat():
    value = np.sin(np.arange(9_000) * 2 * np.pi / 500) + 0.1 * noise(9_000)
    detector = Nearest.for_profile(profile(value, period=500))
    assert (detector.widths, detector.beat, detector.weight) == ((16, 256, 500), True, 4.0)


def test_a_short_series_is_seen_by_one_window_as_it_is():
    detector = Nearest.for_profile(profile(noise(200)))
    assert (detector.widths, detector.beat, detector.level) == ((10,), False, 1.0)
