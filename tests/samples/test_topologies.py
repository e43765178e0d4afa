"""Generated topologies: the physics by hand on small meshes, and what the variants keep from view."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.semantics import metric_kind
from anomaly_hunter.samples.topologies.cases import Spec, topology_case
from anomaly_hunter.samples.topologies.faults import FAULTS, NO_SERVICE
from anomaly_hunter.samples.topologies.flow import Effects, simulate
from anomaly_hunter.samples.topologies.mesh import FAMILIES, Call, Mesh, Node, mesh
from anomaly_hunter.samples.topologies.spoiled import VARIANTS

ROWS = 40
LATE = np.concatenate((np.zeros(20), np.ones(20)))


def node(name, role="service", **more):
    given = {"own_s": 0.01, "spread": 1.0, "busy": 0.2, "pooled": 0.0, "failing": 0.0}
    return Node(name, role, **{**given, **more})


def ran(nodes, calls, **effects):
    """The state of a small mesh with ten requests per second at its first node."""
    demand = np.zeros((len(nodes), ROWS))
    demand[0] = 10.0
    memory = np.full((len(nodes), ROWS), 0.4)
    return simulate(Mesh(tuple(nodes), tuple(calls)), demand, memory, Effects(**effects), 60.0)


def grown(row):
    return float(row[-1] - row[0])


def test_waiting_adds_up_along_calls_that_wait():
    nodes, calls = [node("web"), node("api"), node("db")], [Call(0, 1), Call(1, 2, 2.0)]
    state = ran(nodes, calls, more_s={2: 0.1 * LATE})
    assert grown(state.mean_s[1]) == pytest.approx(2 * grown(state.mean_s[2]), rel=0.01)
    assert grown(state.mean_s[0]) == pytest.approx(grown(state.mean_s[1]), rel=0.01)


def test_calls_side_by_side_cost_the_longest_of_them():
    nodes = [node("web"), node("a"), node("b")]
    calls = [Call(0, 1, side_by_side=True), Call(0, 2, side_by_side=True)]
    state = ran(nodes, calls, more_s={1: 0.1 * LATE, 2: 0.05 * LATE})
    assert grown(state.mean_s[0]) == pytest.approx(grown(state.mean_s[1]), rel=0.01)


def test_failures_reach_callers_that_need_it_and_no_others():
    nodes = [node("web"), node("api"), node("extra")]
    needed = ran(nodes, [Call(0, 1), Call(0, 2)], fails={1: 0.3 * LATE})
    spared = ran(nodes, [Call(0, 1, needs=False), Call(0, 2)], fails={1: 0.3 * LATE})
    assert needed.failed[0, -1] == pytest.approx(0.3, abs=0.01)
    assert spared.failed[0, -1] < 0.001


def test_retries_hide_failures_and_amplify_load():
    nodes = [node("web"), node("api")]
    state = ran(nodes, [Call(0, 1, retries=2, budget=1.0)], fails={1: 0.5 * LATE})
    assert state.failed[0, -1] < 0.5
    assert state.rate[1, -1] > 1.4 * state.rate[1, 0]


def test_a_cache_masks_a_database_until_it_fails_itself():
    nodes = [node("web"), node("cache", "cache"), node("db", "database", busy=0.1)]
    calls = [Call(0, 1, needs=False), Call(0, 2, behind=1, hits=0.9)]
    masked = ran(nodes, calls, fails={2: 0.5 * LATE})
    broken = ran(nodes, calls, fails={1: LATE})
    assert masked.failed[0, -1] < 0.1
    assert broken.rate[2, -1] == pytest.approx(10 * broken.rate[2, 0], rel=0.1)


def test_a_queue_delays_and_its_producers_notice_nothing():
    nodes = [node("web"), node("topic", "queue"), node("worker", "worker", busy=0.5)]
    calls = [Call(0, 1), Call(1, 2, waits=False, needs=False)]
    state = ran(nodes, calls, more_s={2: 0.1 * LATE})
    assert grown(state.backlog_s[1]) > 60
    assert abs(grown(state.mean_s[0])) < 1e-6


def test_pools_fill_by_the_law_of_little():
    nodes = [node("web", pooled=0.1), node("db")]
    state = ran(nodes, [Call(0, 1)], more_s={1: 0.02 * LATE})
    slower = state.mean_s[0, -1] / state.mean_s[0, 0]
    assert state.pool[0, -1] == pytest.approx(slower * state.pool[0, 0], rel=0.02)


def test_less_capacity_means_more_waiting():
    state = ran([node("web", busy=0.4)], [], taken={0: 0.5 * LATE})
    assert state.busy[0, -1] == pytest.approx(0.8)
    assert state.mean_s[0, -1] > 2 * state.mean_s[0, 0]


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(5, 80), st.integers(0, 99))
def test_every_mesh_is_named_once_and_called_from_above(family, size, seed):
    made = mesh(family, size, np.random.default_rng(seed))
    names = [node.name for node in made.nodes]
    assert len(set(names)) == len(names)
    assert all(0 <= call.caller < call.callee < len(names) for call in made.calls)
    called = {call.callee for call in made.calls}
    assert all(node.role == "entry" or i in called for i, node in enumerate(made.nodes))


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_pages_somebody_and_tells_its_truth(fault):
    case = topology_case(Spec(fault, size=8, seed=2, rows=160))
    titles = {series.title for series in case.series}
    assert {alarm.title for alarm in case.alarms} <= titles
    assert bool(case.truth) == (fault not in NO_SERVICE)
    assert bool(case.event) == (fault == "deploy")
    assert case.truth <= set(case.graph.nodes)


def test_the_same_spec_gives_the_same_case():
    one, two = (topology_case(Spec("pool", size=8, seed=5, rows=160)) for _ in range(2))
    assert one.alarms == two.alarms
    assert all(np.array_equal(a.value, b.value) for a, b in zip(one.series, two.series, strict=True))


@pytest.fixture(scope="module")
def spoiled():
    return {v: topology_case(Spec("latency", v, "hub", 16, 4, rows=200)) for v in VARIANTS}


def test_edges_are_lost_added_or_all_gone(spoiled):
    whole = set(spoiled["as it is"].graph.edges)
    assert set(spoiled["40% of edges lost"].graph.edges) < set(whole)
    assert set(spoiled["wrong edges"].graph.edges) - whole
    assert spoiled["no graph"].graph is None


def test_of_a_hidden_root_nothing_is_known(spoiled):
    case = spoiled["hidden root"]
    (root,) = case.truth
    assert root not in case.graph.nodes
    assert all(series.labels["service"] != root for series in case.series)
    assert case.nearest


def test_requests_are_not_counted_where_they_are_not(spoiled):
    kinds = {metric_kind(s.name, s.unit) for s in spoiled["no counts"].series}
    assert "traffic" not in kinds
    assert "latency" in kinds


def test_a_short_baseline_is_short_and_alarms_keep_their_place(spoiled):
    case = spoiled["short baseline"]
    alarm = case.alarms[0]
    series = next(s for s in case.series if s.title == alarm.title)
    assert 30 <= alarm.start < 80
    assert series.value[alarm.start] > alarm.expected


def test_clocks_are_off_but_not_the_one_that_pages(spoiled):
    first = {s.labels["service"]: s.time[0] for s in spoiled["clocks off"].series}
    own = first[spoiled["clocks off"].alarms[0].service]
    assert own == spoiled["as it is"].series[0].time[0]
    assert any(time != own for time in first.values())
