"""Failure patterns: what is known of a kind of failure, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Moves: TypeAlias = Literal["up", "down", "either", "calm", "not up", "not down"]
Place: TypeAlias = Literal["same service", "callee", "caller", "anywhere", "several services"]
Order: TypeAlias = Literal["", "first", "later"]
Calendar: TypeAlias = Literal["", "clock change", "month turn", "night"]


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that can be looked up in a case; of one source only.

    A series: ``metric`` (kinds), ``name`` (words of its name), ``shape``, ``moves``, ``at``, ``when``
    (its onset among those of the place), ``least_pct`` (smallest change that counts), ``reaches``
    ("limit": nothing is left, or all is used). A change: ``event`` (words of its kind), ``title``
    (words of its title). Else ``text`` (words of log templates, tickets, themes, segments), ``issue``
    (what reading found wrong with the data) or ``calendar``.
    """

    metric: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    moves: Moves = "up"
    shape: tuple[str, ...] = ()
    at: Place = "same service"
    when: Order = ""
    least_pct: float = 0.0
    reaches: Literal["", "limit"] = ""
    event: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()
    calendar: Calendar = ""


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a pattern looks for, in words, with its weight; any one of its signs will do."""

    text: str
    signs: tuple[Sign, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A failure that is known by its symptoms.

    ``required`` symptoms must all be seen, ``supporting`` ones add to the score, ``against`` ones
    take from it. ``steps`` hold placeholders that a case fills. ``sample`` describes a small case
    in which the pattern comes first.
    """

    id: str
    name: str
    domain: str
    meaning: str
    required: tuple[Symptom, ...]
    supporting: tuple[Symptom, ...] = ()
    against: tuple[Symptom, ...] = ()
    steps: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sample: tuple[Mapping[str, object], ...] = ()

    @property
    def weight(self) -> float:
        """What all symptoms that speak for it weigh together."""
        return sum(symptom.weight for symptom in (*self.required, *self.supporting))

    @property
    def alone(self) -> float:
        """Score when the required symptoms are seen and nothing else is measured."""
        return sum(symptom.weight for symptom in self.required) / self.weight


Catalogue: TypeAlias = tuple[Pattern, ...]
