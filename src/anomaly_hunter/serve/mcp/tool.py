"""A function of ours as a tool of the protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from anomaly_hunter.errors import HunterError
from anomaly_hunter.serve.mcp.wording import DATA
from anomaly_hunter.tell.document import dump

_SHOWN: Final = 80
_FAULTS: Final = 5
_LONGEST_ERROR: Final = 2_000

Answering: TypeAlias = Callable[..., Awaitable[CallToolResult]]


class CheckedTool(Tool):
    """A tool that says in short which argument is wrong, without giving the rejected value back."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """As the tool of the package; called once for each request."""
        try:
            self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            wrong = {".".join(map(str, one["loc"])): one["msg"] for one in error.errors()[:_FAULTS]}
            known = ", ".join(self.parameters["properties"])
            said = "; ".join(f"{name[:_SHOWN]}: {text}" for name, text in wrong.items())
            raise ToolError(f"{said}. Cure: see the schema; arguments are {known}.") from error
        return await super().run(arguments, context, convert_result)


def tool_of(function: Answering, *, title: str, description: str = "", writes: bool = False) -> Tool:
    """The function as a tool that refuses unknown arguments and says our errors with their cure.

    Parameters
    ----------
    writes:
        It changes the memory; every other tool is marked as reading only.
    """
    tool = CheckedTool.from_function(
        _in_words(function),
        title=title,
        description=description or None,
        annotations=ToolAnnotations(
            title=title,
            read_only_hint=not writes,
            destructive_hint=False,
            idempotent_hint=not writes,
            open_world_hint=False,
        ),
    )
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool


def result(structured: Mapping[str, Any], shown: Mapping[str, Any] | None = None) -> CallToolResult:
    """An answer for programs, and as text for assistants that read only text.

    ``shown`` is the shorter form for the text; all of it where left out. Texts from the data stand
    in JSON strings, which they cannot close.
    """
    text = f"{DATA}{dump(dict(structured if shown is None else shown))}"
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=dict(structured))


def _in_words(function: Answering) -> Answering:
    @wraps(function)
    async def call(**arguments: Any) -> CallToolResult:
        try:
            return await function(**arguments)
        except HunterError as error:
            raise ToolError(str(error)[:_LONGEST_ERROR]) from error

    return call
