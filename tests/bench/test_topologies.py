"""hunter bench topologies: answers held against the truth, on small meshes."""

import pytest

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.incidents import (
    alerting_first,
    answer_of,
    case_of,
    detected,
    rank_of,
    strangest_first,
    traversed,
    undetected,
    verdict_of,
)
from anomaly_hunter.bench.what.topologies import Asking, bins, calibration_error, costs, has, specs
from anomaly_hunter.samples.topologies.cases import Spec, topology_case
from anomaly_hunter.samples.topologies.mesh import HELD_FAMILIES

SMALL = Spec("latency", size=8, seed=3, rows=200)


@pytest.fixture(scope="module")
def given():
    return topology_case(SMALL)


def test_what_is_told_leads_the_case_and_the_fault_is_found(given):
    case = case_of(given, undetected(given), "given")
    verdict, ms = verdict_of(case)
    answer = answer_of(given, case, verdict)
    assert case.lead.subject == given.alarms[0].title
    assert answer.places
    assert ms > 0


def test_detection_finds_the_alarm_by_itself(given):
    case = case_of(given, detected(given), "detected")
    assert any(anomaly.subject == given.alarms[0].title for anomaly in case.anomalies)


def test_the_methods_beside_it_rank_services_of_the_case(given):
    case = case_of(given, undetected(given), "given")
    known = {series.labels["service"] for series in given.series}
    for rank in (alerting_first, strangest_first, traversed):
        assert set(rank(case)) <= known
    assert alerting_first(case)[0] == given.alarms[0].service


def test_a_rank_is_that_of_the_first_right_place():
    assert rank_of({"b", "c"}, ["a", "b", "c"]) == 2
    assert rank_of({"x"}, ["a"]) == 0


def test_one_row_for_each_onset():
    rows = Asking()(SMALL)
    assert [row["onset"] for row in rows] == ["given", "detected"]
    assert all(set(rows[0]) == set(row) for row in rows)


def test_a_bin_holds_what_was_stated_in_it():
    rows = [{"confidence": 0.95, "right": True}, {"confidence": 0.31, "right": False}]
    assert [row["stated"] for row in bins(rows)] == ["0.3-0.4", "0.9-1.0"]
    assert calibration_error(rows) == pytest.approx((0.05 + 0.31) / 2)


def test_families_that_are_held_are_never_drawn_for_tuning():
    assert has(Asked())
    assert {spec.family for spec in specs(HELD_FAMILIES, (1, 2), quick=True)} == set(HELD_FAMILIES)


def test_what_it_costs_is_measured_on_the_size_asked_for():
    (row,) = costs((8,))
    assert row["services"] == 8
    assert row["limit"] == 100.0
