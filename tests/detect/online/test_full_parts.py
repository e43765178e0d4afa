"""The parts of the full kernel, against slow and obvious twins."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.detect.online.full import FullKernel
from anomaly_hunter.detect.online.full_bank import Bank
from anomaly_hunter.detect.online.full_course import Course
from anomaly_hunter.detect.online.full_memory import KEEP, Memory
from anomaly_hunter.detect.online.full_views import COUNT, SIZE, STREAMS, VIEWS, described
from anomaly_hunter.detect.online.sketch import LogHistograms


def remembered(values):
    memory = Memory(3)
    for value in values:
        memory.append(float(value), missing=False)
    return memory


@pytest.mark.parametrize("steps", [700, 5_000])
def test_descriptions_are_means_and_differences_of_the_window_that_ends_here(steps):
    values = np.random.default_rng(1).normal(size=steps).astype(np.float32).astype(float)
    memory = remembered(values)
    found = described(memory.streams, memory.at)
    for row, view in enumerate(VIEWS):
        size, step = view.size, view.stride
        if view.stream in (0, 1, 2):
            twin = values[-view.width :].reshape(size, step).mean(axis=1)
        else:
            ends = values[::-1][::step][: size + 1][::-1]
            twin = np.diff(ends) / step
        assert np.allclose(found[row, :size], twin, atol=1e-6)
        assert not found[row, size:].any()


def test_a_memory_that_was_dumped_says_the_same():
    memory = remembered(np.random.default_rng(2).normal(size=3_000))
    memory.rebase(0.25, 0.5)
    again = Memory(3)
    again.load(memory.dump(lag=128, heights=150))
    end = memory.at + 1
    # The first rows lack what was before them; nothing looks that far.
    assert np.array_equal(again.streams[8:KEEP], memory.streams[end - KEEP + 8 : end])


def test_the_bank_gives_the_distance_to_the_nearest_member():
    generator = np.random.default_rng(3)
    bank, members = Bank(), []
    used = np.arange(bank.members.shape[2]) < SIZE[:, None]
    for _ in range(40):
        window = (generator.normal(size=used.shape) * used).astype(np.float32)
        bank.offer(window, np.ones(COUNT, bool))
        members.append(window)
    asked = (generator.normal(size=used.shape) * used).astype(np.float32)
    twin = [
        min(np.sqrt(((asked[v] - member[v]) ** 2).sum() / SIZE[v]) for member in members)
        for v in range(COUNT)
    ]
    assert np.allclose(bank.distance(asked), twin, rtol=1e-5)


def test_a_full_bank_keeps_young_and_old_windows():
    bank = Bank()
    used = (np.arange(bank.members.shape[2]) < SIZE[:, None]).astype(np.float32)
    for number in range(5_000):
        bank.offer(used * number, np.ones(COUNT, bool))
    ages = np.sort(bank.members[0, :, 0])
    assert ages[0] < 2_500
    assert ages[-1] > 4_500
    assert STREAMS == 6


def test_quantiles_of_the_sketch_are_close_to_the_true_ones():
    values = np.random.default_rng(4).lognormal(size=(20_000, 2))
    sketch = LogHistograms(2, most=1e5)
    for block in np.split(values, 100):
        sketch.add(block)
    true = np.quantile(values, [0.5, 0.8, 0.97], axis=0)
    assert np.allclose(sketch.quantiles((0.5, 0.8, 0.97)), true, rtol=0.07)
    sketch.rescale(slice(None), 4)
    assert np.allclose(sketch.quantiles((0.5, 0.8, 0.97)), 16 * true, rtol=0.07)


def test_the_course_learns_the_time_of_day():
    course = Course()
    for place in range(288 * 6):
        time_s = 300.0 * place
        value = 50.0 if (place % 288) // 12 in (8, 9) else 0.0
        said = course.forecasts(time_s)
        best = course.best(said)
        course.learn(value, time_s, said)
    assert said[2] == pytest.approx(0.0, abs=1.0)
    nine = 300.0 * (288 * 6 + 8 * 12)
    assert course.forecasts(nine)[2] == pytest.approx(50.0, abs=3.0)
    assert abs(best) < 5.0


def test_a_unit_that_was_guessed_far_off_is_corrected():
    generator = np.random.default_rng(5)
    quiet = 1e6 + 1e-3 * generator.normal(size=8)
    loud = 2e6 + 500.0 * generator.normal(size=1_500)
    loud[1_400] += 5_000
    kernel = FullKernel()
    scores = np.array([kernel.step(float(value), np.nan).score for value in [*quiet, *loud]])
    assert scores[1_408] >= 1.0
    assert (scores[600:1_408] >= 1.0).sum() <= 8


def test_the_band_covers_what_is_normal():
    generator = np.random.default_rng(6)
    values = 100 + 10 * np.sin(np.arange(4_000) * 2 * np.pi / 288) + generator.normal(size=4_000)
    kernel = FullKernel()
    steps = [kernel.step(float(value), 300.0 * place) for place, value in enumerate(values)]
    inside = [step.lower <= value <= step.upper for step, value in zip(steps, values, strict=True)]
    assert 0.92 <= np.mean(inside[1_000:]) <= 0.98


def test_an_exactly_repeating_series_is_quiet_until_the_pattern_breaks():
    values = np.tile([0.0, 1.0, 3.0, 1.0, 0.0, 0.0], 600)
    values[3_000:3_012] = values[3_000:3_012][::-1] * 0.5 + 1.0
    kernel = FullKernel()
    scores = np.array([kernel.step(float(value), np.nan).score for value in values])
    assert not (scores[:3_000] >= 1.0).any()
    assert (scores[3_000:3_016] >= 1.0).any()
