"""docs/causes.md holds the numbers and the words of the code."""

from __future__ import annotations

from typing import get_args

import pytest

from anomaly_hunter.investigate import answer, blame, candidates, flow, group, movement, suspects
from anomaly_hunter.investigate.answers import doubts
from anomaly_hunter.model import Answer
from tests.docs.pages import page, table, ticked

PAGE = page("causes.md")
SENTENCES = " ".join(PAGE.split())
WORDS = {2: "two", 3: "three", 5: "five"}


def test_the_answers_are_those_of_the_model():
    assert [ticked(name) for name, _ in table(PAGE, "answer")] == list(get_args(Answer))


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("overlap or lie at most {} intervals apart", (WORDS[group.GAP_INTERVALS],)),
        ("the later begins within {} intervals of the earlier", (WORDS[group.ONSET_INTERVALS],)),
        ("the mean of the first {} points from the onset on", (WORDS[movement.WINDOW],)),
        ("against the last {:,} points before it", (movement.MOST_BASELINE,)),
        ("under {} points `1.4826 MAD`", (movement.TAILS_FROM,)),
        ("evidence from fewer than {} points", (movement.FEWEST_BASELINE,)),
        ("latency {:.0%} of it and 1 ms", (movement.RELATIVE_FLOOR["latency"],)),
        ("**Material** is a service at {:g} sigma or more", (blame.Z_NAMED,)),
        ("at least {:.0%} of what the alerting service usually waits for", (blame.MATERIAL["waiting"],)),
        ("({:.1%} of its requests, for failures)", (blame.MATERIAL["failures"],)),
        ("among the {} largest shares", (WORDS[blame.TOP_SHARES],)),
        ("hardly moved (below {:g} sigma)", (blame.Z_ALERTING,)),
        ("with weight {:g}. The report then says", (blame.VIRTUAL_WEIGHT,)),
        ("{:g} of the mass is passed on, split by size", (flow.PASSED_ON,)),
        ("holds up to {:g} of it back", (flow.RESOURCE_HOLDS,)),
        ("exp(−lag / {:g} min) + 0.1 exp(−lag / {:g} min)", (suspects.FAST_MIN, suspects.SLOW_MIN)),
        ("{:g} inside the first abnormal interval", (suspects.FIRST_INTERVAL,)),
        ("| screen | {:g} where", (suspects.STALE,)),
        ("is **named** from {:g} on, and only with {:g} times", (candidates.NAMED_WEIGHT, candidates.MARGIN)),
        ("differ by less than a factor of {:g}", (answer.CLOSE,)),
        ('no more than "none of them" ({:g})', (answer.UNLIKELY,)),
        ("as far at {} of all other times", ({0.2: "a fifth"}[doubts.CHANCE],)),
        ("more than an hour ({} intervals) before", ({10: "ten"}[doubts.LONG_AGO_INTERVALS],)),
    ],
)
def test_a_number_on_the_page_is_that_of_the_code(sentence, numbers):
    assert sentence.format(*numbers) in SENTENCES
