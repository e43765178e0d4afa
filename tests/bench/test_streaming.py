"""Streams on a folder: both modes are ranked, alarms are judged where there is a clock, speeds are told."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bench import found
from anomaly_hunter.bench.kernels import fed, interval_of, kernel_of
from anomaly_hunter.bench.what import nab, speed, streaming
from anomaly_hunter.detect.online.profiles import kernels
from tests.bench.folders import write_all


def table(result, heading):
    return next(table.rows for table in result.tables if table.heading == heading)


def test_every_profile_is_ranked_at_once_and_with_lag_and_its_alarms_are_judged(tmp_path):
    write_all(tmp_path)
    result = streaming.measure(found(tmp_path, Asked(detectors=("light",))))
    assert {row["method"] for row in result.single} >= {"light, at once", "light, with lag"}
    assert table(result, "Cost")[0]["state_bytes"] <= 4_096
    alarms = table(result, "Alarms per source")
    at_once = [row for row in alarms if row["method"] == "light, at once"]
    later = [row for row in alarms if row["method"] == "light, with lag"]
    assert at_once
    assert sum(row["hits"] for row in at_once) >= 1
    for first, second in zip(at_once, later, strict=True):
        if first["hits"] and second["hits"]:
            assert second["median_delay_points"] > first["median_delay_points"]


def test_the_benchmark_of_numenta_takes_every_profile(tmp_path):
    write_all(tmp_path)
    asked = found(tmp_path, Asked(sources=("alpha",), detectors=("light",)))
    [row] = nab.measure(asked).tables[0].rows
    assert (row["method"], row["sees"]) == ("light", "each value once")
    assert 0 <= row["score"] <= 100


def test_the_interval_is_that_of_the_file():
    assert interval_of(np.array([0.0, 300.0, 600.0, 601.0, 1_000.0])) == 300.0
    assert interval_of(None) == interval_of(np.array([7.0, 7.0])) == 120.0


@pytest.mark.parametrize("name", kernels())
def test_the_last_points_get_a_final_score_of_their_own(name):
    value = np.random.default_rng(1).normal(size=600)
    value[590] = 60.0
    immediate, final = fed(kernel_of(name), value, None)
    assert len(final) == 600
    assert (immediate[-5:] != final[-5:]).all()
    assert final[580:].max() > 2 * np.median(final[300:500])


def test_speeds_of_streams_say_the_size_of_their_state():
    rows = {row["method"]: row for row in speed.streamed(points=400, repeats=1)}
    assert set(rows) == {*kernels(), "light, fleet"}
    assert rows["light"]["state_bytes"] == rows["light, fleet"]["state_bytes"] <= 4_096
    assert all(row["points_per_s"] > 0 for row in rows.values())
