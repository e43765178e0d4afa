"""Blame flows down the calls, is conserved, and stays where nothing below explains it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.blame import blame, kept_shares
from anomaly_hunter.model import Graph
from anomaly_hunter.samples.cases import TrueSpan, sample_cases
from tests.builders import hourly
from tests.investigate.cases import case_of, quick_case
from tests.investigate.making import steady

names = st.sampled_from("abcdefgh")


@given(
    st.lists(st.tuples(names, names).filter(lambda e: e[0] != e[1]), max_size=20, unique=True),
    st.lists(st.floats(0, 100), min_size=8, max_size=8),
    st.sampled_from(["excess flow", "leaf first"]),
)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_shares_add_up_to_one_whatever_the_graph(edges, sizes, how):
    size = dict(zip("abcdefgh", sizes, strict=True))
    kept = kept_shares(edges, size, "a", how, dict.fromkeys(size, 0.0))
    assert sum(kept.values()) == pytest.approx(1.0)
    assert min(kept.values()) >= -1e-9


def test_excess_is_conserved_so_the_deepest_carrier_keeps_it():
    edges = [("web", "api"), ("api", "db")]
    kept = kept_shares(
        edges,
        {"web": 24.0, "api": 24.0, "db": 24.0},
        "web",
        "excess flow",
        dict.fromkeys(("web", "api", "db"), 0.0),
    )
    assert kept["db"] == pytest.approx(1.0)


def test_a_callee_explains_only_as_much_as_it_carries():
    kept = kept_shares(
        [("web", "db")], {"web": 100.0, "db": 25.0}, "web", "excess flow", {"web": 0.0, "db": 0.0}
    )
    assert kept == pytest.approx({"web": 0.75, "db": 0.25})


def test_a_full_pool_that_its_callee_fills_is_only_where_others_queue():
    calls, size = [("web", "api"), ("api", "db")], {"web": 40.0, "api": 100.0, "db": 25.0}
    plain = dict.fromkeys(size, 0.0)
    alone = kept_shares(calls, size, "web", "excess flow", plain)
    filled = kept_shares(calls, size, "web", "excess flow", plain, room={"api": 20.0})
    spare = kept_shares(calls, size, "web", "excess flow", plain, room={"api": 30.0})
    assert filled == pytest.approx({"web": 0.0, "api": 0.0, "db": 1.0})
    assert alone == spare == pytest.approx({"web": 0.0, "api": 0.75, "db": 0.25})


def test_a_resource_at_fault_holds_the_blame_back():
    edges, size = [("web", "db")], {"web": 20.0, "db": 20.0}
    without = kept_shares(edges, size, "web", "leaf first", {"web": 0.0, "db": 0.0})
    with_it = kept_shares(edges, size, "web", "leaf first", {"web": 30.0, "db": 0.0})
    assert without["db"] == pytest.approx(0.9, abs=0.01)
    assert with_it["web"] > 0.8


def shop(delays, graph=None, requests=True):
    """Services with latency (and requests); delay in ms from hour 150 on."""
    pairs = []
    for i, (service, delay) in enumerate(delays.items()):
        value = steady(200, 100.0, 2.0, seed=i)
        value[150:] += delay
        span = TrueSpan(150, 200, "level shift", "up", 100.0, 2.0) if delay else None
        pairs.append((hourly(value, name="latency_ms", labels={"service": service}), span))
        if requests:
            calls = hourly(steady(200, 500.0, 5.0, seed=90 + i), name="requests", labels={"service": service})
            pairs.append((calls, None))
    return quick_case(*pairs, graph=Graph(graph) if graph is not None else None)


CALLS = (("web", "api"), ("api", "db"), ("web", "cache"))


def test_the_service_that_carries_the_excess_is_first():
    found = blame(shop({"web": 80.0, "api": 80.0, "db": 80.0, "cache": 0.0}, CALLS))
    assert found[0].state.service == "db"
    assert found[0].how == "excess flow"
    assert found[0].path == ("web", "api", "db")
    assert found[0].share > 0.9


def test_without_requests_it_goes_by_deviations_and_says_so():
    found = blame(shop({"web": 80.0, "api": 80.0, "db": 80.0, "cache": 0.0}, CALLS, requests=False))
    assert found[0].state.service == "db"
    assert found[0].how == "leaf first"


def test_a_call_that_the_graph_misses_is_bridged():
    found = blame(shop({"web": 80.0, "api": 0.0, "db": 80.0, "cache": 0.0}, CALLS))
    assert found[0].state.service == "db"


def test_latency_without_a_graph_is_never_blamed():
    assert blame(shop({"web": 80.0, "api": 80.0})) == ()


def test_a_service_outside_the_graph_gets_no_blame():
    assert blame(shop({"web": 80.0}, (("x", "y"),))) == ()


def test_callers_and_callees_are_told_with_their_state():
    case = case_of(sample_cases()["deep-fault"])
    assert "payment (mean_latency_ms +4" in case.callers().statement
    assert case.callees().statement == "ledger calls nobody"
    assert case.siblings().numbers["stayed"] == 10


def test_who_moved_first_needs_a_strict_order():
    def started(at, service):
        value = steady(200, 100.0, 2.0)
        value[at:] += 80
        return hourly(value, name="cpu", labels={"service": service}), TrueSpan(
            at, 200, "level shift", "up", 100.0, 2.0
        )

    apart = quick_case(started(150, "web"), started(146, "db"), graph=Graph((("web", "db"),)))
    assert apart.moved_first().numbers["strictly"] is True
    assert "cpu of db moved first, 4 h before" in apart.moved_first().statement
    close = quick_case(started(150, "web"), started(150, "db"), graph=Graph((("web", "db"),)))
    assert close.moved_first().numbers["strictly"] is False


def availability(service, lost, at=150):
    """Availability in percent, always 100 until ``lost`` percent of 200 requests fail; and the requests."""
    value = np.full(200, 100.0)
    value[at:] -= lost
    span = TrueSpan(at, 200, "level shift", "down", 100.0, 0.0) if lost else None
    labels = {"service": service}
    requests = hourly(np.full(200, 200.0), name="requests", labels=labels)
    return (hourly(value, name="availability", unit="%", labels=labels), span), (requests, None)


def test_failures_are_counted_where_success_has_no_spread_of_its_own():
    pairs = [*availability("web", 6.0), *availability("api", 6.0), *availability("db", 6.0)]
    found = blame(quick_case(*pairs, graph=Graph(CALLS)))
    assert found[0].state.service == "db"
    assert found[0].how == "excess flow"
    assert found[0].state.unit == "failures"
    assert found[0].state.excess == pytest.approx(12.0)


def test_an_alarm_on_failures_is_not_explained_by_waiting():
    slow = steady(200, 100.0, 2.0)
    slow[150:] += 80
    waiting = hourly(slow, name="latency_ms", labels={"service": "cache"})
    pairs = [
        *availability("web", 20.0),
        *availability("db", 20.0),
        (waiting, None),
        *availability("cache", 0.0),
    ]
    found = blame(quick_case(*pairs, graph=Graph((("web", "db"), ("web", "cache")))))
    assert found[0].state.service == "db"
    assert all(b.state.service != "cache" for b in found)


def test_a_service_that_hardly_moved_itself_passes_no_blame_on():
    pairs = [
        (hourly(steady(200, 100.0, 2.0), name="latency_ms", labels={"service": "web"}),
         TrueSpan(150, 160, "odd shape", "up", 100.0, 20.0)),
        (hourly(np.r_[steady(150, 100.0, 2.0), steady(50, 180.0, 2.0)], name="latency_ms",
                labels={"service": "db"}), None),
    ]  # fmt: skip
    case = quick_case(*pairs, graph=Graph((("web", "db"),)))
    assert case.service == "web"
    assert blame(case) == ()


def test_cycles_end():
    case = shop({"web": 80.0, "api": 80.0, "db": 80.0}, (("web", "api"), ("api", "db"), ("db", "web")))
    assert sum(b.share for b in blame(case)) <= 1.0 + 1e-9


def test_a_thousand_services_are_no_wait():
    rng = np.random.default_rng(1)
    services = [f"s{i}" for i in range(1000)]
    edges = [(services[a], services[b]) for a, b in rng.integers(0, 1000, (5000, 2)) if a < b]
    size = {s: float(v) for s, v in zip(services, rng.gamma(2, 1, 1000), strict=True)}
    kept = kept_shares(edges, size, "s0", "excess flow", dict.fromkeys(services, 0.0))
    assert sum(kept.values()) == pytest.approx(1.0)
