"""What is remembered of an earlier incident when it comes to judge a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier incident that resembles the one at hand.

    Attributes
    ----------
    similarity:
        In [0, 1]; ``alike`` says what it rests on: part -> what it adds to the similarity.
    when:
        When it began, or was found where the data have no clock.
    said:
        The cause that its verdict named, as (kind, name); None where it named none.
    turned_out:
        The cause that a person confirmed or named.
    not_it:
        Causes that a person ruled out.
    answers:
        What people said of it, in the words of the feedback ("real", "expected", ...).
    """

    id: str
    headline: str
    similarity: float
    when: np.datetime64 | None = None
    alike: Mapping[str, float] = field(default_factory=dict)
    said: tuple[str, str] | None = None
    turned_out: tuple[str, str] | None = None
    not_it: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, ...] = ()
