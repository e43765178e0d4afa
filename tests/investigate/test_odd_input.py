"""Nothing odd in the data breaks an investigation or leaks a warning, a NaN or a line break."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import hourly
from tests.investigate.cases import quick_case, verdict_of
from tests.investigate.odd import odd_cases

ODD = odd_cases()


@pytest.mark.parametrize("name", ODD)
def test_every_question_is_answered_and_the_verdict_is_whole(name):
    case = ODD[name]
    for question in QUESTIONS.values():
        for evidence in question.ask(case):
            assert evidence.statement
            assert "\n" not in evidence.statement
            assert all(
                value is None or isinstance(value, bool | int | float | str)
                for value in evidence.numbers.values()
            )
    verdict = verdict_of(case)
    assert 0.0 <= verdict.severity <= 10.0
    assert 0.0 <= verdict.confidence <= 1.0
    assert "\n" not in verdict.headline + verdict.summary
    assert "nan" not in verdict.headline.split()
    known = {evidence.id for evidence in verdict.evidence}
    assert {name for finding in verdict.findings for name in finding.evidence} <= known
    assert {name for cause in verdict.candidates for name in cause.evidence} <= known
    json.dumps([dict(e.numbers) for e in verdict.evidence])


@given(
    values=st.lists(
        st.floats(allow_nan=True, allow_infinity=False) | st.integers(-3, 3).map(float),
        min_size=1,
        max_size=40,
    ),
    data=st.data(),
)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_numbers_give_a_verdict(values, data):
    start = data.draw(st.integers(0, len(values) - 1))
    stop = data.draw(st.integers(start + 1, len(values)))
    shape = data.draw(
        st.sampled_from(["spike", "level shift", "drift", "gap", "flat line", "season break", "variance"])
    )
    spread = data.draw(st.sampled_from([0.0, 1.0, 1e-300, math.nan]))
    expected = data.draw(st.sampled_from([0.0, 1.0, -5.0, math.nan]))
    name = data.draw(st.sampled_from(["value", "memory", "latency_ms"]))
    case = quick_case(
        (hourly(np.array(values), name=name), TrueSpan(start, stop, shape, "up", expected, spread))
    )
    verdict = verdict_of(case)
    assert 0.0 <= verdict.severity <= 10.0
    assert 0.0 <= verdict.confidence <= 1.0
