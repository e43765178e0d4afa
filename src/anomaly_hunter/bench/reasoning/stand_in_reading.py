"""What the stand-in reads: the messages that a model would be sent, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_ai.messages import ModelMessage

ROLES: Final = {
    "root_cause": "You are Root Cause",
    "change_detective": "You are the Change Detective",
    "pattern_analyst": "You are the Pattern Analyst",
    "synthesizer": "You are the Synthesizer",
    "guess": "You get the names of the candidates",
}
"""Each role by words of its prompt."""

_LINE: Final = re.compile(r"^\{.*\}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence as it stands in a message."""

    id: str
    statement: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The question that it answers."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read so far.

    ``opening`` is the first message; ``asked`` whether questions were asked; ``sent_back`` whether an answer
    was refused; ``letters`` how much there was to read.
    """

    role: str
    opening: str
    facts: Mapping[str, Fact]
    asked: bool
    sent_back: bool
    letters: int

    @property
    def evidence(self) -> list[Fact]:
        """All facts that may be cited."""
        return [fact for fact in self.facts.values() if ":" in fact.id]

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """What may be named, likeliest first: kind, name and share."""
        return [{**fact.numbers, "name": fact.statement} for fact in self._all("candidate ")]

    @property
    def numbered(self) -> list[str]:
        """The bare names that are given for a guess."""
        return [fact.statement for fact in self._all("candidate ")]

    @property
    def planned(self) -> list[Fact]:
        """The steps that are planned."""
        return [fact for fact in self.facts.values() if fact.id.startswith("step:")]

    @property
    def first(self) -> dict[str, Any] | None:
        """The cause that the first opinion names."""
        named = self.facts.get(str(self._first.get("cause")))
        return None if named is None else {**named.numbers, "name": named.statement}

    @property
    def first_confidence(self) -> float:
        """How sure the first opinion is."""
        return float(self._first.get("confidence", 0.5))

    @property
    def first_steps(self) -> list[str]:
        """The steps of the first opinion."""
        return [fact.statement for fact in self._all("first-opinion step ")]

    @property
    def cited(self) -> list[Fact]:
        """The evidence that came with the first opinion."""
        return [fact for fact in facts_in(self.opening) if ":" in fact.id]

    @property
    def _first(self) -> Mapping[str, Any]:
        return self.facts["first-opinion"].numbers if "first-opinion" in self.facts else {}

    def _all(self, prefix: str) -> list[Fact]:
        return [fact for fact in self.facts.values() if fact.id.startswith(prefix)]


def read(messages: Sequence[ModelMessage], instructions: str) -> Read:
    """Everything that stands in the messages."""
    texts: list[str] = []
    asked = sent_back = False
    for message in messages:
        for part in message.parts:
            if part.part_kind == "user-prompt":
                texts.append(str(part.content))
            elif part.part_kind == "tool-return":
                asked = True
                sent_back |= part.outcome == "retried"
                texts.append(part.model_response_str())
            elif part.part_kind == "retry-feedback":
                sent_back = True
    role = next((name for name, words in ROLES.items() if words in instructions), "")
    facts = {fact.id: fact for text in texts for fact in facts_in(text)}
    letters = len(instructions) + sum(map(len, texts))
    return Read(role, texts[0] if texts else "", facts, asked, sent_back, letters)


def facts_in(text: str) -> Iterator[Fact]:
    """The pieces of evidence of a message: one JSON object a line."""
    for line in _LINE.findall(text):
        try:
            given = json.loads(line)
        except ValueError:
            continue
        if {"id", "statement"} <= given.keys():
            yield Fact(given["id"], given["statement"], given.get("numbers", {}))


def fraction(*parts: str) -> float:
    """A number in [0, 1) that follows from texts.

    >>> 0 <= fraction("a", "b") < 1 and fraction("a") == fraction("a")
    True
    """
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return int(digest[:12], 16) / 16**12
