"""An incident with a known cause, as all conditions are given it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Cause

Asks: TypeAlias = Literal["service", "event"]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """The case, and how an answer is held against the truth.

    ``right`` says whether a cause would be right (the case tells at which service it lies); ``right_name``
    the same of a bare name of ``names``, which are all services (or titles of changes) of the incident in
    the order of the alphabet; ``counts`` whether naming this cause answers the question at all.
    """

    case: Case
    names: tuple[str, ...]
    right: Callable[[Case, Cause], bool]
    right_name: Callable[[str], bool]
    counts: Callable[[Cause], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """One incident; ``open`` builds it, None where there is nothing of it to investigate.

    ``caused`` is False where no recorded cause did it: then it is right to name none.
    """

    source: str
    name: str
    asks: Asks
    caused: bool
    open: Callable[[], Opened | None]


def services_of(case: Case) -> tuple[str, ...]:
    """All services that are measured or called, sorted."""
    measured = {case.service_of(series) for series in case.dataset.series}
    called = {name for edge in case.graph.edges for name in edge} if case.graph is not None else set()
    return tuple(sorted((measured | called) - {""}))


def titles_of(case: Case) -> tuple[str, ...]:
    """The titles of all changes, sorted."""
    return tuple(sorted({event.title for event in case.events}))


def any_cause(cause: Cause) -> bool:
    """Any cause answers the question."""
    return True


def a_change(cause: Cause) -> bool:
    """Only a change answers the question."""
    return cause.kind == "event"
