"""Which anomalies end up in one incident."""

import numpy as np

from anomaly_hunter.investigate.group import group
from anomaly_hunter.model import Dataset, Graph, Quality
from anomaly_hunter.samples.cases import TrueSpan, sample_cases
from tests.builders import hourly, table_hunt
from tests.investigate.cases import case_of, detection_of
from tests.investigate.making import steady


def groups(*pairs, graph=None):
    detections = tuple(detection_of(series, *spans) for series, *spans in pairs)
    dataset = Dataset("d", "series", Quality(100.0, 1), "", tuple(p[0] for p in pairs), graph=graph)
    return [{(a.subject, a.start) for a in anomalies} for anomalies in group(dataset, detections)]


def span(start, stop, height=9.0, shape="spike"):
    return TrueSpan(start, stop, shape, "up", 50.0 - height, 1.0)


def series(name="latency", **labels):
    return hourly(steady(), name=name, labels=labels)


def test_series_that_begin_together_are_one_incident():
    found = groups((series("a"), span(100, 110)), (series("b"), span(102, 108)))
    assert len(found) == 1


def test_series_without_a_tie_that_begin_apart_are_two():
    found = groups((series("a"), span(100, 150)), (series("b"), span(120, 125)))
    assert len(found) == 2


def test_a_chain_of_chance_alarms_does_not_become_one_incident():
    found = groups(*((series(f"s{i}"), span(20 + 4 * i, 22 + 4 * i)) for i in range(20)))
    assert len(found) > 5


def test_one_service_is_one_incident_also_when_the_cause_began_long_before():
    memory, latency = series("memory", service="api"), series("latency", service="api")
    assert len(groups((memory, span(50, 200)), (latency, span(150, 200)))) == 1


def test_the_graph_ties_services_and_keeps_strangers_apart():
    a, b, c = (series(service=s) for s in "abc")
    graph = Graph((("a", "b"), ("c", "d")))
    found = groups((a, span(100, 120)), (b, span(110, 130)), (c, span(100, 120)), graph=graph)
    assert sorted(map(len, found)) == [1, 2]


def test_two_spans_of_one_series_are_joined_by_two_intervals_not_by_ten():
    assert len(groups((series(), span(100, 102), span(103, 104)))) == 1
    assert len(groups((series(), span(100, 102), span(115, 116)))) == 2


def test_the_highest_score_leads_and_the_worst_group_comes_first():
    dataset = Dataset("d", "series", Quality(100.0, 1), "", ())
    detections = (
        detection_of(series("mild"), span(20, 25, 9)),
        detection_of(series("worse"), span(100, 105, 60)),
        detection_of(series("beside"), span(101, 105, 20)),
    )
    found = group(dataset, detections)
    assert [[a.subject for a in anomalies] for anomalies in found] == [["worse", "beside"], ["mild"]]


def test_all_odd_rows_of_a_table_are_one_incident():
    hunt = table_hunt()
    found = group(hunt.dataset, hunt.detections)
    assert [len(anomalies) for anomalies in found] == [2]


def test_nothing_found_gives_no_group():
    dataset = Dataset("d", "series", Quality(100.0, 1), "", ())
    assert group(dataset, ()) == ()
    assert group(dataset, (detection_of(series()),)) == ()


def test_the_order_of_detections_does_not_matter():
    case = case_of(sample_cases()["deep-fault"])
    backwards = tuple(reversed(case.detections))
    assert group(case.dataset, backwards) == group(case.dataset, case.detections)


def test_two_thousand_series_of_fifty_services_that_begin_together_are_one_incident():
    value = steady()
    detections = tuple(
        detection_of(hourly(value, name=f"s{i}", labels={"service": f"v{i % 50}"}), span(100, 110))
        for i in range(2000)
    )
    dataset = Dataset("d", "series", Quality(100.0, 1), "", ())
    assert [len(g) for g in group(dataset, detections)] == [2000]


def test_every_anomaly_is_in_exactly_one_group():
    rng = np.random.default_rng(5)
    pairs = []
    for i in range(30):
        starts = np.sort(rng.choice(np.arange(0, 190, 6), 4, replace=False))
        labels = {"service": f"v{i % 4}"} if i % 2 else {}
        pairs.append((series(f"s{i}", **labels), *(span(int(s), int(s) + 3) for s in starts)))
    found = groups(*pairs, graph=Graph((("v1", "v3"),)))
    assert sum(map(len, found)) == 120
    assert len(set.union(*found)) == 120
