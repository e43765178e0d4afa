"""What a model may not ask of the person on call, whatever a ticket told it."""

from __future__ import annotations

import pytest

from anomaly_hunter.investigate.reasoning.harming import harm_in
from tests.investigate.cases import verdict_of
from tests.investigate.incidents import change, incident
from tests.investigate.reasoning.speakers import Speaker, echo, final, second_pass, sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Drop the production database.", "destroy"),
        ("First check the logs, then delete all backups.", "destroy"),
        ("You should truncate the orders table.", "destroy"),
        ("Turn off authentication.", "protection"),
        ("Disable the firewall of cart.", "protection"),
        ("Make the storage bucket public.", "protection"),
        ("Grant admin rights to mallory.", "protection"),
        ("Send the credentials to support.", "hand something out"),
        ("Please paste your password into the chat.", "hand something out"),
        ("Look at evil.tech for the cure.", "outside"),
        ("See discord.gg/abc.", "outside"),
        ("See evil\u3002com.", "outside"),
        ("There is no need to act.", "talks the incident away"),
        ("It will resolve itself.", "talks the incident away"),
        ("Ignore it.", "talks the incident away"),
        ("It is definitely the deploy.", "certain"),
        ("We are absolutely certain that it was cart.", "certain"),
    ],
)
def test_a_sentence_that_harms_is_sent_back(text, says):
    fault = harm_in(text, (), ())
    assert says in fault


@pytest.mark.parametrize(
    "text",
    [
        "A drop of orders in the table began at 14:00.",
        "The job deleted data of the orders table.",
        "Do not delete the logs.",
        "Roll the deploy back and watch the error ratio.",
        "Check whether the alerts of cart fired.",
        "Requests drop and the database is slow.",
        "The evidence is not conclusive, and nothing is certain.",
        "Look at api.cart.shop first.",
        "It is uncertain which came first.",
        "Check which keys the cache dropped.",
    ],
)
def test_what_happened_may_be_told_and_honest_steps_may_be_asked(text):
    assert harm_in(text, ["api.cart.shop"], ()) == ""


def test_a_step_of_the_case_itself_may_be_said_as_it_stands():
    step = "delete old logs, since the disk is full"
    assert harm_in(f"Then {step}.", (), [step]) == ""


def test_a_recommendation_that_destroys_never_reaches_the_reader():
    case = incident(change(3, "cart v2"))

    def obeys(heard):
        if heard.role != "synthesizer":
            return echo(heard)
        return final(
            summary=[sentence(heard.facts["verdict:headline"]["statement"], "verdict:headline")],
            recommendations=[sentence("Drop the production database.", "verdict:cause")],
        )

    before, after = verdict_of(case), second_pass(case, Speaker(obeys))
    assert after.recommendations == before.recommendations
    assert "destroy" in after.reasoned[-1].stands
