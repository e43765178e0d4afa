"""Many channels: what lies in the relation of two is found, and who carries it is named."""

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.detect.crowd import crowd_limit, limit_of
from anomaly_hunter.detect.crowd import memory as memory_of
from anomaly_hunter.detect.detectors.apart import Apart
from anomaly_hunter.detect.detectors.departure import Departure
from anomaly_hunter.detect.detectors.relation import Relation
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.stats.channels import scaled
from anomaly_hunter.stats.joint import joint_distance, own_distance
from anomaly_hunter.stats.ridge import residuals
from tests.detect.series.made import detect, series


def names(k):
    return tuple(f"c{i}" for i in range(k))


def machine(k, n=1000, seed=0):
    """Channels that follow five hidden courses, with noise of their own."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n + 2, 5))
    course = noise[2:] + noise[1:-1] + noise[:-2]
    return course @ rng.normal(size=(5, k)) + 0.3 * rng.normal(size=(n, k))


def first_hit(detection, start, stop):
    return next(a for a in detection.anomalies if a.start < stop and start < a.stop)


def test_of_a_hundred_channels_the_three_that_fail_are_named_first():
    value = machine(100)
    value[700:740, [7, 40, 81]] += 4.0 * value.std(axis=0)[[7, 40, 81]]
    detection = detect(series(value, channels=names(100)))
    found = first_hit(detection, 700, 740)
    assert {share.name for share in found.carriers[:3]} == {"c7", "c40", "c81"}
    assert 700 <= int(detection.score.argmax()) < 740
    assert len(detection.anomalies) <= 5


def test_two_channels_that_part_are_found_though_each_is_normal():
    rng = np.random.default_rng(3)
    value = rng.normal(size=(1500, 12))
    value[:, 4] = value[:, 9] + 0.1 * rng.normal(size=1500)
    value[1000:1060, 4] = rng.permutation(value[1000:1060, 4])
    detection = detect(series(value, channels=names(12)))
    found = first_hit(detection, 1000, 1060)
    assert {share.name for share in found.carriers[:2]} == {"c4", "c9"}


def test_contributions_add_up_to_the_score():
    value = machine(6, 400)
    detector = Relation().fit(value)
    total = detector.contributions(value).sum(axis=1)
    assert np.allclose(np.sqrt(total), detector.score(value))
    assert detector.contributions(value).shape == value.shape


def test_dead_empty_and_absurd_channels_do_no_harm():
    value = machine(6, 600)
    value[400:420, 1] += 12.0
    value[:, 2] = 7.0
    value[:, 3] = np.nan
    value[100:160, 4] = np.nan
    value[50, 5] = 1e308
    detection = detect(series(value, channels=names(6)))
    assert np.isfinite(detection.score).all()
    assert first_hit(detection, 400, 420).carriers[0].name == "c1"


def test_of_many_channels_only_those_that_contribute_get_a_band():
    value = machine(90, 300)
    value[200:215, 70] += 30.0
    detection = detect(series(value, channels=names(90)))
    wide = detection.upper[0] > detection.lower[0]
    assert wide.sum() == 64
    assert wide[70]
    assert first_hit(detection, 200, 215).carriers[0].name == "c70"


@pytest.mark.slow
def test_ten_thousand_channels_are_looked_at():
    value = np.random.default_rng(5).normal(size=(80, 10_000))
    value[60:64, 1234] += 40.0
    detection = detect(series(value, channels=names(10_000)))
    assert detection.score.shape == (80,)
    assert np.isfinite(detection.score).all()
    assert first_hit(detection, 60, 64).carriers[0].name == "c1234"


def test_a_detector_of_channels_can_be_chosen_by_name():
    value = machine(5, 1500)
    value[1000:1030, 2] += 15.0
    detection = detect(series(value, channels=names(5)), detectors=("departure",))
    assert detection.detectors == ("departure",)
    assert first_hit(detection, 1000, 1030).carriers[0].name == "c2"


def test_a_detector_of_channels_wants_points_by_channels():
    with pytest.raises(DataError, match="shape"):
        Relation().fit(np.zeros(9))
    with pytest.raises(DataError, match="infinite"):
        Relation().fit(np.full((9, 2), np.inf))


@pytest.mark.parametrize("distance", [joint_distance, own_distance])
def test_distances_are_those_of_the_obvious_loop(distance):
    value = np.random.default_rng(1).normal(size=(60, 3))
    fast = distance(value, 4, 25)
    for i in range(57):
        rows = [s for s in range(25) if abs(s - i) >= 4]
        gaps = np.array([np.square(value[i : i + 4] - value[s : s + 4]).mean(axis=0) for s in rows])
        slow = gaps[gaps.sum(axis=1).argmin()] if distance is joint_distance else gaps.min(axis=0)
        assert np.allclose(fast[i], np.sqrt(slow), atol=1e-5)


def test_residuals_by_either_inverse_are_the_same():
    value = np.random.default_rng(2).normal(size=(40, 9))
    rows = value[:20] - value[:20].mean(axis=0)
    inverse = np.linalg.inv(rows.T @ rows / 20 + (0.1 + 9 / 20) * np.eye(9))
    slow = (value - value[:20].mean(axis=0)) @ inverse / np.diag(inverse)
    assert np.allclose(residuals(value, 20), slow)
    wide = np.random.default_rng(2).normal(size=(12, 30))
    rows = wide - wide.mean(axis=0)
    inverse = np.linalg.inv(rows.T @ rows / 12 + (0.1 + 30 / 12) * np.eye(30))
    assert np.allclose(residuals(wide, 12), rows @ inverse / np.diag(inverse))


def test_one_absurd_value_does_not_blind_its_channel():
    value = np.random.default_rng(4).normal(size=(500, 1))
    value[20] = 1e300
    assert scaled(value)[20, 0] == 30.0
    assert 0.0 <= np.delete(scaled(value)[:, 0], 20).std() < 1.2


def test_one_channel_is_nothing_to_put_together():
    with pytest.raises(UsageError, match="several channels"):
        detect(series(np.arange(500.0)), detectors=("joint",))


def test_a_new_state_that_lasts_is_news_at_its_beginning_only():
    value = machine(8, 3000, seed=6)
    value[1500:, 2] += 6.0 * value.std(axis=0)[2]
    score = Apart().fit(value).score(value)
    assert score[1500:1600].max() > 1.5 * np.quantile(score[1800:], 0.97)
    detection = detect(series(value, channels=names(8)))
    found = first_hit(detection, 1450, 1560)
    assert found.carriers[0].name == "c2"
    assert len(detection.anomalies) <= 3


def test_a_strange_stretch_of_the_first_half_is_seen_beside_a_calm_second_half():
    value = machine(8, 3000, seed=7)
    value[600:900, 3] += 8.0 * value.std(axis=0)[3]
    score = Departure().fit(value).score(value)
    assert 600 <= int(score.argmax()) < 900
    assert np.median(score[650:850]) > 1.2 * np.quantile(score[1500:], 0.97)


@pytest.mark.parametrize("memory", [0.0, 0.9])
@pytest.mark.parametrize("n", [500, 1500])
def test_channels_in_which_nothing_happens_raise_no_alarm(memory, n):
    flagged = 0
    for seed in range(3):
        noise = np.random.default_rng(1000 + seed).normal(size=(n + 200, 30))
        for i in range(1, len(noise)):
            noise[i] += memory * noise[i - 1]
        flagged += bool(detect(series(noise[200:], channels=names(30))).anomalies)
    assert flagged <= 1


def test_a_spike_in_one_of_thirty_channels_is_found():
    value = np.random.default_rng(9).normal(size=(500, 30))
    value[350, 5] += 10.0
    found = first_hit(detect(series(value, channels=names(30))), 349, 352)
    assert found.carriers[0].name == "c5"


def test_an_incident_in_all_channels_is_found():
    value = np.random.default_rng(9).normal(size=(500, 30))
    value[350:370] += 5.0
    assert first_hit(detect(series(value, channels=names(30))), 350, 370)


def test_a_limit_of_a_slow_score_is_far_away():
    slow = np.abs(np.sin(np.arange(1500) / 200.0))
    fast = np.abs(np.random.default_rng(1).normal(size=20_000))
    assert memory_of(slow) > 50 > memory_of(fast)
    assert limit_of(slow, 0.1) > 2.0 * slow.max()
    assert limit_of(fast, 1.0) < 2.0 * fast.max()
    assert crowd_limit(np.zeros((100, 3)), 0.1) > 0


def test_explain_reads_a_channel_that_has_a_band():
    value = np.random.default_rng(0).normal(50.0, 2.0, (1_000, 200))
    value[600:610, 3] += 20.0
    told = ah.explain(value, "#603", kind="series")
    assert told.alarm
    assert told.actual == value[603, 3]
    assert told.lower < told.expected < told.upper < told.actual
