"""The light kernel and its fleet: laws of one step, states as bytes, equality to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.detect.online.fleet import Fleet
from anomaly_hunter.detect.online.kernel import Kernel, Step
from anomaly_hunter.detect.online.light import LightKernel
from anomaly_hunter.errors import DataError, UsageError

NAN = float("nan")


def run(values: np.ndarray, kernel: LightKernel | None = None, time_s: float = NAN) -> list[Step]:
    kernel = kernel or LightKernel()
    return [kernel.step(value, time_s + 60.0 * i) for i, value in enumerate(values.tolist())]


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(100.0, 5.0, n)


def test_it_keeps_the_contract_and_four_kilobytes() -> None:
    kernel = LightKernel()
    assert isinstance(kernel, Kernel)
    run(noise(3000), kernel, 1.7e9)
    assert len(kernel.dump()) <= kernel.most_bytes == 4096


def test_a_spike_is_an_alarm_and_the_noise_around_it_is_not() -> None:
    values = noise(4000)
    values[3000] = 250.0
    score = np.array([step.score for step in run(values)])
    assert score[3000] > 1.0
    assert (score[200:3000] >= 1.0).sum() == 0


def test_the_first_values_of_a_thousand_series_are_no_alarms() -> None:
    fleet = Fleet(1_000, 60.0)
    values = np.random.default_rng(0).normal(size=(40, 1_000))
    assert sum(int((fleet.step(row).score >= 1.0).sum()) for row in values) == 0


def test_a_value_is_scored_before_it_is_learned_so_the_future_changes_nothing() -> None:
    values = noise(600)
    other = values.copy()
    other[400:] = 1e6
    np.testing.assert_array_equal(np.array(run(values)[:400]), np.array(run(other)[:400]))


def test_a_spike_is_not_learned() -> None:
    plain, spiked = LightKernel(), LightKernel()
    values = noise(2000)
    run(values, plain)
    run(values, spiked)
    before = spiked.step(100.0, NAN)
    spiked.step(1e9, NAN)
    after = [spiked.step(value, NAN) for value in noise(300, seed=1).tolist()][-1]
    assert after.upper - after.lower < 2.0 * (before.upper - before.lower)


def test_a_lasting_shift_is_confirmed_once_and_then_normal() -> None:
    values = noise(4000)
    values[2000:] += 200.0
    steps = run(values)
    shifts = [i for i, step in enumerate(steps) if step.shifted]
    assert len(shifts) == 1
    assert 2000 < shifts[0] < 2200
    assert np.mean([step.score >= 1.0 for step in steps[2600:]]) < 0.01


def test_a_missing_value_scores_nothing_and_is_not_learned() -> None:
    kernel = LightKernel()
    run(noise(500), kernel)
    step = kernel.step(NAN, NAN)
    assert (step.score, step.shifted) == (0.0, False)
    assert step.lower < step.expected < step.upper


def test_the_final_score_of_a_spike_comes_lag_steps_later_and_covers_it() -> None:
    values = noise(2000)
    values[1500] = 300.0
    steps = run(values)
    assert all(np.isnan(step.final) for step in steps[: LightKernel.lag])
    assert steps[1500 + LightKernel.lag].final > 3.0 * steps[1400].final


@pytest.mark.parametrize("value", [0.0, 1e308, -1e308, 5e-324, 2.0**63, np.inf])
def test_a_constant_of_any_size_is_no_alarm(value: float) -> None:
    assert all(step.score == 0.0 for step in run(np.full(300, value)))


def test_a_season_once_learned_is_part_of_the_score() -> None:
    minutes = np.arange(14 * 288)
    values = (
        100.0 + 50.0 * np.sin(2 * np.pi * minutes / 288) + np.random.default_rng(0).normal(0, 2, len(minutes))
    )
    shifted = values.copy()
    shifted[13 * 288 : 13 * 288 + 60] = values[13 * 288 + 144 : 13 * 288 + 204]
    kernel = LightKernel(interval_s=300.0)
    score = [kernel.step(v, 1.7e9 + 300.0 * i).score for i, v in enumerate(shifted.tolist())]
    assert max(score[13 * 288 : 13 * 288 + 60]) > 1.0


@settings(derandomize=True, max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=True, allow_infinity=True),
            st.sampled_from([0.0, -0.0, 1.0, 1e308, 5e-324, NAN]),
        ),
        min_size=1,
        max_size=200,
    )
)
def test_any_values_give_sound_steps_and_a_state_that_goes_on_to_the_last_bit(values: list[float]) -> None:
    kernel = LightKernel()
    for value in values:
        assert kernel.step(value, NAN).score >= 0.0
    again = LightKernel.load(kernel.dump())
    for value in values:
        assert repr(again.step(value, NAN)) == repr(kernel.step(value, NAN))
    assert again.dump() == kernel.dump()


def hostile(seed: int, n: int = 600, series: int = 9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, series)) * 10.0 ** np.arange(-4, series - 4)
    values[n // 2 :, 1] += 500.0
    values[n // 3, 2], values[n // 3 + 1, 2] = 1e308, -np.inf
    values[rng.random(n) < 0.2, 3] = NAN
    values[:, 4] = 3.0
    values[n // 2, 4] = 9.0
    values[: n // 4, 5] = NAN
    values[:, 6] = np.arange(n) % 10
    values[:, 7] *= 1e-310
    return values


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fleet_gives_to_the_last_bit_what_single_kernels_give(seed: int) -> None:
    values = hostile(seed)
    time_s = 1.7e9 + 300.0 * np.arange(len(values))[:, None] + 86_400.0 * np.arange(values.shape[1])
    time_s[::50, 0] = NAN
    fleet, singles = Fleet(values.shape[1], 300.0), [LightKernel(300.0) for _ in range(values.shape[1])]
    for value, time in zip(values, time_s, strict=True):
        said = np.array(fleet.step(value, time))
        alone = [kernel.step(value[place], time[place]) for place, kernel in enumerate(singles)]
        assert np.array_equal(said, np.array(alone).T, equal_nan=True)
    for place, kernel in enumerate(singles):
        assert fleet.dump_one(place) == kernel.dump()


def test_a_fleet_goes_on_from_its_bytes_and_from_those_of_a_kernel() -> None:
    values = hostile(3)
    fleet, kernel = Fleet(9), LightKernel()
    run(noise(700), kernel)
    for value in values[:300]:
        fleet.step(value)
    fleet.load_one(4, kernel.dump())
    again = Fleet.load(fleet.dump())
    for value in values[300:]:
        said, same = fleet.step(value), again.step(value)
        assert np.array_equal(np.array(said), np.array(same), equal_nan=True)
        assert np.array_equal(np.array(said)[:, 4], np.array(kernel.step(value[4], NAN)), equal_nan=True)
    assert again.dump() == fleet.dump()


def _damaged(state: bytes) -> list[bytes]:
    middle = len(state) // 2
    changed = state[:middle] + bytes([state[middle] ^ 1]) + state[middle + 1 :]
    other_version = state[:9] + b"\x63\x00" + state[11:]
    return [b"", b"AHKS", state[:-1], state + b"\0", changed, other_version, b"XXXX" + state[4:]]


@pytest.mark.parametrize("case", range(7))
def test_a_damaged_state_is_our_error(case: int) -> None:
    with pytest.raises(DataError, match="Cure"):
        LightKernel.load(_damaged(LightKernel().dump())[case])
    with pytest.raises(DataError, match="Cure"):
        Fleet.load(_damaged(Fleet(2).dump())[case])


def test_the_state_of_a_fleet_is_not_that_of_a_kernel() -> None:
    with pytest.raises(DataError, match="fleet"):
        LightKernel.load(Fleet(1).dump())


def test_wrong_calls_are_our_errors() -> None:
    with pytest.raises(UsageError):
        LightKernel(interval_s=0.0)
    with pytest.raises(UsageError):
        Fleet(0)
    with pytest.raises(UsageError):
        Fleet(2).step([1.0, 2.0, 3.0])


def test_ten_thousand_series_step_together_and_one_without_values_stays_silent() -> None:
    fleet = Fleet(10_000, 60.0)
    values = np.random.default_rng(0).normal(size=(60, 10_000))
    values[:, 5] = NAN
    values[:, 7] = 1e308
    for place, row in enumerate(values):
        said = fleet.step(row, 60.0 * place)
    assert np.isfinite(said.score).all()
    assert (said.score[5], said.score[7]) == (0.0, 0.0)
    assert np.isnan(said.expected[5])


def test_a_series_that_a_fleet_does_not_have_is_our_error() -> None:
    with pytest.raises(UsageError):
        Fleet(2).dump_one(2)
    with pytest.raises(UsageError):
        Fleet(2).load_one(-1, LightKernel().dump())


def test_a_fleet_takes_unix_seconds_and_datetime64_alike() -> None:
    one, two = Fleet(2, 3600.0), Fleet(2, 3600.0)
    begin = np.datetime64("2026-01-01T00:00:00", "ns")
    for hour in range(100):
        values = np.array([hour % 24.0, hour % 7.0])
        one.step(values, 1_767_225_600.0 + 3600.0 * hour)
        two.step(values, begin + np.timedelta64(hour, "h"))
    assert one.dump() == two.dump()


def test_what_is_no_number_of_a_fleet_is_our_error() -> None:
    fleet = Fleet(3)
    for values, times in [(["a", 1, 2], 0.0), ([1, 2, 3], "noon"), ([1, 2, 3], [1, 2]), (5, 0.0)]:
        with pytest.raises(UsageError):
            fleet.step(values, times)
    for series in (2.5, "3", None):
        with pytest.raises(UsageError):
            Fleet(series)
