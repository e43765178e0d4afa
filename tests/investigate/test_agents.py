"""Who solves which case, and how the findings speak."""

import asyncio
from dataclasses import replace

import pytest

from anomaly_hunter.investigate.agents.root_cause import RootCause
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.group import group
from anomaly_hunter.model import Dataset, Quality, moment
from anomaly_hunter.samples.cases import TrueSpan, sample_cases
from tests.builders import hourly
from tests.investigate.cases import case_of, detection_of, findings_of, quick_case, verdict_of
from tests.investigate.making import ramp, steady

SAMPLES = sample_cases()
NAMES = {
    "Pattern Analyst": "pattern_analyst",
    "Change Detective": "change_detective",
    "Root Cause": "root_cause",
}


def solvers(sample):
    """Agents that name the true cause with at least medium confidence."""
    return {
        NAMES[finding.agent]
        for finding in findings_of(case_of(sample))
        if finding.cause is not None
        and (finding.cause.kind, finding.cause.name) == sample.cause
        and finding.confidence >= 0.5
    }


@pytest.mark.parametrize("name", [n for n, s in SAMPLES.items() if s.solved_by])
def test_exactly_one_agent_solves_the_case(name):
    sample = SAMPLES[name]
    assert solvers(sample) == {sample.solved_by}
    verdict = verdict_of(case_of(sample))
    assert verdict.cause is not None
    assert (verdict.cause.kind, verdict.cause.name) == sample.cause


def test_each_agent_has_a_case_of_its_own():
    assert {sample.solved_by for sample in SAMPLES.values()} >= set(NAMES.values())


def test_two_stories_are_told_as_two_candidates_with_less_confidence():
    verdict = verdict_of(case_of(SAMPLES["two-stories"]))
    assert verdict.cause is None
    assert {c.name for c in verdict.candidates[:2]} == {"ledger", "web v5.12.0"}
    assert "Change Detective says web v5.12.0" in verdict.disagreement
    assert "Root Cause says ledger" in verdict.disagreement
    assert verdict.confidence < verdict_of(case_of(SAMPLES["deep-fault"])).confidence


def test_one_odd_point_without_context_is_inconclusive():
    findings = findings_of(case_of(SAMPLES["nobody-knows"]))
    assert all(finding.cause is None for finding in findings)
    assert max(finding.confidence for finding in findings) < 0.7


def test_a_deploy_after_the_onset_is_never_a_candidate():
    case = case_of(SAMPLES["late-deploy"])
    verdict = verdict_of(case)
    assert verdict.cause is None
    assert not verdict.candidates
    assert "after the onset" in case.changed_before()[0].statement


def test_a_decoy_on_the_same_service_costs_confidence_and_a_margin_below_two_gives_no_cause():
    sample = SAMPLES["flag-flip"]
    flag = next(event for event in sample.events if event.kind == "flag")
    alone = findings_of(case_of(replace(sample, events=(flag,))))[1]
    rival = replace(flag, kind="config", title="pool size 10")
    both = findings_of(case_of(replace(sample, events=(flag, rival))))[1]
    assert alone.cause is not None
    assert alone.cause.name == "new-price-engine on"
    assert both.cause is None
    assert "new-price-engine on" in both.claim
    assert "pool size 10" in both.claim
    assert both.confidence < alone.confidence


def test_findings_speak_in_numbers():
    pattern, change, root = findings_of(case_of(SAMPLES["flag-flip"]))
    for part in ("263", "120 ± 4", "+119%", "36 sigma", "2026-02-02 07:40 UTC"):
        assert part in pattern.claim
    for part in ("between 2026-02-02 05:59 UTC and 2026-02-02 06:00 UTC", "+107%", "2 min before"):
        assert part in change.claim
    assert root.claim.startswith("inconclusive")
    matched = findings_of(case_of(SAMPLES["pool-exhaustion"]))[2]
    assert "4 of 4 symptoms matched" in matched.claim


def test_a_memory_ramp_alone_is_a_modest_suspicion_of_a_leak_with_its_rate():
    n, start = 200, 120
    series = hourly(ramp(n, start, 0.8, level=40.0, noise=0.3), name="memory_pct")
    case = quick_case((series, TrueSpan(start, n, "drift", "up", 40.0, 0.3)))
    finding = findings_of(case)[2]
    assert finding.cause is not None
    assert finding.cause.name == "memory leak"
    assert 0.5 <= finding.confidence < 0.7
    assert "+0.799 per hour" in finding.claim
    assert any("heap profile" in step for step in finding.steps)


def test_a_memory_level_that_only_steps_is_no_leak():
    value = steady(200, 40.0, 0.3)
    value[120:] += 20
    case = quick_case((hourly(value, name="memory_pct"), TrueSpan(120, 200, "level shift", "up", 40.0, 0.3)))
    finding = asyncio.run(RootCause().investigate(case))
    assert finding.cause is None


def test_a_name_without_meaning_gives_no_failure_pattern():
    series = hourly(ramp(200, 120, 0.8), name="value")
    case = quick_case((series, TrueSpan(120, 200, "drift", "up", 50.0, 1.0)))
    finding = asyncio.run(RootCause().investigate(case))
    assert finding.cause is None
    assert finding.confidence <= 0.3


@pytest.mark.parametrize(
    ("shape", "pattern"), [("gap", "data feed late or broken"), ("flat line", "stuck sensor or exporter")]
)
def test_data_faults_are_told_as_data_faults(shape, pattern):
    value = steady(200, 50.0, 1.0)
    value[150:] = float("nan") if shape == "gap" else 50.0
    case = quick_case((hourly(value, name="sensor_7"), TrueSpan(150, 200, shape, "both", 50.0, 1.0)))
    verdict = verdict_of(case)
    assert verdict.cause is not None
    assert verdict.cause.name == pattern
    assert "speaks of the data" in verdict.summary
    assert "spike" not in verdict.headline
    assert "no data" in verdict.headline or "stands still" in verdict.headline


def test_errors_that_return_on_a_schedule_are_told_with_their_period():
    value = steady(400, 5.0, 0.5)
    starts = range(100, 400, 30)
    spans = []
    for start in starts:
        value[start : start + 2] += 40
        spans.append(TrueSpan(start, start + 2, "spike", "up", 5.0, 0.5))
    series = hourly(value, name="value")
    detection = detection_of(series, *spans)
    dataset = Dataset("x", "series", Quality(100.0, 400), "", (series,))
    groups = group(dataset, (detection,))
    assert len(groups) == 1
    finding = findings_of(Case.of(dataset, (detection,), groups[0]))[0]
    assert finding.cause is not None
    assert finding.cause.name == "returns every 1 d 6 h"


def test_steps_name_the_event_the_metric_and_the_time():
    verdict = verdict_of(case_of(SAMPLES["flag-flip"]))
    assert verdict.recommendations[0].startswith("switch back flag 'new-price-engine on' on checkout")
    for sample in SAMPLES.values():
        case = case_of(sample)
        steps = verdict_of(case).recommendations
        assert 2 <= len(steps) <= 4
        assert len(set(steps)) == len(steps)
        facts = [a.subject for a in case.anomalies] + [e.title for e in case.events] + ["merchant"]
        times = [moment(t) for t in case.onset_times or ()]
        assert all(any(fact in step for fact in (*facts, *times, case.service or "?")) for step in steps)
