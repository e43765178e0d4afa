"""Events are ranked by time, distance and kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.changes import kind_weight
from anomaly_hunter.investigate.suspects import suspects, time_weight
from anomaly_hunter.model import Event, Graph
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import START, hourly
from tests.investigate.cases import quick_case
from tests.investigate.making import steady

SPAN = TrueSpan(150, 200, "level shift", "up", 50.0, 1.0)


def event(hours_before, service="api", kind="deploy", title="v1", **labels):
    moment = START + np.timedelta64(int((150 - hours_before) * 3600e9), "ns")
    return Event(moment, kind, title, service, labels)


def ranked(*events, graph=None, name="latency", **labels):
    value = steady()
    value[150:] += 30
    return suspects(quick_case((hourly(value, name=name, labels=labels), SPAN), events=events, graph=graph))


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0.1, 1440))
@settings(derandomize=True, max_examples=80, deadline=None)
def test_a_longer_lag_never_weighs_more(one, other, step):
    near, far = sorted((one, other))
    assert time_weight(near, near + step, step) >= time_weight(far, far + step, step)
    assert 0.0 <= time_weight(far, far + step, step) <= 1.0


def test_an_event_after_the_first_abnormal_interval_is_no_suspect():
    assert ranked(event(-2.0), service="api") == ()
    assert ranked(event(-0.5), service="api")[0].score < ranked(event(0.5), service="api")[0].score


def test_nearer_in_time_is_first_on_equal_ground():
    found = ranked(event(5.0, title="old"), event(0.5, title="new"), service="api")
    assert [s.event.title for s in found] == ["new", "old"]


def test_the_same_service_beats_a_nearer_event_elsewhere():
    found = ranked(event(0.1, "other", title="other"), event(1.5, title="own"), service="api")
    assert found[0].event.title == "own"
    assert found[0].relation == "on api itself"


def test_what_it_calls_beats_who_calls_it():
    graph = Graph((("web", "api"), ("api", "db")))
    found = ranked(event(0.5, "web", title="web"), event(0.5, "db", title="db"), graph=graph, service="api")
    assert [s.event.title for s in found] == ["db", "web"]
    assert "1 call below api" in found[0].relation


def test_an_event_names_its_service_in_the_name_of_the_series():
    found = ranked(event(0.5, "checkout"), name="checkout_latency_ms")
    assert found[0].distance == 1.0


def test_shared_labels_tie_an_event_without_a_service():
    found = ranked(event(0.5, "", region="eu"), region="eu")
    assert found[0].relation == "on the same region"


def test_documentation_and_dependency_bumps_weigh_little():
    assert (
        kind_weight("deploy", "v2")
        > kind_weight("deploy", "bump dependency x")
        > kind_weight("deploy", "fix docs typo")
    )
    assert kind_weight("feature flag", "x") > kind_weight("holiday", "x")


def test_shares_leave_room_for_none_of_them():
    found = ranked(event(0.5), service="api")
    assert found[0].share == pytest.approx(1 / 1.12)


def test_a_series_without_a_clock_has_no_suspects_and_says_why():
    from anomaly_hunter.model import Series

    value = steady()
    value[150:] += 30
    case = quick_case((Series.of(value, name="x"), SPAN), events=(event(0.5),))
    assert suspects(case) == ()
    assert "no clock" in case.changed_before()[0].statement
