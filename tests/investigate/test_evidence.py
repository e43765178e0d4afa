"""One floored scale: constant series, few requests, short baselines, shares of a limit."""

import numpy as np
import pytest

from anomaly_hunter.investigate.blame import blame
from anomaly_hunter.investigate.evidence import node_states
from anomaly_hunter.investigate.movement import at_onset, movements
from anomaly_hunter.model import Detection, Graph, Series
from tests.investigate.making import steady

MINUTE = 60_000_000_000
PLAIN = np.array([[0.01, 0.0, 0.0]])


def series(value, name, service="web", unit="", **labels):
    """One series of a service, a value per minute."""
    time = np.arange(len(value), dtype=np.int64) * MINUTE
    return Series.of(value, time, name=name, unit=unit, labels={"service": service, **labels})


def states_at(position, *given, unit=""):
    """States of all services from ``position`` on."""
    time = given[0].time
    plain = [Detection(s.title, np.zeros(len(s)), (), (), series=s) for s in given]
    return node_states(movements(plain, time[position], time[-1], ()), unit)


def stepped(base, extra, at=100, n=104, seed=0):
    """Steady values with a step."""
    value = steady(n, base, 0.02 * base, seed=seed)
    value[at:] += extra
    return value


def test_the_scale_is_the_interquartile_range_that_a_plain_loop_gives():
    value = steady(202, 50.0, 3.0)
    state = at_onset(value[:, None], 200, PLAIN)[0]
    low, q25, q75, high = np.quantile(value[:200], (0.05, 0.25, 0.75, 0.95))
    spread = max((q75 - q25) / 1.349, (high - low) / 3.29)
    assert state.spread == pytest.approx(spread)
    assert state.scale == pytest.approx(spread * (1 + (12.7 / 200) ** 1.5))
    assert state.after == pytest.approx(value[200:].mean())


def test_a_short_baseline_is_trusted_less():
    value = np.r_[np.tile([9.0, 10.0, 11.0], 4), 20.0, 20.0]
    short = at_onset(value[:, None], 12, PLAIN)[0]
    long = at_onset(np.r_[np.tile([9.0, 10.0, 11.0], 40), 20.0, 20.0][:, None], 120, PLAIN)[0]
    assert 0 < short.z < 0.6 * long.z


def test_an_earlier_outage_in_a_short_baseline_does_not_hide_the_next_one():
    value = np.r_[np.tile([9.0, 10.0, 11.0], 5), [90.0, 95.0, 99.0], np.tile([10.0, 11.0], 3), 95.0, 95.0]
    assert at_onset(value[:, None], 24, PLAIN)[0].z > 20


def test_one_failure_is_the_unit_where_availability_is_always_whole():
    available = np.full(104, 100.0)
    available[100:] = 98.0
    requests = series(np.full(104, 100.0), "requests")
    state = states_at(100, series(available, "availability", unit="%"), requests)["web"]
    assert state.z == pytest.approx(4.0)  # two failures in each of two points, one is the unit
    assert state.whole == pytest.approx(2.0)


def test_few_requests_say_less_than_many():
    available = np.full(104, 100.0)
    available[100:] = 90.0
    few, many = (
        states_at(100, series(available, "availability", unit="%"), series(np.full(104, n), "requests"))[
            "web"
        ].z
        for n in (10.0, 1000.0)
    )
    assert few < 3 < 5 < many


def test_a_rate_of_requests_is_counted_per_point():
    slow = series(stepped(0.1, 0.4), "latency_avg", unit="s")
    count, rate = (
        states_at(100, slow, series(np.full(104, value), name))["web"].excess
        for value, name in ((600.0, "requests"), (10.0, "requests_per_second"))
    )
    assert count == pytest.approx(rate)
    assert count == pytest.approx(0.4 * 600, rel=0.1)


def test_milliseconds_and_seconds_come_to_the_same():
    requests = series(np.full(104, 50.0), "requests")
    one = states_at(100, series(stepped(0.1, 0.4), "latency_avg", unit="s"), requests)["web"]
    other = states_at(100, series(1e3 * stepped(0.1, 0.4), "latency_avg", unit="ms"), requests)["web"]
    assert one.excess == pytest.approx(other.excess)


def test_a_mean_is_preferred_to_percentiles_and_only_means_add_up():
    requests = series(np.full(104, 50.0), "requests")
    both = [series(stepped(0.1, 0.4), "latency_avg"), series(stepped(0.3, 9.0), "latency_p99"), requests]
    assert states_at(100, *both)["web"].symptom == "latency_avg"
    assert np.isnan(states_at(100, both[1], requests)["web"].excess)


def test_a_share_of_the_limit_speaks_before_the_amount_and_needs_more_than_a_few_points():
    tiny = [series(stepped(0.4, 1.5), "cpu_pct"), series(stepped(2.0, 8.0), "cpu_millicores")]
    assert states_at(100, *tiny)["web"].resource_z < 3
    real = [series(stepped(20.0, 60.0), "cpu_pct"), series(stepped(2.0, 8.0), "cpu_millicores")]
    assert states_at(100, *real)["web"].resource_z > 8


def test_the_room_of_a_full_pool_is_what_would_have_filled_it():
    slow, requests = (
        series(stepped(0.1, 0.4), "latency_avg", unit="s"),
        series(np.full(104, 50.0), "requests"),
    )
    full = states_at(100, slow, requests, series(stepped(10.0, 88.0), "pool_used_pct"))["web"]
    assert full.room == pytest.approx(0.1 * 50 * (100 / 10 - 1), rel=0.1)
    assert states_at(100, slow, requests, series(stepped(10.0, 40.0), "pool_used_pct"))["web"].room == np.inf
    assert states_at(100, slow, requests)["web"].room == np.inf


def test_what_was_high_already_is_no_step():
    value = stepped(20.0, 60.0, at=90)
    assert states_at(100, series(value, "cpu_pct"))["web"].resource_z < 1


def test_latencies_of_zero_are_not_measured():
    value = np.where(np.arange(104) % 2, 0.0, stepped(0.1, 0.4))
    assert states_at(100, series(value, "latency_avg"))["web"].z > 10


def test_one_value_after_the_onset_is_enough_and_none_is_unknown():
    value = stepped(20.0, 60.0, at=100, n=101)
    assert states_at(100, series(value, "cpu_pct"))["web"].resource_z > 8
    gone = np.r_[value[:100], np.nan]
    assert states_at(100, series(gone, "cpu_pct"))["web"].resource_z == 0


def test_all_services_of_a_broken_shop_and_none_of_a_calm_one():
    graph = Graph((("web", "api"), ("api", "db"), ("db", "web"), ("web", "web"), ("nobody", "web")))
    from tests.investigate.test_blame import shop

    assert blame(shop({"web": 80.0, "api": 80.0, "db": 80.0}, graph.edges))
    assert blame(shop({"web": 1e-9, "api": 0.0, "db": 0.0}, graph.edges)) == ()


@pytest.mark.parametrize("value", [1e308, 5e-324, 2.0**63, np.nan, 0.0, -1e308])
def test_no_value_warns_or_breaks(value):
    column = np.full(104, value)
    column[102] = 1.0
    for state in at_onset(column[:, None], 100, PLAIN):
        assert np.isnan(state.z) or abs(state.z) <= 999.0
    states_at(
        100, series(np.abs(column), "latency_avg"), series(column, "requests"), series(column, "availability")
    )
