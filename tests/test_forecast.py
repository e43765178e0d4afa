"""`anomaly_hunter.forecast` reads what `hunt` reads."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.forecast import forecast
from anomaly_hunter.model import Series


def test_an_array_gives_one_forecast():
    (found,) = forecast([1.0, 2.0, 3.0, 2.0] * 20, horizon=4)
    assert found.expected == pytest.approx([1, 2, 3, 2], abs=0.01)
    assert found.forecaster == "seasonal"


def test_channels_are_forecast_one_by_one():
    x = np.column_stack([np.arange(60) % 4, np.arange(60) % 3]).astype(float)
    found = forecast(Series.of(x, name="pump", channels=("flow", "heat")), horizon=2)
    assert [one.series for one in found] == ["pump[flow]", "pump[heat]"]


def test_tickets_are_forecast_as_counts():
    days = np.repeat(np.arange(60), 3 + np.arange(60) % 7)
    tickets = {
        "created_at": [f"{np.datetime64('2026-01-05') + day}T09:00:00Z" for day in days],
        "subject": [f"cannot log in to the portal since this morning {i}" for i in range(len(days))],
        "queue": ["it" if i % 2 else "billing" for i in range(len(days))],
    }
    found = forecast(tickets, horizon=7, kind="tickets")
    assert found[0].series == "tickets"
    assert len(found) > 1
    assert found[0].expected == pytest.approx(3 + (np.arange(60, 67) % 7), abs=0.5)
    for one in found:
        assert (one.lower == np.round(one.lower)).all()
        assert (one.lower >= 0).all()


def test_a_series_that_is_too_short_has_a_note_and_the_others_a_forecast():
    table = {"long": np.arange(40) % 4 + 0.5, "short": [1.0, 2.5, *[np.nan] * 38]}
    long, short = forecast(table, horizon=2, value=["long", "short"], kind="series")[:2]
    assert len(long) == 2
    assert (len(short), "are needed" in short.note) == (0, True)


@pytest.mark.parametrize("data", [[1.0, 2.0], [float("nan")] * 20])
def test_too_little_is_our_error(data):
    with pytest.raises(DataError):
        forecast(data, horizon=3)


def test_an_unknown_forecaster_gets_similar_ones():
    with pytest.raises(UsageError, match="prophet"):
        forecast([1.0] * 20, horizon=3, forecaster="profet")


def test_constant_values_stay():
    (found,) = forecast([7.0] * 20, horizon=3)
    assert found.expected.tolist() == found.lower.tolist() == found.upper.tolist() == [7.0] * 3


def test_a_season_that_the_series_cannot_show_is_said_not_to_be_used():
    given = [20.0, 30, 25, 40] * 12
    assert "was not used" in forecast(given, horizon=4, seasonality=1_000)[0].note
    assert forecast(given, horizon=4, seasonality=4)[0].note == ""
