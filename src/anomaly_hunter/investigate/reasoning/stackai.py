"""A flow of StackAI as a model: one prompt in, one text out.

A flow has no tool calls, so the conversation is laid out as one text and tools are offered by a small
protocol: the answer is one JSON object, {"tool": NAME, "arguments": {...}}. A flow does not say how many
tokens it took: they are estimated, for the limits, and cost something only where the settings have a price
for it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

import httpx2
from pydantic_ai.exceptions import ModelAPIError, ModelConnectionError, ModelHTTPError, ModelTimeoutError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    RetryFeedbackPart,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import (
    CompletedStreamedResponse,
    Model,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext, ToolDefinition

from anomaly_hunter.investigate.reasoning.connection import AnswerRefusedError, client_for

USER: Final = "anomaly-hunter"
"""The same for everybody: a flow keeps conversations by user, and learns nobody's name."""
PROTOCOL: Final = """\
You have tools. Answer with exactly one JSON object and nothing else:
{"tool": "NAME", "arguments": {...}}
The arguments fit the schema of the tool. What a tool returns comes with the next message.
"""
TO_END: Final = "To give your final answer call one of: "
MOST_OBJECTS: Final = 200
"""So many opening braces of an answer are tried."""


class StackAIModel(Model[httpx2.AsyncClient]):
    """One flow.

    Parameters
    ----------
    organisation, flow:
        The ids in the address of the flow.
    key:
        The API key of the organisation.
    base_url:
        https://api.stack-ai.com, or a server that looks like it.
    """

    def __init__(self, organisation: str, flow: str, *, key: str, base_url: str) -> None:
        super().__init__()
        self._name = f"{organisation}/{flow}"
        self._base_url = base_url.rstrip("/")
        self._key = key

    @property
    def model_name(self) -> str:
        """ORG/FLOW."""
        return self._name

    @property
    def system(self) -> str:
        """The provider."""
        return "stackai"

    @property
    def base_url(self) -> str:
        """Where the flow runs."""
        return self._base_url

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Run the flow once. Raises the errors of pydantic-ai."""
        model_settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        laid_out = prompt_of(messages, parameters)
        seconds = (model_settings or {}).get("timeout")
        text = await self._run(laid_out, seconds if isinstance(seconds, int | float) else None)
        return ModelResponse(
            parts=[answer_in(text, tools_of(parameters))],
            model_name=self._name,
            provider_name=self.system,
        )

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same: a flow answers as a whole."""
        answer = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            answer, model_request_parameters=model_request_parameters, replay_events=True
        )

    async def _run(self, laid_out: str, seconds: float | None) -> str:
        async with client_for(self._base_url) as client:
            try:
                answer = await client.post(
                    f"{self._base_url}/inference/v0/run/{quote(self._name)}",
                    headers={"authorization": f"Bearer {self._key}"},
                    json={"user_id": USER, "in-0": laid_out},
                    timeout=seconds,
                )
            except httpx2.TimeoutException as error:
                raise ModelTimeoutError(self._name, type(error).__name__) from error
            except httpx2.ConnectError as error:
                raise ModelConnectionError(self._name, "no connection", phase="connect") from error
            except httpx2.TransportError as error:
                raise ModelConnectionError(self._name, type(error).__name__, phase="read") from error
            except AnswerRefusedError as error:
                raise ModelAPIError(self._name, str(error)) from error
        if answer.status_code != 200:
            raise ModelHTTPError(answer.status_code, self._name, headers=dict(answer.headers))
        return _output(answer)


def tools_of(parameters: ModelRequestParameters) -> tuple[ToolDefinition, ...]:
    """Tools of the case, then those that take the final answer."""
    return (*parameters.function_tools, *parameters.output_tools)


def prompt_of(messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> str:
    """A conversation and its tools as one text."""
    return "\n\n".join((*_standing(messages, parameters), *_tools(parameters), *_turns(messages)))


def answer_in(text: str, tools: Sequence[ToolDefinition]) -> ModelResponsePart:
    """The call in what a flow said: the last object that names a tool, else one that fits the final answer.

    Where there is none it is text, which the agent takes as an answer or sends back.

    >>> answer_in('Sure! {"tool": "reach", "arguments": {"k": 3}}', [ToolDefinition(name="reach")]).args
    {'k': 3}
    >>> answer_in("I cannot say", []).content
    'I cannot say'
    """
    names = {tool.name for tool in tools}
    found = list(_objects(text))
    for one in reversed(found):
        arguments = one.get("arguments", {})
        if one.get("tool") in names and isinstance(arguments, dict):
            return ToolCallPart(str(one["tool"]), arguments)
    final = [tool for tool in tools if tool.kind == "output"]
    for one in reversed(found):
        for tool in final:
            if "tool" not in one and set(tool.parameters_json_schema.get("required", ())) <= set(one):
                return ToolCallPart(tool.name, one)
    return TextPart(text)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every outermost JSON object in a text, whatever stands around it."""
    decoder = json.JSONDecoder()
    at, tried = text.find("{"), 0
    while at >= 0 and tried < MOST_OBJECTS:
        tried += 1
        try:
            one, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield one
        at = text.find("{", end)


def _standing(messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> Iterator[str]:
    if parameters.instruction_parts:
        yield from (part.content for part in parameters.instruction_parts)
        return
    given = [m.instructions for m in messages if isinstance(m, ModelRequest) and m.instructions]
    yield from given[-1:]


def _tools(parameters: ModelRequestParameters) -> Iterator[str]:
    tools = tools_of(parameters)
    if not tools:
        return
    yield PROTOCOL + "\n".join(
        json.dumps(
            {"tool": tool.name, "description": tool.description, "arguments": tool.parameters_json_schema},
            ensure_ascii=False,
        )
        for tool in tools
    )
    if parameters.output_tools:
        yield TO_END + ", ".join(tool.name for tool in parameters.output_tools)


def _turns(messages: Sequence[ModelMessage]) -> Iterator[str]:
    for message in messages:
        for part in message.parts:
            said = _turn(part)
            if said:
                yield said


def _turn(part: Any) -> str:
    for kind, said in _TURNS.items():
        if isinstance(part, kind):
            return said(part)
    return ""


_TURNS: Final[Mapping[type, Callable[[Any], str]]] = {
    SystemPromptPart: lambda part: str(part.content),
    UserPromptPart: lambda part: f"USER:\n{_plain(part.content)}",
    ToolReturnPart: lambda part: f"TOOL {part.tool_name} RETURNED:\n{part.model_response_str()}",
    RetryFeedbackPart: lambda part: f"USER:\n{part.model_response()}",
    TextPart: lambda part: f"YOU:\n{part.content}",
    ToolCallPart: lambda part: f"YOU:\n{_called(part)}",
}


def _called(part: ToolCallPart) -> str:
    return json.dumps({"tool": part.tool_name, "arguments": part.args_as_dict()}, ensure_ascii=False)


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(str(getattr(c, "content", c)) for c in content)


def _output(answer: httpx2.Response) -> str:
    """The text in outputs["out-0"]; raises ValueError where there is none."""
    whole = answer.json()
    outputs = whole.get("outputs") if isinstance(whole, Mapping) else None
    said = outputs.get("out-0") if isinstance(outputs, Mapping) else None
    if not isinstance(said, str):
        raise ValueError("no text in outputs.out-0")
    return said
