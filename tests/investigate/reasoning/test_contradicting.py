"""The synthesizer words a verdict; it does not give another one."""

from __future__ import annotations

import pytest

from anomaly_hunter.investigate.reasoning.contradicting import other_causes, other_severities
from anomaly_hunter.investigate.reasoning.opinion import Sentence
from anomaly_hunter.model import Cause
from tests.investigate.cases import verdict_of
from tests.investigate.incidents import change, incident
from tests.investigate.reasoning.speakers import Speaker, echo, final, second_pass, sentence

CART = Cause("event", "cart v2", "deploy cart v2", 0.7, place="cart")
SEARCH = Cause("event", "search v9", "deploy search v9", 0.2, place="search")
CRITICAL_PATH = Cause("service", "critical-path", "", 0.2, place="critical-path")
ALL = (CART, SEARCH, CRITICAL_PATH)


def said(text):
    return [Sentence(text=text)]


@pytest.mark.parametrize(
    "text",
    [
        "This is a critical incident.",
        "A catastrophic outage began at 14:00.",
        "Severity is critical.",
        "It is a high-severity event.",
        "severity 3.1 of 10, critical",
        "The impact is severe.",
        "Severity: error",
    ],
)
def test_it_is_not_worse_than_the_judge_says(text):
    assert list(other_severities(said(text), "information", ()))


@pytest.mark.parametrize("text", ["A minor incident.", "This is harmless.", "Severity is low."])
def test_nor_better(text):
    assert list(other_severities(said(text), "critical", ()))


@pytest.mark.parametrize(
    "text",
    [
        "The severity is 3.1 of 10, information.",
        "This is not a critical incident.",
        "The critical-path service returns a high error ratio.",
        "It is critical to check the deploy first.",
        "Latency is high and a major version went live before.",
        "The impact is low severity.",
        "A minor incident.",
    ],
)
def test_what_fits_the_level_is_denied_or_says_something_else_passes(text):
    assert not list(other_severities(said(text), "information", ["critical-path"]))


@pytest.mark.parametrize(
    "text",
    [
        "The root cause is search v9.",
        "It was caused by the deploy 'search v9'.",
        "'search v9' caused the errors.",
        "Errors rose due to search v9.",
        "search v9 is the culprit.",
    ],
)
def test_another_cause_is_not_named_as_the_right_one(text):
    assert list(other_causes(said(text), CART, ALL))
    assert list(other_causes(said(text), None, ALL))
    assert not list(other_causes(said(text), SEARCH, ALL))


@pytest.mark.parametrize(
    "text",
    [
        "'search v9' may be the cause.",
        "Change Detective says search v9 caused it.",
        "The cause is cart v2, not search v9.",
        "It was not caused by search v9.",
        "Candidates are cart v2 and search v9.",
        "search v9 went live 50 minutes before.",
        "Check whether search v9 is the cause.",
        "The errors of web are due to cart.",
    ],
)
def test_what_is_doubted_denied_or_quoted_passes(text):
    assert not list(other_causes(said(text), CART, ALL))


def test_a_summary_that_contradicts_the_verdict_leaves_the_wording_of_the_judge():
    case = incident(change(3, "cart v2"), change(50, "search v9", service="search"))

    def overturns(heard):
        if heard.role != "synthesizer":
            return echo(heard)
        return final(
            summary=[sentence("The root cause is 'search v9'.", "verdict:cause")],
            recommendations=[sentence("Look at what changed first.", "verdict:cause")],
        )

    before, after = verdict_of(case), second_pass(case, Speaker(overturns))
    assert before.cause.name == "cart v2"
    assert after.summary == before.summary
    assert "names 'search v9' as the cause" in after.reasoned[-1].stands
