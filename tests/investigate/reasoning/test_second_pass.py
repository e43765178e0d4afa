"""The second pass: what models may do to a verdict, and what they may not."""

from __future__ import annotations

import pytest

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.investigate.reasoning.keeping import KeptInProcess
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, Price, RoleOptions
from anomaly_hunter.model import cost_of_all
from tests.investigate.cases import verdict_of
from tests.investigate.incidents import change, incident
from tests.investigate.reasoning.speakers import ALL, Speaker, ask, echo, final, second_pass, sentence


@pytest.fixture
def case():
    return incident(change(3, "cart v2"), change(50, "search v9", service="search"))


def by_role(verdict):
    return {one.role: one for one in verdict.reasoned}


def test_all_roles_speak_and_the_verdict_says_who_and_at_what_cost(case):
    verdict = second_pass(case, Speaker(), prices={"scripted:*": Price(1.0, 2.0)})
    assert [one.role for one in verdict.reasoned] == [
        "Pattern Analyst", "Change Detective", "Root Cause", "Synthesizer",
    ]  # fmt: skip
    assert {one.stands for one in verdict.reasoned} == {""}
    assert {finding.by for finding in verdict.findings} == {"scripted:model"}
    assert verdict.recommendations == (f"First {verdict_of(case).recommendations[0]}.",)
    assert all(one.prompt and one.requests == 1 and one.tokens > 0 for one in verdict.reasoned)
    assert (cost_of_all(verdict.reasoned) or 0) > 0


def test_severity_cause_and_confidence_stay_those_of_the_judge(case):
    before, after = verdict_of(case), second_pass(case, Speaker())
    assert (after.severity, after.confidence, after.headline) == (
        before.severity, before.confidence, before.headline,
    )  # fmt: skip
    assert (after.cause.kind, after.cause.name) == (before.cause.kind, before.cause.name)


def test_agents_speak_at_the_same_time(case):
    speaker = Speaker(waits_s=0.05)
    second_pass(case, speaker)
    assert speaker.most_at_once == 3


def test_every_question_of_the_case_is_a_tool_and_its_answer_is_evidence(case):
    def script(heard):
        if heard.role == "change_detective" and not heard.asked:
            return ask("changed_before", most=1)
        return echo(heard)

    speaker = Speaker(script)
    verdict = second_pass(case, speaker)
    assert set(speaker.heard[0].tools) == set(QUESTIONS)
    assert by_role(verdict)["Change Detective"].tool_calls == 1
    last = [heard for heard in speaker.heard if heard.role == "change_detective"][-1]
    assert any(name.startswith("changed-before:cart v2") for name in last.facts)


def test_a_model_plays_only_the_roles_that_it_is_given(case):
    agents = AgentsOptions(root_cause=ALL)
    verdict = second_pass(case, Speaker(), agents)
    assert [one.role for one in verdict.reasoned] == ["Root Cause"]
    assert [finding.by for finding in verdict.findings] == ["", "", "scripted:model"]


def test_what_the_user_says_of_a_role_is_told_to_it(case):
    agents = AgentsOptions(root_cause=RoleOptions("scripted:model", role="Our database is called Walter."))
    speaker = Speaker()
    second_pass(case, speaker, agents)
    assert "Our database is called Walter." in speaker.heard[0].words


# ---------------------------------------------------------------- what does not pass


def untrue(heard):
    if heard.role == "synthesizer":
        return final(summary=[sentence("Error rate is 4711.", "verdict:headline")],
                     recommendations=[sentence("Wait.", "verdict:cause")])  # fmt: skip
    return final(claim=[sentence("It rose to 4711.", heard.cited[0])], confidence=0.9)


def invented(heard):
    return final(claim=[sentence("It rose.", "made:up")], confidence=0.9) if heard.tools else echo(heard)


def elsewhere(heard):
    if not heard.tools:
        return echo(heard)
    claim = [sentence("It is the mainframe.", heard.cited[0])]
    return final(claim=claim, confidence=0.9, cause={"kind": "service", "name": "mainframe"})


@pytest.mark.parametrize(
    ("script", "said"), [(untrue, "4711"), (invented, "made:up"), (elsewhere, "mainframe")],
    ids=["a number", "an id", "a cause"],
)  # fmt: skip
def test_what_rests_on_nothing_is_asked_again_once_and_then_the_finding_stands(case, script, said):
    speaker = Speaker(script)
    before, after = verdict_of(case), second_pass(case, speaker)
    assert after.findings == before.findings
    assert (after.cause, after.confidence) == (before.cause, before.confidence)
    assert all("did not pass the checks" in by_role(after)[f.agent].stands for f in before.findings)
    assert all(said in by_role(after)[f.agent].stands for f in before.findings)
    root = [heard for heard in speaker.heard if heard.role == "root_cause"]
    assert len(root) == 2
    assert said in root[1].sent_back[0]


def test_an_answer_that_is_mended_when_asked_again_is_taken(case):
    speaker = Speaker(lambda heard: echo(heard) if heard.sent_back else untrue(heard))
    verdict = second_pass(case, speaker)
    assert {one.stands for one in verdict.reasoned} == {""}
    assert {one.requests for one in verdict.reasoned} == {2}


def test_a_summary_that_is_untrue_leaves_the_wording_of_the_judge(case):
    speaker = Speaker(lambda heard: untrue(heard) if heard.role == "synthesizer" else echo(heard))
    before, after = verdict_of(case), second_pass(case, speaker)
    assert (after.summary, after.recommendations) == (before.summary, before.recommendations)
    assert "4711" in by_role(after)["Synthesizer"].stands


def test_the_first_step_is_never_lost_in_the_words_of_a_model(case):
    def vague(heard):
        said = echo(heard)
        if heard.role == "synthesizer":
            said.args["recommendations"] = [sentence("Look around.", "verdict:cause")]
        return said

    before, after = verdict_of(case), second_pass(case, Speaker(vague))
    assert after.recommendations == before.recommendations
    assert "step:1" in by_role(after)["Synthesizer"].stands


# ---------------------------------------------------------------- limits


def test_a_slow_model_costs_its_time_and_no_more(case):
    verdict = second_pass(case, Speaker(waits_s=60), limit_seconds=0.2)
    assert verdict.findings == verdict_of(case).findings
    assert all("no answer within" in one.stands or "time" in one.stands for one in verdict.reasoned)


def test_a_model_that_only_asks_is_told_to_answer_and_then_cut_off(case):
    speaker = Speaker(lambda heard: ask("expected") if heard.tools else echo(heard))
    agents = AgentsOptions(root_cause=RoleOptions("scripted:model", tool_calls=2, requests=5))
    verdict = second_pass(case, speaker, agents)
    assert "limit" in speaker.heard[-1].words
    assert verdict.reasoned[0].tool_calls == 2
    assert verdict.reasoned[0].requests == 5
    assert "5 requests" in verdict.reasoned[0].stands


def test_without_a_price_the_cost_is_unknown_and_not_zero(case):
    verdict = second_pass(case, Speaker())
    assert cost_of_all(verdict.reasoned) is None


def test_a_limit_of_money_and_no_price_means_that_nothing_is_asked(case):
    speaker = Speaker()
    verdict = second_pass(case, speaker, limit_usd=1.0)
    assert speaker.heard == []
    assert all("price" in one.stands for one in verdict.reasoned)


def test_an_incident_that_is_not_bad_enough_costs_nothing(case):
    speaker = Speaker()
    assert second_pass(case, speaker, least_severity=10.0).reasoned == ()
    assert speaker.heard == []


# ---------------------------------------------------------------- the same question again


def test_the_same_question_about_the_same_evidence_is_answered_from_the_shelf(case):
    speaker, keep = Speaker(), KeptInProcess()
    first = second_pass(case, speaker, keep=keep, answers=True)
    asked = len(speaker.heard)
    again = second_pass(case, speaker, keep=keep, answers=True)
    assert len(speaker.heard) == asked == 4
    assert all(one.cached and one.requests == 0 for one in again.reasoned)
    assert again.findings == first.findings
    assert again.summary == first.summary


def test_other_evidence_is_another_question(case):
    speaker, keep = Speaker(), KeptInProcess()
    second_pass(case, speaker, keep=keep, answers=True)
    second_pass(incident(change(5, "cart v2")), speaker, keep=keep, answers=True)
    assert len(speaker.heard) == 8


def test_a_kept_answer_that_no_longer_passes_is_asked_again(case):
    speaker, keep = Speaker(), KeptInProcess()
    second_pass(case, speaker, keep=keep, answers=True)
    keep.answers = {key: text.replace("cart", "kart") for key, text in keep.answers.items()}
    again = second_pass(case, speaker, keep=keep, answers=True)
    assert not any(one.cached for one in again.reasoned if one.role != "Synthesizer")
