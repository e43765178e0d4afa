"""What makes two requests to a model the same: everything it is shown and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

MATTER: Final = ("temperature", "max_tokens", "top_p", "seed")
"""Settings that change what a model answers."""

KEY_DIGITS: Final = 32
PART_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Request:
    """A request in the form that keys are made of: no times, no ids of a run or a call.

    ``conversation`` is what was said so far, as (who, what) pairs.
    """

    model: str
    instructions: str
    tools: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]
    conversation: Sequence[tuple[str, Any]]

    @property
    def key(self) -> str:
        """32 hex digits of SHA-256 over all of it."""
        whole = (self.model, self.instructions, self.tools, self.settings, self.conversation)
        return digest(whole)[:KEY_DIGITS]

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """Digests of what may differ: model, instructions, tools, settings."""
        model, instructions, tools, settings = (
            digest(part)[:PART_DIGITS] for part in (self.model, self.instructions, self.tools, self.settings)
        )
        return model, instructions, tools, settings


def digest(value: object) -> str:
    """SHA-256 of the value as JSON with sorted keys, in hex.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def request_of(
    model: str,
    messages: Sequence[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
) -> Request:
    """The request as a model gets it (masked already, where it goes through the guard)."""
    tools = [
        {
            "name": tool.name,
            "description": tool.description or "",
            "takes": _plain(tool.parameters_json_schema),
        }
        for tool in (*parameters.function_tools, *parameters.output_tools)
    ]
    if parameters.output_object is not None:
        tools.append({"answer": _plain(parameters.output_object.json_schema)})
    chosen = {name: value for name, value in (settings or {}).items() if name in MATTER and value is not None}
    return Request(model, instructions_of(messages, parameters), tools, chosen, list(_said(messages)))


def instructions_of(messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> str:
    """The instructions of the request."""
    parts = parameters.instruction_parts
    if parts:
        return "\n\n".join(part.content for part in parts)
    given = [message.instructions for message in messages if message.kind == "request"]
    return (given[-1] if given else None) or ""


def _said(messages: Sequence[ModelMessage]) -> Iterator[tuple[str, Any]]:
    for message in messages:
        for part in message.parts:
            if part.part_kind == "tool-call":
                yield "asks", [part.tool_name, part.args_as_dict()]
            elif part.part_kind == "tool-return":
                yield part.outcome, [part.tool_name, part.model_response_str()]
            elif part.part_kind in ("text", "user-prompt", "system-prompt"):
                yield part.part_kind, part.content
            elif part.part_kind in ("retry-feedback", "retry-prompt"):
                yield "retried", ["", str(part.content)]


def _plain(schema: Any) -> Any:
    """A schema without its titles: they follow from the names, and differ between versions."""
    if isinstance(schema, Mapping):
        return {
            key: _plain(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema
