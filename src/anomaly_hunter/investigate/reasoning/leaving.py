"""What leaves for a model: every text of a conversation masked, and the same as one text to look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    TextPart,
    ToolCallPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

BYTES_A_TOKEN: Final = 3
"""Tokens are about four bytes of English and three of other texts: an estimate upwards."""
STRUCTURE: Final = frozenset({
    "kind", "part_kind", "timestamp", "tool_call_id", "tool_name", "id", "signature", "run_id",
    "conversation_id", "model_name", "provider_name", "provider_url", "provider_response_id",
    "provider_details", "canonical_system", "finish_reason", "state", "outcome", "usage", "metadata",
    "media_type", "tool_kind", "failed_attempts",
})  # fmt: skip
"""Fields of a message that hold its form and not its words: ours, or what the provider itself gave."""
SCHEMA_FORM: Final = frozenset({"type", "$ref", "format", "pattern", "required"})
UNSENT: Final = STRUCTURE - {"part_kind", "tool_name"}
SAYS: Final = {
    "system-prompt": "system",
    "user-prompt": "user",
    "tool-return": "tool",
    "retry-feedback": "user",
    "text": "assistant",
    "thinking": "assistant",
    "tool-call": "assistant",
}


class Masking(Protocol):
    """What hides private values and brings them back."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Distinct values hidden so far, by kind."""
        ...

    def mask(self, text: str) -> str:
        """The text with a pseudonym for every private value."""
        ...

    def restore(self, text: str) -> str:
        """The text with the values for the pseudonyms."""
        ...

    def leaks(self, text: str) -> tuple[str, ...]:
        """Kinds of private values that are still in it."""
        ...


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request that is ready to leave.

    ``body`` holds all of its words as one JSON text, ``strings`` each of them alone; ``said`` the messages
    as (role, text).
    """

    messages: list[ModelMessage]
    parameters: ModelRequestParameters
    body: str
    said: tuple[tuple[str, str], ...]
    strings: frozenset[str]

    @property
    def tokens(self) -> int:
        """Tokens that this is at most, by its length."""
        return tokens_of(self.body)


def tokens_of(text: str) -> int:
    """Tokens of a text, estimated upwards.

    >>> tokens_of("twelve bytes")
    4
    """
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)


def masked(messages: Sequence[ModelMessage], parameters: ModelRequestParameters, mask: Masking) -> Leaving:
    """The conversation and its tools without private values.

    What is masked is everything but the form: a field that is new to us is masked, too.
    """
    plain = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json")
    hidden = _changed(plain, mask.mask, STRUCTURE)
    tools = _masked_parameters(parameters, mask)
    said = tuple(_said(hidden, tools))
    whole = _whole(hidden, tools)
    body = json.dumps(whole, ensure_ascii=False)
    strings = frozenset(_strings(whole))
    return Leaving(ModelMessagesTypeAdapter.validate_python(hidden), tools, body, said, strings)


def _strings(value: Any) -> Iterator[str]:
    """Every text in it, names of fields too."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list | tuple):
            rest += one
        elif isinstance(one, dict | Mapping):  # the former is the usual one, and seen at once
            for name, inner in one.items():
                yield str(name)
                rest.append(inner)


def restored(response: ModelResponse, mask: Masking) -> ModelResponse:
    """An answer with the values for the pseudonyms, in its texts and in the arguments of calls."""
    parts = [
        replace(part, content=mask.restore(part.content))
        if isinstance(part, TextPart)
        else replace(part, args=_in_arguments(part.args, mask.restore))
        if isinstance(part, ToolCallPart)
        else part
        for part in response.parts
    ]
    return replace(response, parts=parts)


def words_of(response: ModelResponse) -> str:
    """What an answer says, as one text."""
    said = []
    for part in response.parts:
        if isinstance(part, TextPart):
            said.append(part.content)
        elif isinstance(part, ToolCallPart):
            said.append(f"{part.tool_name}({part.args_as_json_str()})")
    return "\n".join(said)


def _changed(value: Any, change: Callable[[str], str], form: frozenset[str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_changed(inner, change, form) for inner in value]
    if isinstance(value, dict | Mapping):
        return {name: _field(name, inner, change, form) for name, inner in value.items()}
    return value


def _field(name: str, value: Any, change: Callable[[str], str], form: frozenset[str]) -> Any:
    if name in form:
        return value
    if name == "args":
        return _in_arguments(value, change)
    if name == "content":  # data of tools: its own fields may be called like those of a message
        return _changed(value, change, frozenset())
    return _changed(value, change, form)


def _in_arguments(given: Any, change: Callable[[str], str]) -> Any:
    """Arguments of a call: inside the JSON where it is JSON, so that a quote in a value does not break it."""
    if not isinstance(given, str):
        return _changed(given, change, frozenset())
    try:
        read = json.loads(given)
    except ValueError:
        return change(given)
    return json.dumps(_changed(read, change, frozenset()), ensure_ascii=False)


def _masked_parameters(parameters: ModelRequestParameters, mask: Masking) -> ModelRequestParameters:
    output = parameters.output_object
    if output is not None:
        output = replace(
            output,
            description=mask.mask(output.description) if output.description else None,
            json_schema=_changed(output.json_schema, mask.mask, SCHEMA_FORM),
        )
    instructions = parameters.instruction_parts
    if instructions is not None:
        instructions = [replace(part, content=mask.mask(part.content)) for part in instructions]
    return replace(
        parameters,
        function_tools=[_masked_tool(tool, mask) for tool in parameters.function_tools],
        output_tools=[_masked_tool(tool, mask) for tool in parameters.output_tools],
        native_tools=[],  # they run at the provider's, with words that nobody masked
        output_object=output,
        instruction_parts=instructions,
    )


def _masked_tool(tool: ToolDefinition, mask: Masking) -> ToolDefinition:
    description = mask.mask(tool.description) if tool.description else None
    schema = _changed(tool.parameters_json_schema, mask.mask, SCHEMA_FORM)
    if description == tool.description and schema == tool.parameters_json_schema:
        return tool
    return replace(tool, description=description, parameters_json_schema=schema)


def _instructions(hidden: Sequence[Mapping[str, Any]], tools: ModelRequestParameters) -> str:
    if tools.instruction_parts:
        return "\n\n".join(part.content for part in tools.instruction_parts)
    given = [message["instructions"] for message in hidden if message.get("instructions")]
    return given[-1] if given else ""


def _said(hidden: Sequence[Mapping[str, Any]], tools: ModelRequestParameters) -> list[tuple[str, str]]:
    instructions = _instructions(hidden, tools)
    said = [("system", instructions)] if instructions else []
    for message in hidden:
        for part in message["parts"]:
            content = part.get("content", part.get("args", ""))
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            if part["part_kind"] == "tool-call":
                text = f"{part['tool_name']}({text})"
            said.append((SAYS.get(part["part_kind"], "user"), text))
    return said


def _whole(hidden: Sequence[Mapping[str, Any]], tools: ModelRequestParameters) -> dict[str, Any]:
    output = tools.output_object
    whole = {
        "instructions": _instructions(hidden, tools),
        "messages": [[_sent(part) for part in message["parts"]] for message in hidden],
        "tools": [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters_json_schema}
            for tool in (*tools.function_tools, *tools.output_tools)
        ],
        "output": output.json_schema if output is not None else None,
    }
    return {name: value for name, value in whole.items() if value}


def _sent(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in UNSENT and value is not None}
