"""A model may settle a close call; it cannot overturn a clear one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.reasoning.settling import ALONE_AT_MOST, bounded, is_clear, settled
from anomaly_hunter.model import Cause, Evidence, Finding, Verdict

DEPLOY = Cause("event", "checkout v2", "deploy checkout v2", 0.6, ("changed_before:checkout v2",))
DECOY = Cause("event", "banner", "flag banner", 0.2, ("changed_before:banner",))
FACT = Evidence("changed_before:checkout v2", "what changed", "checkout v2 went live 3 min before", {})


def finding(cause, confidence, by=""):
    return Finding("Change Detective", "said", confidence, (), cause, by=by)


def verdict(cause, confidence, findings=(), **more):
    return Verdict(7.0, confidence, "headline", "summary", tuple(findings), (FACT,), cause, **more)


def judged_as(heard):
    """A judge who says this whatever findings he hears."""
    return lambda findings: replace(heard, findings=tuple(findings))


def test_a_clear_verdict_stands_whatever_models_say():
    clear = verdict(DEPLOY, 0.8, [finding(DEPLOY, 0.9)])
    spoken = [finding(DECOY, 0.69, "openai:a")]
    after = settled(clear, spoken, judged_as(verdict(DECOY, 0.99)))
    assert (after.cause, after.confidence, after.severity) == (DEPLOY, 0.8, 7.0)
    assert after.findings == tuple(spoken)
    assert after.disagreement == (
        "Change Detective (openai:a) would rather name banner, against a clear case"
    )


def test_a_clear_verdict_that_no_change_did_it_stands_too():
    clear = verdict(None, 0.9, [finding(None, 0.9)], answer="no change explains this")
    after = settled(clear, [finding(DECOY, 0.69, "openai:a")], judged_as(verdict(DECOY, 0.9)))
    assert (after.cause, after.answer) == (None, "no change explains this")


def test_a_close_call_may_be_settled_and_the_verdict_says_what_it_was():
    close = verdict(DEPLOY, 0.45, [finding(DEPLOY, 0.5)])
    after = settled(close, [finding(DECOY, 0.69, "openai:a")], judged_as(verdict(DECOY, 0.95)))
    assert after.cause == DECOY
    assert after.confidence == ALONE_AT_MOST
    assert after.disagreement == "without language models: checkout v2 (45%)"


def test_agreement_does_not_make_the_verdict_surer():
    close = verdict(DEPLOY, 0.45, [finding(DEPLOY, 0.5)])
    after = settled(close, [finding(DEPLOY, 0.5, "openai:a")], judged_as(verdict(DEPLOY, 0.93)))
    assert (after.cause, after.confidence) == (DEPLOY, 0.45)


def test_who_agrees_takes_no_evidence_away_and_no_candidate():
    judged = verdict(DEPLOY, 0.45, [finding(DEPLOY, 0.5)], candidates=(DEPLOY, DECOY), runner_up=DECOY)
    told = Evidence("logs:checkout", "what logs say", "timeouts", {})
    heard = replace(verdict(DEPLOY, 0.3), evidence=(told,), candidates=(DEPLOY,), headline="possible cause")
    after = settled(judged, [finding(DEPLOY, 0.1, "openai:a")], judged_as(heard))
    assert after.evidence == (FACT, told)
    assert (after.candidates, after.runner_up) == ((DEPLOY, DECOY), DECOY)
    assert after.headline == "headline"


def test_that_no_change_did_it_is_not_made_a_question_again():
    clear = verdict(None, 0.9, [finding(None, 0.9)], answer="no change explains this")
    after = settled(clear, [finding(None, 0.2, "openai:a")], judged_as(verdict(None, 0.4)))
    assert (after.answer, after.confidence) == ("no change explains this", 0.9)


def test_the_cause_of_a_model_takes_no_evidence_away():
    close = verdict(DEPLOY, 0.45, [finding(DEPLOY, 0.5)])
    heard = replace(verdict(DECOY, 0.6), evidence=())
    assert settled(close, [finding(DECOY, 0.6, "openai:a")], judged_as(heard)).evidence == (FACT,)


def test_the_severity_is_never_that_of_a_second_hearing():
    close = verdict(None, 0.4)
    after = settled(
        close, [finding(DECOY, 0.6, "m:a")], judged_as(replace(verdict(DECOY, 0.6), severity=1.0))
    )
    assert after.severity == 7.0


@pytest.mark.parametrize(
    ("cause", "confidence", "clear"), [(DEPLOY, 0.7, True), (DEPLOY, 0.69, False), (None, 0.99, False)]
)
def test_a_call_is_clear_from_seventy_percent_on(cause, confidence, clear):
    assert is_clear(verdict(cause, confidence)) is clear


shares = st.floats(0, 1)
causes = st.sampled_from([None, DEPLOY, DECOY])


@settings(derandomize=True, max_examples=200)
@given(causes, shares, causes, shares)
def test_a_model_never_makes_an_agent_surer_of_the_same_and_never_very_sure_alone(first, sure, said, claimed):
    heard = bounded(finding(first, sure), finding(said, claimed, "m:a"))
    assert heard.confidence <= claimed
    assert heard.confidence <= (sure if first == said else ALONE_AT_MOST)


@settings(derandomize=True, max_examples=200)
@given(causes, shares, causes, shares)
def test_a_verdict_never_gets_surer_of_the_same_and_never_high_on_the_word_of_a_model(
    first, sure, said, claimed
):
    before = verdict(first, sure)
    after = settled(before, [finding(said, claimed, "m:a")], judged_as(verdict(said, claimed)))
    if first == said:
        assert after.confidence == sure
    elif is_clear(before):
        assert (after.cause, after.confidence) == (first, sure)
    else:
        assert after.confidence <= ALONE_AT_MOST
