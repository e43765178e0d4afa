"""The one list of questions that a case answers.

Agents call them as methods of :class:`~anomaly_hunter.investigate.case.Case`. A language model or
an outside assistant gets the same list from :data:`QUESTIONS`: name, text and parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar, cast

from anomaly_hunter.investigate.wording import one_line
from anomaly_hunter.model import Evidence

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

P = ParamSpec("P")
A = TypeVar("A", bound="Evidence | tuple[Evidence, ...]")


@dataclass(frozen=True, slots=True)
class Question:
    """One entry of the list.

    ``name`` is the method, ``text`` its first line, ``doc`` all of its docstring, ``parameters``
    maps each parameter to its type as text; all have defaults.
    """

    name: str
    text: str
    doc: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def ask(self, case: Case, **parameters: Any) -> tuple[Evidence, ...]:
        """The answer as a tuple, also where the method gives a single Evidence."""
        answer = getattr(case, self.name)(**parameters)
        return (answer,) if isinstance(answer, Evidence) else answer


def _printable(answer: Evidence | tuple[Evidence, ...]) -> Evidence | tuple[Evidence, ...]:
    """Names from the data are quoted in statements; they must not break or steer a line."""
    if isinstance(answer, tuple):
        return tuple(_one_line(evidence) for evidence in answer)
    return _one_line(answer)


def _one_line(evidence: Evidence) -> Evidence:
    if evidence.statement.isprintable():
        return evidence
    return replace(evidence, statement=one_line(evidence.statement))


QUESTIONS: Final[dict[str, Question]] = {}
"""Every question by name, in the order a person would ask them."""


def question(method: Callable[Concatenate[Case, P], A]) -> Callable[Concatenate[Case, P], A]:
    """Put a method of the case on the list, and answer it once per case.

    Three agents that ask the same pay once. The memory belongs to the case and is not part of
    what callers see: the same question always gives the same, frozen answer.
    """
    signature = inspect.signature(method)
    usual: tuple[object, ...] = tuple(p.default for p in list(signature.parameters.values())[1:])
    name = method.__name__
    doc = inspect.getdoc(method) or ""
    parameters = {key: str(p.annotation) for key, p in signature.parameters.items() if key != "self"}
    QUESTIONS[name] = Question(name, doc.partition("\n")[0], doc, parameters)

    @wraps(method)
    def ask(self: Case, *args: P.args, **kwargs: P.kwargs) -> A:
        if args or kwargs:
            bound = signature.bind(self, *args, **kwargs)
            bound.apply_defaults()
            key: tuple[object, ...] = (name, *list(bound.arguments.values())[1:])
        else:
            key = (name, *usual)
        if key not in self.answers:
            self.answers[key] = _printable(method(self, *args, **kwargs))
        return cast("A", self.answers[key])

    return cast("Callable[Concatenate[Case, P], A]", ask)
