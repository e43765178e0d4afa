"""docs/verdict.md holds the lists and numbers of the code."""

from __future__ import annotations

import math

import pytest

from anomaly_hunter.detect import calibrate, choose, course, expecting, gaps, series, spans
from anomaly_hunter.detect import table as rows_of_tables
from anomaly_hunter.investigate import candidates, causes, group, judge, matching, outside, severity, suspects
from anomaly_hunter.investigate import case as _case  # noqa: F401 - fills the list of questions
from anomaly_hunter.investigate.agents import change_detective, pattern_analyst, root_cause
from anomaly_hunter.investigate.options import InvestigateOptions
from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.model import Profile
from anomaly_hunter.model.basics import confidence_level, severity_level
from tests.docs.pages import page, table, ticked

PAGE = page("verdict.md")
SENTENCES = " ".join(PAGE.split())


def test_the_questions_are_those_of_the_case_in_its_order():
    told = [(ticked(name), text) for name, text in table(PAGE, "question")]
    assert told == [(question.name, question.text) for question in QUESTIONS.values()]


def _severity(effect: float, points: int, seconds: float, services: int, ongoing: bool) -> float:
    return severity.severity(
        {
            "effect": effect,
            "duration": severity.duration(points, seconds),
            "breadth": severity.breadth(services),
            "persistence": severity.persistence(points, ongoing),
        }
    )


def test_the_anchors_of_severity_are_what_the_formula_gives():
    four_hours = 4 * 3600.0
    given = (
        _severity(severity.effect(4, math.log(1.1)), 1, 60.0, 1, False),
        _severity(severity.effect(50, math.log(2.0)), 30, 1800.0, 1, True),
        _severity(severity.effect(999, 20.0), 240, four_hours, 12, True),
        _severity(severity.effect(50, math.log(1.01)), 240, four_hours, 1, True),
    )
    told = tuple(float(value) for _, value in table(PAGE, "anchor"))
    assert told == tuple(round(value, 1) for value in given)


def test_the_formula_of_severity_has_these_weights():
    weights = " + ".join(
        f"{weight:.2f}" + ("" if name == "alone" else f" {name}") for name, weight in severity.WEIGHTS.items()
    )
    formula = f"{severity.FLOOR:g} + {10 - severity.FLOOR:g} × effect^{severity.POWER:g} × ({weights})"
    assert f"`severity = {formula}`" in SENTENCES
    assert f"never more than {severity.IMPROVEMENT_AT_MOST:g}" in SENTENCES
    rows_at_most = severity.severity({"effect": 1.0, "breadth": 1.0})
    assert f"they stay below {rows_at_most:g}" in SENTENCES


def test_the_levels_begin_where_the_page_says():
    (_, information), (_, warning), (_, error), (_, critical) = table(PAGE, "level")
    assert (information, warning) == ("below 3.5", "3.5 to below 6.5")
    assert (error, critical) == ("6.5 to below 8.5", "8.5 and more")
    found = [severity_level(value) for value in (3.49, 3.5, 6.49, 6.5, 8.49, 8.5)]
    assert found == ["information", "warning", "warning", "error", "error", "critical"]
    assert [confidence_level(c) for c in (0.49, 0.5, 0.69, 0.7, 0.85, 0.86)] == [
        "low", "medium", "medium", "high", "high", "very high",
    ]  # fmt: skip


def _profile(n: int, *, constant: bool = False) -> Profile:
    return Profile(n, 60.0, 0, 0, 0.0, 0.0, 1.0, 10.0, counts=False, constant=constant)


def test_the_detectors_are_chosen_as_the_page_says():
    short, long = _profile(course.LONG - 1), _profile(course.LONG)
    records = choose.choose(short, records=True)
    assert f"Under {course.LONG:,} points" in SENTENCES
    assert f"Fewer than {expecting.FEWEST} values" in SENTENCES
    assert choose.choose(_profile(expecting.FEWEST - 1)) == choose.choose(_profile(99, constant=True)) == ()
    assert f"Numbers of records: {_ticked(records)}." in SENTENCES
    assert set(choose.choose(short)) == {*records, "nearest", "difference", "variance"}
    assert f"Longer: {_ticked(choose.choose(long))}." in SENTENCES
    assert f"Three detectors ({_ticked(rows_of_tables.DEFAULT)})" in SENTENCES


def _ticked(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Points over 1.0 at most {} apart are one span", (spans.NEAR,)),
        ("A value outside `--range` scores {} and always alarms", (series.IMPOSSIBLE,)),
        ("with a chance of {:.0%} in the whole series", (calibrate.RISK,)),
        ("at most {} intervals apart", ({2: "two"}[group.GAP_INTERVALS],)),
        ("begin within {} intervals of the strongest of them", ({5: "five"}[group.ONSET_INTERVALS],)),
        ("one of {} points or more", ({5: "five"}[gaps.LEAST],)),
        ("The {} worst groups are investigated", (InvestigateOptions().most_incidents,)),
        ("`share = score / (sum of scores + {})`", (outside.NONE_OF_THEM,)),
        ("exp(−lag / {:g} min) + 0.1 exp(−lag / {:g} min)", (suspects.FAST_MIN, suspects.SLOW_MIN)),
        ("{:g} within the first abnormal interval", (suspects.FIRST_INTERVAL,)),
        ("share from {:g} and twice the next", (causes.NAMED_SHARE,)),
        ("share from 0.4 and {:g} times the next", (root_cause.NAMED_MARGIN,)),
        ("several too close to tell apart `{:g} clarity`", (change_detective.TIED,)),
        ("with none `{:g} clarity`", (change_detective.NO_CAUSE,)),
        ("names a segment (share from {:g})", (pattern_analyst.SEGMENT_NAMED,)),
        ("a column (from {:g})", (pattern_analyst.COLUMN_NAMED,)),
        ("`confidence = {:g} share`", (root_cause.FLOW,)),
        ("first: `{:g} share`", (root_cause.LEAF,)),
        ("times {:g} if nobody above it", (root_cause.ITSELF,)),
        ("a resource that strictly moved first, {:g}.", (root_cause.RESOURCE_FIRST,)),
        ("the surer one times {:g}.", (root_cause.DISAGREE_COSTS,)),
        ("said from {:g} on", (root_cause.PATTERN_SAID,)),
        ("`confidence = {:g} score`", (matching.SURE_OF_A_FULL_FIT,)),
        ("`share = weight / (sum of weights + {:g})`", (candidates.NONE_WEIGHT,)),
        ("it weighs {:g} or more, and {:g} times", (candidates.NAMED_WEIGHT, candidates.MARGIN)),
        ("and weigh {:g} of that", (candidates.WHERE_COUNTS,)),
        ("At most {:g}. An agent that agrees", (judge.SUREST_AT_MOST,)),
        ("(1 − {:g} d)", (judge.DISSENT_COSTS,)),
        ("× ({:g} + {:g} b)", (1 - judge.BYSTANDERS_COUNT, judge.BYSTANDERS_COUNT)),
        ("who (below {:.0%}, without a cause of its own)", (judge.DISSENT_HEARD,)),
    ],
)
def test_a_number_on_the_page_is_that_of_the_code(sentence, numbers):
    assert sentence.format(*numbers) in SENTENCES
