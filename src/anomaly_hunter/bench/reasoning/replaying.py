"""Models that record every request, replay it, or watch it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponsePart, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from anomaly_hunter.bench.reasoning.recording import NotRecordedError, Recorded, Recording
from anomaly_hunter.bench.reasoning.request_key import request_of


@dataclass(slots=True)
class Seen:
    """What was seen of the requests of one investigation.

    ``inside`` are (start, stop) of each request in CPU seconds of the process; ``seconds`` what the answers
    took on the clock, as recorded where they were replayed; ``refused`` what an answer was sent back with;
    ``missing`` what was not recorded.
    """

    inside: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    tokens: int = 0
    refused: list[str] = field(default_factory=list)
    missing: list[NotRecordedError] = field(default_factory=list)

    @property
    def inside_s(self) -> float:
        """CPU seconds in which at least one request was under way."""
        total, until = 0.0, float("-inf")
        for start, stop in sorted(self.inside):
            total += max(0.0, stop - max(start, until))
            until = max(until, stop)
        return total


class WatchedModel(WrapperModel):
    """Any model, watched."""

    def __init__(self, wrapped: Model, seen: Seen) -> None:
        super().__init__(wrapped)
        self.seen = seen

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The request, with its time and what it sends back."""
        begun = time.process_time()
        self.seen.refused += refusals(messages, {t.name for t in model_request_parameters.output_tools})
        start = time.perf_counter()
        try:
            answer = await super().request(messages, model_settings, model_request_parameters)
        except NotRecordedError as error:
            self.seen.missing.append(error)
            raise
        finally:
            self.seen.inside.append((begun, time.process_time()))
        recorded = (answer.metadata or {}).get("seconds")
        self.seen.seconds += time.perf_counter() - start if recorded is None else recorded
        self.seen.tokens += answer.usage.input_tokens + answer.usage.output_tokens
        return answer


class RecordingModel(WrapperModel):
    """Any model; its answers are kept, and given again where the same is asked again."""

    def __init__(self, wrapped: Model, recording: Recording, name: str) -> None:
        super().__init__(wrapped)
        self.recording = recording
        self.name = name

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The recorded answer, or that of the model, which is then recorded."""
        name = self.name
        request = request_of(name, messages, model_settings, model_request_parameters)
        found = self.recording.answers.get(request.key)
        if found is None:
            start = time.perf_counter()
            answer = await super().request(messages, model_settings, model_request_parameters)
            seconds = time.perf_counter() - start
            tokens = answer.usage.input_tokens, answer.usage.output_tokens
            found = Recorded(kept_parts(answer), tokens, round(seconds, 3), request.parts)
            self.recording.answers[request.key] = found
        return response_of(found, messages, name)


class ReplayedModel(Model):
    """A recording in place of a model. There is nothing in it that could reach a network."""

    def __init__(self, recording: Recording, name: str) -> None:
        super().__init__()
        self.recording = recording
        self.name = name

    @property
    def model_name(self) -> str:
        """The model that was recorded."""
        return self.name

    @property
    def system(self) -> str:
        """What stands for the provider."""
        return "recording"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The recorded answer. NotRecordedError where there is none."""
        request = request_of(self.model_name, messages, model_settings, model_request_parameters)
        return response_of(self.recording.find(request), messages, self.model_name)


def kept_parts(answer: ModelResponse) -> list[list[Any]]:
    """Text and calls of tools; what a model thought is left out."""
    kept: list[list[Any]] = []
    for part in answer.parts:
        if isinstance(part, TextPart):
            kept.append(["text", part.content])
        elif isinstance(part, ToolCallPart):
            kept.append(["ask", part.tool_name, part.args_as_dict()])
    return kept


def response_of(recorded: Recorded, messages: Sequence[ModelMessage], model: str) -> ModelResponse:
    """The answer as a model gives it; calls are numbered through the conversation."""
    number = sum(part.part_kind == "tool-call" for message in messages for part in message.parts)
    parts: list[ModelResponsePart] = []
    for kind, *rest in recorded.answer:
        if kind == "text":
            parts.append(TextPart(rest[0]))
        else:
            number += 1
            parts.append(ToolCallPart(rest[0], rest[1], tool_call_id=f"call_{number}"))
    usage = RequestUsage(input_tokens=recorded.tokens[0], output_tokens=recorded.tokens[1])
    return ModelResponse(parts, usage=usage, model_name=model, metadata={"seconds": recorded.seconds})


def refusals(messages: Sequence[ModelMessage], outputs: set[str]) -> list[str]:
    """What the answer before this request was sent back with, [] where it was not."""
    if not messages or messages[-1].kind != "request":
        return []
    found = []
    for part in messages[-1].parts:
        if part.part_kind == "tool-return" and part.outcome == "retried" and part.tool_name in outputs:
            found.append(part.model_response_str())
        elif part.part_kind in ("retry-feedback", "retry-prompt"):
            found.append(str(part.content))
    return found
