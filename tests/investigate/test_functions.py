from __future__ import annotations

import inspect
import json

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.hunt import cases_of, hunt
from anomaly_hunter.investigate.functions import functions_of
from anomaly_hunter.investigate.question import QUESTIONS


@pytest.fixture(scope="module")
def case():
    return cases_of(hunt([10.0, 11, 10, 9] * 3 + [60.0] + [10.0, 11, 10, 9, 10, 11, 10]))[0]


def test_there_is_one_function_for_each_question_with_its_words(case):
    assert {f.__name__: f.__doc__ for f in functions_of(case)} == {q.name: q.doc for q in QUESTIONS.values()}


def test_parameters_have_real_types_and_the_defaults_of_the_question(case):
    asking = {function.__name__: function for function in functions_of(case)}
    most = inspect.signature(asking["changed_before"]).parameters["most"]
    assert (most.annotation, most.default) == (int, 5)
    assert asking["doubts"].__annotations__["kind"] is str


def test_every_answer_is_json_and_is_what_the_case_answers(case):
    for function in functions_of(case):
        answer = json.loads(json.dumps(function(), allow_nan=False))
        own = QUESTIONS[function.__name__].ask(case)
        assert [one["id"] for one in answer["evidence"]] == [one.id for one in own]
        assert [one["statement"] for one in answer["evidence"]] == [one.statement for one in own]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("rows", {"most": 0}),
        ("rows", {"most": 101}),
        ("rows", {"most": "5"}),
        ("rows", {"most": True}),
        ("doubts", {"name": "x" * 201}),
        ("expected", {"most": 1}),
    ],
)
def test_wrong_parameters_are_refused_with_the_cure(case, name, given):
    asking = {function.__name__: function for function in functions_of(case)}
    with pytest.raises(UsageError, match="Cure"):
        asking[name](**given)
