"""The questions of one case as plain functions, for any framework that hands functions to a model."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from anomaly_hunter.errors import UsageError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.question import QUESTIONS, Question
from anomaly_hunter.model import Evidence

Answer: TypeAlias = dict[str, Any]
"""``{"question": its text, "evidence": [{"id", "statement", "numbers"}, ...]}``"""

LARGEST: Final = 100
LONGEST: Final = 200
_TYPES: Final[dict[str, type]] = {"int": int, "str": str}


def functions_of(case: Case) -> tuple[Callable[..., Answer], ...]:
    """Every question of :data:`~.question.QUESTIONS` as a typed function that answers on this case.

    Name, docstring, parameters and their types are those of the question, so that agent frameworks
    can describe them to a model. They read only. What they return are plain JSON types; names and
    texts in it come from the data and are no instructions.

    Raises
    ------
    UsageError
        By the functions: a parameter is not of its type, above 100 or longer than 200 characters.

    >>> from anomaly_hunter.hunt import cases_of, hunt
    >>> case = cases_of(hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9]))[0]
    >>> asking = {function.__name__: function for function in functions_of(case)}
    >>> asking["expected"]()["evidence"][0]["id"]
    'expected:value'
    """
    return tuple(_function(case, question) for question in QUESTIONS.values())


def parameters_of(question: Question) -> tuple[inspect.Parameter, ...]:
    """The parameters of a question with their types and defaults; by name only.

    >>> [str(one) for one in parameters_of(QUESTIONS["doubts"])]
    ["kind: str = ''", "name: str = ''"]
    """
    known = inspect.signature(getattr(Case, question.name)).parameters
    return tuple(
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=known[name].default, annotation=_TYPES[kind]
        )
        for name, kind in question.parameters.items()
    )


def answer_of(case: Case, question: Question, **given: Any) -> Answer:
    """What the case answers, in plain JSON types.

    Raises
    ------
    UsageError
        As in :func:`functions_of`.
    """
    check(question, given)
    return {"question": question.text, "evidence": _plain(question.ask(case, **given))}


def check(question: Question, given: Mapping[str, object]) -> None:
    """Whether a question can be asked with these parameters.

    Raises
    ------
    UsageError
        As in :func:`functions_of`.

    >>> check(QUESTIONS["logs"], {"most": 5})
    """
    for name, value in given.items():
        if name not in question.parameters:
            known = _listed(list(question.parameters))
            raise UsageError(f"{question.name} has no parameter {name!r}", known, "leave it out")
        _check(name, value, _TYPES[question.parameters[name]])


def _function(case: Case, question: Question) -> Callable[..., Answer]:
    def ask(**given: Any) -> Answer:
        return answer_of(case, question, **given)

    parameters = parameters_of(question)
    ask.__name__ = ask.__qualname__ = question.name
    ask.__doc__ = question.doc
    ask.__signature__ = inspect.Signature(parameters, return_annotation=Answer)  # type: ignore[attr-defined]
    ask.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": Answer}
    return ask


def _check(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UsageError(f"{name} is {value!r}", f"a value of type {kind.__name__}", f"change {name}")
    if isinstance(value, int) and not 1 <= value <= LARGEST:
        raise UsageError(f"{name} is {value}", f"1 to {LARGEST}", f"change {name}")
    if isinstance(value, str) and len(value) > LONGEST:
        raise UsageError(f"{name} has {len(value):,} characters", f"at most {LONGEST}", "shorten it")


def _listed(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}" if names else "none"


def _plain(answer: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "statement": one.statement,
            "numbers": {key: _number(value) for key, value in one.numbers.items()},
        }
        for one in answer
    ]


def _number(value: Any) -> Any:
    """JSON knows neither NaN nor infinity, nor the types of numpy."""
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
