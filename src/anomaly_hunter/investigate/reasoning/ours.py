"""Our own words hold nothing private: prompts, questions and forms leave as they are.

Else a customer called Will or Case would tear holes into every prompt, and each request would search the
same pages again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.investigate.reasoning.leaving import Masking
from anomaly_hunter.investigate.reasoning.opinion import Opinion, Wording
from anomaly_hunter.investigate.reasoning.prompts import names, prompt


class ButOurs:
    """A mask that passes over our own words, and only over those.

    >>> from anomaly_hunter.investigate.reasoning.masking import Mask
    >>> mask = ButOurs(Mask(b"key", names=["Statistics", "Ann Lee"]))
    >>> said = mask.mask(prompt("pattern_analyst").text + " Ann Lee reads statistics.")
    >>> said.startswith("You are the Pattern Analyst: you read the statistics."), "Ann" in said
    (True, False)
    """

    def __init__(self, mask: Masking) -> None:
        self._mask = mask

    @property
    def counts(self) -> Mapping[str, int]:
        """As the mask below."""
        return self._mask.counts

    def mask(self, text: str) -> str:
        """The text with pseudonyms for all that is private outside of our own words."""
        if text in our_texts():
            return text
        return "".join(piece if is_ours else self._mask.mask(piece) for piece, is_ours in pieces(text))

    def restore(self, text: str) -> str:
        """As the mask below."""
        return self._mask.restore(text)

    def leaks(self, text: str) -> tuple[str, ...]:
        """Kinds of private values that are outside of our own words."""
        if text in our_texts():
            return ()
        found = {kind for piece, is_ours in pieces(text) if not is_ours for kind in self._mask.leaks(piece)}
        return tuple(sorted(found))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is ours: a prompt, or the whole of a short text."""
    if text in our_texts():
        yield text, True
        return
    for block in our_prompts():
        head, found, tail = text.partition(block)
        if found:
            yield from pieces(head)
            yield block, True
            yield from pieces(tail)
            return
    if text:
        yield text, False


@cache
def our_prompts() -> tuple[str, ...]:
    """The texts of all prompts."""
    return tuple(prompt(name).text for name in names())


@cache
def our_texts() -> frozenset[str]:
    """What describes questions and forms of answers."""
    questions = (text for q in QUESTIONS.values() for text in (q.name, q.doc, *q.parameters))
    forms = (text for form in (Opinion, Wording) for text in _texts(form.model_json_schema()))
    return frozenset((*questions, *forms))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
