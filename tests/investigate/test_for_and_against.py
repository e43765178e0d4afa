"""For, against, instead: what the judge says of every candidate, and what the verdict amounts to."""

from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.hunt import hunt
from anomaly_hunter.investigate.answers.doubts import doubts
from anomaly_hunter.investigate.judge import judge, weighed
from anomaly_hunter.model import Event, Finding, Graph
from anomaly_hunter.samples import services
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import hourly
from tests.investigate.cases import findings_of, quick_case, verdict_of
from tests.investigate.making import steady

N, START = 200, 150


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    services.write(folder)
    return hunt(
        str(folder / "shop"), events=str(folder / "shop-events.json"), graph=str(folder / "shop-graph.yaml")
    )


TRUTH = services.make().truth


def metric(name="latency_ms", jump=0.0, seed=1, start=START, **labels):
    value = steady(N, 50.0, 1.0, seed)
    value[start:] += jump
    return hourly(value, name=name, labels=labels)


def case(*changes, graph=None, callee_jump=0.0):
    """Latency of `web`, which calls `db`; `shop` is a stranger."""
    web, db = metric(jump=30, service="web"), metric(jump=callee_jump, seed=2, service="db")
    calm = metric(seed=3, service="shop")
    span = TrueSpan(START, N, "level shift", "up", 50.0, 1.0)
    events = [Event(web.time[START] + np.timedelta64(m, "m"), k, t, s) for m, k, t, s in changes]
    pairs = [(web, span), (db, span if callee_jump else None), (calm, None)]
    return quick_case(*pairs, events=events, graph=graph or Graph((("web", "db"),)))


def words_against(case, kind, name):
    return {e.id.rpartition(":")[2]: e.statement for e in doubts(case, kind, name)}


# ------------------------------------------------------------ the shipped shop


def test_many_alarms_become_one_incident_with_one_cause(found):
    worst = found.incidents[0]
    touched = {a.subject.partition("file=")[2].strip("}") for a in worst.anomalies}
    assert touched == set(TRUTH.affected)
    assert worst.verdict.cause is not None
    assert (worst.verdict.cause.name, worst.verdict.cause.place) == (TRUTH.event, TRUTH.service)
    assert worst.verdict.answer == "cause"


def test_the_stranger_is_an_incident_of_its_own(found):
    other = found.incidents[1]
    assert {a.subject.partition("file=")[2].strip("}") for a in other.anomalies} == {TRUTH.stranger}
    assert other.verdict.cause is not None
    assert other.verdict.cause.name == "reports v1.18.0"


def test_the_verdict_says_how_far_it_reaches_and_who_could_have_been_first(found):
    verdict = found.incidents[0].verdict
    known = {e.id: e for e in verdict.evidence}
    reach, first = (known[name] for name in verdict.scope)
    assert reach.numbers["services"] == len(TRUTH.affected)
    assert reach.numbers["felt_at"] == "web, mobile"
    assert reach.numbers["traffic_share"] == pytest.approx(0.96, abs=0.01)
    assert not first.numbers["strictly"]
    assert first.statement.startswith("stock-db and inventory began too close together")


def test_there_is_a_runner_up_with_the_reason_for_being_second(found):
    verdict = found.incidents[0].verdict
    assert verdict.runner_up is not None
    assert verdict.runner_up.place == "stock-db"
    assert verdict.runner_up.behind
    assert "if that changes nothing, look at stock-db" in verdict.recommendations[-1]
    assert verdict.recommendations[0].startswith("set back config")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_gives_the_same_answer(seed, tmp_path):
    services.write(tmp_path, seed)
    verdict = hunt(
        str(tmp_path / "shop"),
        events=str(tmp_path / "shop-events.json"),
        graph=str(tmp_path / "shop-graph.yaml"),
    ).incidents[0].verdict  # fmt: skip
    assert verdict.cause is not None
    assert verdict.cause.place == TRUTH.service


# ------------------------------------------------------------ against


def test_an_event_after_the_onset_is_told_as_late():
    late = case((5, "deploy", "web v2", "web"))
    assert "after the first abnormal point" in words_against(late, "event", "web v2")["late"]


def test_an_event_long_before_is_told_as_early():
    early = case((-60 * 30, "deploy", "web v2", "web"))
    assert (
        words_against(early, "event", "web v2")["early"] == "it lies 1 d 6 h before the first abnormal point"
    )


def test_an_event_at_a_place_where_nothing_moved_says_so():
    elsewhere = words_against(case((-5, "deploy", "shop v9", "shop")), "event", "shop v9")
    assert "nothing moved at shop" in elsewhere["quiet place"]
    assert "no known link" in elsewhere["far off"]


def test_a_rival_that_fits_as_well_is_named():
    close = case((-5, "deploy", "web v2", "web"), (-6, "flag", "new cart on", "web"))
    assert "new cart on" in words_against(close, "event", "web v2")["rival"]


def test_a_service_whose_callee_is_off_or_not_measured_has_that_against_it():
    below = case(callee_jump=30)
    assert "db, which it calls, is off as well" in words_against(below, "service", "web")["below"]
    hidden = case(graph=Graph((("web", "db"), ("web", "cache"))))
    assert words_against(hidden, "service", "web")["hidden"] == "it calls cache, where nothing is measured"


def test_a_resource_of_its_own_that_did_not_move_speaks_against_a_service():
    span = TrueSpan(START, N, "level shift", "up", 50.0, 1.0)
    pairs = [(metric(jump=30, service="web"), span), (metric("cpu_pct", seed=5, service="web"), None)]
    told = words_against(quick_case(*pairs), "service", "web")
    assert told["own resources"] == "its own cpu_pct stayed within 3 sigma"


def test_unknown_candidates_have_nothing_against_them():
    assert doubts(case(), "event", "never happened") == ()
    assert doubts(case(), "horoscope", "mars") == ()


def test_without_a_name_the_likeliest_candidate_is_doubted():
    assert [e.id for e in case().doubts()] == ["against:web:no counts"]


# ------------------------------------------------------------ what the verdict amounts to


def said(case, *findings):
    return judge(case, [Finding(*f) for f in findings])


def test_no_change_explains_this_is_an_answer_of_its_own():
    nothing_near = case((-60 * 24 * 6, "deploy", "shop v1", "shop"))
    verdict = said(nothing_near, ("A", "x", 0.3, ("expected:latency_ms{service=web}",)))
    assert verdict.answer == "no change explains this"
    assert verdict.headline.endswith("no recorded change explains it")
    assert "none of 1 known change fits in time and place" in verdict.summary


def test_without_events_it_is_inconclusive():
    assert said(case(), ("A", "x", 0.3, ())).answer == "inconclusive"


def test_near_equal_changes_are_several_candidates():
    verdict = verdict_of(case((-5, "deploy", "web v2", "web"), (-6, "flag", "new cart on", "web")))
    assert (verdict.cause, verdict.answer) == (None, "several candidates")
    assert verdict.runner_up is not None
    assert verdict.runner_up.behind.startswith("too close to tell apart")


def test_a_service_that_calls_what_nobody_measures_is_the_nearest_instrumented_one():
    hidden = case(graph=Graph((("front", "web"), ("web", "db"), ("db", "disk"))), callee_jump=60)
    cause = next(c for c in verdict_of(hidden).candidates if c.kind == "service")
    verdict = said(
        hidden, ("Root Cause", "x", 0.9, cause.evidence[:1], replace(cause, against=(), behind=""))
    )
    assert verdict.answer == "nearest instrumented service"
    assert "the root may lie behind it" in verdict.summary
    assert "it comes from db or from what db calls, which is not measured" in verdict.headline


def test_a_verdict_with_a_cause_is_never_inconclusive_and_one_without_never_a_cause():
    verdict = verdict_of(case((-5, "deploy", "web v2", "web")))
    assert verdict.cause is not None
    assert verdict.answer == "cause"
    assert replace(verdict, cause=None).answer == "inconclusive"


# ------------------------------------------------------------ weights


def test_a_voice_that_is_weighed_down_names_nothing():
    plain = case((-5, "deploy", "web v2", "web"))
    findings = findings_of(plain)
    assert judge(plain, findings).cause is not None
    silent = judge(plain, findings, {f.agent: 0.0 for f in findings})
    assert silent.cause is None
    assert silent.findings == tuple(findings)


def test_weights_left_out_change_nothing():
    plain = case((-5, "deploy", "web v2", "web"))
    findings = findings_of(plain)
    assert judge(plain, findings) == judge(plain, findings, {}) == judge(plain, findings, {"nobody": 0.0})
    assert weighed(findings, {"nobody": 3.0}) == tuple(findings)
