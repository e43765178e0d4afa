"""The judge: one cause or none, confidence that follows the agents, words that can be checked."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.candidates import candidates, named
from anomaly_hunter.investigate.judge import confidence_of, judge
from anomaly_hunter.model import Cause, Finding
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import case_of, findings_of, verdict_of

SAMPLES = sample_cases()
PLAIN = case_of(SAMPLES["nobody-knows"])
DEPLOY = Cause("event", "v1", "deploy 'v1' 2 min before, on api", 0.8, ("expected:value",))
OTHER = Cause("event", "v2", "deploy 'v2' 3 min before, on api", 0.8, ("expected:value",))
SEGMENT = Cause("segment", "country=DE", "country=DE: 4 of 4 moved", 0.9, ("expected:value",))
sure = st.floats(0, 1)


def said(agent, confidence, cause=None):
    return Finding(agent, f"{agent} speaks", confidence, ("expected:value",), cause)


def confidence(*findings):
    found = candidates(PLAIN, findings)
    chosen = found[0] if named(found) is not None else None
    return confidence_of(findings, chosen, PLAIN)


@given(sure, sure, sure)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_an_agent_that_agrees_never_lowers_the_confidence(a, b, c):
    low, high = sorted((b, c))
    chosen = candidates(PLAIN, [said("x", 0.9, DEPLOY)])[0]
    one, other = ([said("x", a, DEPLOY), said("y", value, DEPLOY)] for value in (low, high))
    assert confidence_of(one, chosen, PLAIN) <= confidence_of(other, chosen, PLAIN) + 1e-12


@given(sure, sure, sure)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_an_agent_that_objects_never_raises_it(a, b, c):
    low, high = sorted((b, c))
    chosen = candidates(PLAIN, [said("x", 0.9, DEPLOY)])[0]
    one, other = ([said("x", a, DEPLOY), said("y", value, OTHER)] for value in (low, high))
    assert confidence_of(one, chosen, PLAIN) >= confidence_of(other, chosen, PLAIN) - 1e-12


@given(sure, sure, sure, st.booleans())
@settings(derandomize=True, max_examples=80, deadline=None)
def test_a_surer_agent_without_a_cause_never_lowers_it(a, b, c, with_cause):
    low, high = sorted((b, c))
    findings = [[said("x", a, DEPLOY if with_cause else None), said("y", value)] for value in (low, high)]
    chosen = candidates(PLAIN, [said("x", 0.9, DEPLOY)])[0] if with_cause else None
    assert confidence_of(findings[0], chosen, PLAIN) <= confidence_of(findings[1], chosen, PLAIN) + 1e-12


def test_disagreement_lowers_confidence_and_is_told():
    agreed = judge(PLAIN, [said("One", 0.8, DEPLOY), said("Two", 0.6, DEPLOY)])
    split = judge(PLAIN, [said("One", 0.8, DEPLOY), said("Two", 0.6, OTHER)])
    assert agreed.cause is not None
    assert agreed.disagreement == ""
    assert split.confidence < agreed.confidence
    assert split.disagreement == "One says v1 (80%), Two says v2 (60%)"


def test_a_cause_needs_a_margin():
    assert judge(PLAIN, [said("One", 0.9, DEPLOY), said("Two", 0.6, OTHER)]).cause is not None
    close = judge(PLAIN, [said("One", 0.8, DEPLOY), said("Two", 0.75, OTHER)])
    assert close.cause is None
    assert [c.name for c in close.candidates] == ["v1", "v2"]
    assert "candidates:" in close.headline


def test_a_weak_cause_is_not_named():
    assert judge(PLAIN, [said("One", 0.4, DEPLOY)]).cause is None


def test_where_and_why_do_not_contradict():
    verdict = judge(PLAIN, [said("One", 0.9, DEPLOY), said("Two", 0.9, SEGMENT)])
    assert verdict.cause == replace(DEPLOY, share=verdict.candidates[0].share)
    assert verdict.disagreement == ""


def test_shares_of_candidates_leave_room_for_none():
    found = candidates(PLAIN, [said("One", 0.9, DEPLOY), said("Two", 0.5, OTHER)])
    assert 0.8 < sum(c.cause.share for c in found) < 1.0


def test_no_finding_is_no_confidence():
    verdict = judge(PLAIN, [])
    assert verdict.confidence == 0.0
    assert verdict.cause is None
    assert verdict.headline.endswith("cause inconclusive")
    assert len(verdict.recommendations) >= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_a_verdict_holds_all_evidence_that_is_cited(name):
    verdict = verdict_of(case_of(SAMPLES[name]))
    known = {evidence.id for evidence in verdict.evidence}
    causes = [*(f.cause for f in verdict.findings if f.cause), *verdict.candidates]
    cited = {i for f in verdict.findings for i in f.evidence} | {
        i for c in causes for i in (*c.evidence, *c.against)
    }
    assert cited | set(verdict.scope) == known


def test_a_service_and_an_event_on_it_confirm_each_other():
    case = case_of(SAMPLES["deep-fault"])
    findings = findings_of(case)
    event = Cause("event", "ledger v9", "deploy 'ledger v9' 2 min before", 0.8, ("blame:ledger",))
    alone = judge(case, findings)
    both = judge(case, [findings[0], said("Change Detective", 0.7, event), findings[2]])
    assert both.disagreement == ""
    assert both.confidence >= alone.confidence
    assert both.cause is not None


def test_the_headline_has_numbers_and_the_cause_on_one_line():
    verdict = verdict_of(case_of(SAMPLES["flag-flip"]))
    for part in ("263 against 120 ± 4", "+119%", "new-price-engine on", "2 min before"):
        assert part in verdict.headline
    assert "\n" not in verdict.headline


def test_the_summary_says_what_since_when_how_bad_why_and_whether_it_lasts():
    verdict = verdict_of(case_of(SAMPLES["deep-fault"]))
    for part in (
        "began between",
        "still goes on",
        "Severity",
        "3 other series",
        "Why: the extra waiting arises at ledger",
    ):
        assert part in verdict.summary


def test_the_same_case_gives_the_same_verdict():
    for sample in SAMPLES.values():
        assert verdict_of(case_of(sample)) == verdict_of(case_of(sample))
