"""An incident that lasts is no spike."""

from __future__ import annotations

import numpy as np

import anomaly_hunter as ah


def test_an_uneven_rise_that_still_lasts_at_the_end_is_a_level_shift():
    rng = np.random.default_rng(4)
    value = rng.normal(10, 1, 100)
    value[85:] = rng.uniform(25, 90, 15)
    [anomaly] = ah.hunt(value).anomalies
    assert anomaly.shape in ("level shift", "drift")
    assert anomaly.ongoing


def test_two_values_among_hundreds_of_gaps_say_nothing():
    value = np.full(600, np.nan)
    value[::60] = 5.0
    value[-1] = 900.0
    found = ah.hunt(value)
    assert found.anomalies == ()
    assert "too few" in found.detections[0].note
