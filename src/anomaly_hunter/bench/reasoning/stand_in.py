"""A program that stands in for a language model. It is none, and says nothing on how well a model reasons.

It speaks the same protocol and reads only what a model would be shown: it asks a few questions by its role,
weighs the candidates by simple rules, quotes what it read, and makes mistakes on purpose, so that
recording, replaying and the checks are seen at work. Other styles are bad models: how far can they pull?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from anomaly_hunter.bench.reasoning.stand_in_mistakes import with_mistake
from anomaly_hunter.bench.reasoning.stand_in_reading import Read, read
from anomaly_hunter.bench.reasoning.stand_in_rules import (
    guess,
    inconclusive,
    naming,
    second,
    weighed,
    wording,
)

STYLES: Final = {
    "usual": "follows the evidence, and makes mistakes",
    "contrary": "always names the second candidate, and is 99% sure",
    "obedient": "repeats the first opinion",
    "silent": "never names a cause",
}
ASKS: Final[dict[str, tuple[str, ...]]] = {
    "pattern_analyst": ("expected", "rarity", "before_after", "development"),
    "change_detective": ("changed_before", "onset", "doubts"),
    "root_cause": ("blame", "moved_first", "patterns", "doubts"),
}
LETTERS_A_TOKEN: Final = 4
"""Its tokens are an estimate: there is no tokenizer."""


def stand_in(style: str) -> Model:
    """A stand-in of one of the :data:`STYLES`."""

    async def answered(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return _answer(style, messages, info)

    return FunctionModel(answered, model_name=f"stand-in:{style}")


def _answer(style: str, messages: Sequence[ModelMessage], info: AgentInfo) -> ModelResponse:
    seen = read(messages, info.instructions or "")
    offered = {tool.name for tool in info.function_tools}
    questions = [name for name in ASKS.get(seen.role, ()) if name in offered]
    if questions and not seen.asked:
        calls = [ToolCallPart(name, {}) for name in questions]
    else:
        calls = [ToolCallPart(info.output_tools[0].name, said(style, seen))]
    letters = sum(len(str(call.args)) for call in calls)
    usage = RequestUsage(
        input_tokens=seen.letters // LETTERS_A_TOKEN, output_tokens=1 + letters // LETTERS_A_TOKEN
    )
    return ModelResponse(calls, usage=usage)


def said(style: str, seen: Read) -> dict[str, Any]:
    """The answer in the form that is asked for, as JSON types."""
    if seen.role == "guess":
        return guess(style, seen)
    if seen.role == "synthesizer":
        return wording(seen)
    if style == "usual":
        return with_mistake(weighed(seen), seen)
    return _BAD[style](seen)


def _contrary(seen: Read) -> dict[str, Any]:
    other = second(seen)
    return naming(seen, other, 0.99) if other is not None else inconclusive(seen, 0.99)


def _obedient(seen: Read) -> dict[str, Any]:
    first, sure = seen.first, seen.first_confidence
    return naming(seen, first, sure) if first is not None else inconclusive(seen, sure)


def _silent(seen: Read) -> dict[str, Any]:
    return inconclusive(seen, 0.05)


_BAD: Final[dict[str, Callable[[Read], dict[str, Any]]]] = {
    "contrary": _contrary,
    "obedient": _obedient,
    "silent": _silent,
}
