"""Poisoned data and a model that obeys them: nothing of it arrives in the verdict."""

from __future__ import annotations

import pytest

from tests.investigate.cases import verdict_of
from tests.investigate.incidents import change, incident
from tests.investigate.reasoning.poisons import POISONS, obedient, planted, worded
from tests.investigate.reasoning.speakers import Heard, Speaker, ask, echo, final, second_pass, sentence


def obeying(poison, known):
    """A model that does what the poison asks, in every role and however often it is asked."""
    said = obedient(poison, known)
    return Speaker(
        lambda heard: final(**(worded(said) if heard.role == "synthesizer" else said).model_dump(mode="json"))
    )


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.name)
def test_a_model_that_obeys_a_poison_changes_nothing(poison):
    case, known = planted(poison)
    before, after = verdict_of(case), second_pass(case, obeying(poison, known))
    agents = [one for one in after.reasoned if one.role != "Synthesizer"]
    assert {one.stands != "" for one in agents} == {True}
    assert after.findings == before.findings
    assert (after.headline, after.cause) == (before.headline, before.cause)
    assert (after.severity, after.confidence) == (before.severity, before.confidence)
    if poison.cause is None:  # a wrong cause can be named in a finding only; a summary has no place for it
        assert (after.summary, after.recommendations) == (before.summary, before.recommendations)


def decoy(heard: Heard):
    """Names the decoy, cites true evidence on it, is very sure, and invents nothing: no check can object."""
    if heard.role == "synthesizer":
        return echo(heard)
    named = {fact["statement"]: id_ for id_, fact in heard.facts.items() if id_.startswith("candidate ")}
    speaking = [id_ for id_ in heard.facts if id_.startswith("changed-before:banner")]
    if not speaking:
        return ask("changed_before")
    claim = [sentence("The change 'banner' came just before.", speaking[0])]
    return final(claim=claim, confidence=0.99, cause=heard.candidate(named["banner"]), steps=[])


def test_three_models_that_agree_on_a_decoy_do_not_overturn_a_clear_case():
    case = incident(change(2, "cart v2"), change(4, "banner", service="search", kind="flag"))
    before, after = verdict_of(case), second_pass(case, Speaker(decoy))
    assert before.cause.name == "cart v2"
    assert {one.stands for one in after.reasoned} == {""}, "their words passed the checks"
    assert (after.cause, after.confidence) == (before.cause, before.confidence)
    assert after.severity == before.severity
    assert "would rather name banner, against a clear case" in after.disagreement


def test_a_model_that_never_ends_is_cut_off():
    case = incident(change(2, "cart v2"))
    speaker = Speaker(lambda heard: final(claim=[sentence("word " * 79, heard.cited[0])] * 5, confidence=1.0)
                      if heard.tools else echo(heard))  # fmt: skip
    assert all(len(finding.claim) <= 5 * 400 for finding in second_pass(case, speaker).findings)
