"""The gap between both ends of a call, and whose network explains the delayed calls."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.blame import blame
from anomaly_hunter.investigate.network import Edge, call_of, delayed, measured_edges
from anomaly_hunter.investigate.own_causes import own_causes, rises
from anomaly_hunter.investigate.told import told_case
from anomaly_hunter.model import Dataset, Detection, Quality, Series
from tests.investigate.making import steady

MINUTE = 60_000_000_000


def calls(slow, at=100, n=104, behind=0):
    """Both ends of each call in seconds; those in ``slow`` wait 50 ms more at the caller."""
    found = []
    for i, (a, b) in enumerate([("web", "cart"), ("web", "pay"), ("cart", "pay"), ("web", "ads")]):
        inner = steady(n, 0.010, 0.0005, seed=i)
        outer = inner + 0.002
        if (a, b) in slow:
            outer[at:] += 0.05
        for side, value, late in (("source", outer, 0), ("destination", inner, behind)):
            time = np.arange(n, dtype=np.int64) * MINUTE + late
            labels = {"source": a, "destination": b, "reporter": side}
            found.append(Series.of(value, time, name="latency_avg", unit="s", labels=labels))
    return found


def case_at(series, alerting, position=100):
    """A case on ``alerting`` whose onset is told."""
    plain = [Detection(s.title, np.zeros(len(s)), (), (), series=s) for s in series]
    data = Dataset("shop", "series", Quality(100.0, 0), "", tuple(series))
    moment = alerting.time[position]
    return told_case(data, plain, alerting, (moment, moment), alerting.time[-1])


def front():
    """The series that alerts."""
    time = np.arange(104, dtype=np.int64) * MINUTE
    value = np.r_[steady(100, 0.1, 0.003), np.full(4, 0.2)]
    return Series.of(value, time, name="latency_avg", unit="s", labels={"service": "web"})


@pytest.mark.parametrize("behind", [0, 1_000_000_000, -20_000_000_000])
def test_the_network_of_the_called_service_is_named_from_labels_alone(behind):
    series = [front(), *calls({("web", "pay"), ("cart", "pay")}, behind=behind)]
    found = blame(case_at(series, series[0]))
    assert found[0].state.service == "pay"
    assert found[0].how == "own cause"


def test_a_caller_whose_calls_are_all_slow_explains_them():
    edges = [Edge("web", name, 9.0, 9.0) for name in ("cart", "pay", "ads")]
    assert list(delayed([*edges, Edge("cart", "pay", 0.0, 0.0)])) == ["web"]


def test_one_slow_call_of_several_is_not_the_callers_network():
    edges = [Edge("web", "cart", 9.0, 9.0), Edge("web", "pay", 0.0, 0.0), Edge("web", "ads", 0.0, 0.0)]
    assert list(delayed(edges)) == ["cart"]


def test_a_call_is_read_from_labels_and_needs_two_ends():
    assert call_of(Series.of([1.0], labels={"caller": "a", "callee": "b"})) == ("a", "b")
    assert call_of(Series.of([1.0], labels={"caller": "a"})) is None
    assert call_of(Series.of([1.0], labels={"source": "a", "destination": "a"})) is None


def test_a_callee_that_is_measured_at_other_times_gives_no_gap():
    series = [front(), *calls({("web", "pay")}, behind=10 * 24 * 3600 * 1_000_000_000)]
    edges = measured_edges(case_at(series, series[0]).movements, series[0].time[100])
    assert max(edge.gap_z for edge in edges) == 0


names = st.sampled_from("abcde")


@given(st.lists(st.tuples(names, names, st.floats(0, 900)), max_size=15))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_every_delayed_call_touches_a_named_service_or_none_fits(given_edges):
    edges = [
        Edge(a, b, z, z) for a, b, z in {(a, b): (a, b, z) for a, b, z in given_edges if a != b}.values()
    ]
    found = delayed(edges)
    assert all(z >= 3.0 for z in found.values())
    strength = own_causes({}, found, edges, [(e.caller, e.callee) for e in edges])
    assert all(0.0 <= value <= 1.0 for value in strength.values())


def test_strength_rises_from_nothing_to_one():
    assert rises(0.0) == 0.0
    assert [rises(z) for z in (3, 6, 9)] == sorted(rises(z) for z in (3, 6, 9))
