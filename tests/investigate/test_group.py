"""Which anomalies end up in one incident."""

import numpy as np
import pytest

from anomaly_hunter.investigate.group import group
from anomaly_hunter.model import Dataset, Graph, Quality, Series
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


def test_a_surer_but_tiny_alarm_does_not_lead_what_is_bad():
    value = np.zeros(200)
    value[148] = 0.1
    blip = hourly(value, name="error_rate_pct", labels={"service": "api"})
    slow = hourly(np.r_[steady(150), steady(50) + 60.0], name="latency", labels={"service": "api"})
    pairs = (
        (blip, TrueSpan(148, 149, "spike", "up", 0.0, 0.0001)),
        (slow, span(150, 200, 60.0, "level shift")),
    )
    detections = tuple(detection_of(series, of) for series, of in pairs)
    assert detections[0].anomalies[0].score > detections[1].anomalies[0].score
    dataset = Dataset("d", "series", Quality(100.0, 1), "", (blip, slow))
    assert [a.subject for a in group(dataset, detections)[0]] == [slow.title, blip.title]


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


def shop(*abnormal, graph, measured="abcdefg", n=200):
    """Groups of services (as words) when these (service, start) are abnormal from then on."""
    starts = dict(abnormal)
    pairs = [(series("latency", service=s), *([span(starts[s], n)] if s in starts else [])) for s in measured]
    found = groups(*pairs, graph=graph)
    return sorted("".join(sorted(title[-2] for title, _ in members)) for members in found)


CHAIN = Graph((("a", "b"), ("b", "c"), ("c", "d")))
FORK = Graph((("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")))


def test_two_troubles_at_one_time_stay_two_when_only_a_normal_service_lies_between():
    assert shop(("b", 100), ("c", 100), graph=FORK) == ["b", "c"]


def test_a_service_that_looks_normal_still_hands_on_what_it_gets():
    assert shop(("a", 101), ("c", 100), graph=CHAIN) == ["ac"]


def test_services_that_are_not_measured_connect():
    assert shop(("a", 101), ("d", 100), graph=CHAIN, measured="ad") == ["ad"]


def test_two_normal_services_in_between_do_not_connect():
    assert shop(("a", 100), ("d", 100), graph=CHAIN) == ["a", "d"]


def test_a_cycle_and_a_service_that_calls_itself_do_no_harm():
    ring = Graph((("a", "b"), ("b", "a"), ("b", "b"), ("b", "c")))
    assert shop(("a", 102), ("b", 101), ("c", 100), graph=ring) == ["abc"]


def test_a_service_that_the_graph_does_not_know_goes_by_time():
    assert shop(("a", 100), ("g", 102), graph=CHAIN) == ["ag"]
    assert shop(("a", 100), ("g", 120), graph=CHAIN) == ["a", "g"]


def test_all_services_abnormal_are_one_incident_and_none_is_none():
    ring = Graph(tuple(zip("abcdefg", "bcdefga", strict=True)))
    assert shop(*((s, 100) for s in "abcdefg"), graph=ring) == ["abcdefg"]
    assert shop(graph=ring) == []


def test_a_small_alarm_long_before_a_large_one_is_not_its_beginning():
    small, large = series(service="a"), series(service="b")
    found = groups((small, span(60, 200, 9)), (large, span(150, 200, 90)), graph=CHAIN)
    assert len(found) == 2


def test_a_resource_that_fills_up_long_before_belongs_to_what_it_causes():
    pool, latency = series("pool_in_use", service="b"), series("latency", service="a")
    assert len(groups((pool, span(60, 200, 9)), (latency, span(150, 200, 90)), graph=CHAIN)) == 1


def test_a_late_symptom_belongs_to_the_strongest_that_still_lasts():
    cause, symptom = series(service="b"), series(service="a")
    assert len(groups((cause, span(60, 200, 90)), (symptom, span(150, 200, 9)), graph=CHAIN)) == 1


def test_a_chance_alarm_just_before_does_not_tear_an_incident_apart():
    chance = (series("chance"), span(96, 97, 9))
    real = [(series(f"s{i}"), span(100 + i, 120, 50 + i)) for i in range(5)]
    found = groups(chance, *real)
    assert {f"s{i}" for i in range(5)} <= {title for title, _ in found[0]}


def test_series_with_other_intervals_meet_in_time():
    coarse = hourly(steady(100), name="coarse", labels={"service": "b"})
    every_5_min = coarse.time[0] + np.arange(1200) * np.timedelta64(300, "s")
    fine = Series("fine", every_5_min, steady(1200), labels={"service": "a"})
    found = groups((fine, span(600, 700)), (coarse, span(50, 60)), graph=CHAIN)
    assert len(found) == 1


@pytest.mark.slow
def test_ten_thousand_abnormal_series_on_a_large_graph_are_grouped_within_their_parts():
    value = steady()
    names = [f"v{i}" for i in range(1000)]
    halves = [names[:500], names[500:]]
    edges = [
        (half[i], half[j]) for half in halves for i in range(500) for j in (2 * i + 1, 2 * i + 2) if j < 500
    ]
    detections = tuple(
        detection_of(hourly(value, name=f"s{i}", labels={"service": names[i % 1000]}), span(100, 110))
        for i in range(10_000)
    )
    dataset = Dataset("d", "series", Quality(100.0, 1), "", (), graph=Graph(tuple(edges)))
    assert [len(g) for g in group(dataset, detections)] == [5000, 5000]
