"""The honest speaker behind the chat protocol: what :func:`speakers.echo` says, over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic_ai.messages import ToolCallPart

from tests.investigate.reasoning.chat_server import Reply, calls
from tests.investigate.reasoning.speakers import ROLES, Heard, ask, echo, facts_in


def curious(heard: Heard) -> ToolCallPart:
    """Asks one question first, as models do."""
    return ask("changed_before") if heard.tools and not heard.asked else echo(heard)


def speaking(script: Callable[[Heard], ToolCallPart] = curious) -> Callable[[Any], Reply]:
    """A reply for :func:`chat_server.chat_server`."""

    def reply(request: Any) -> Reply:
        said = script(_heard(request))
        return calls(said.tool_name, said.args)

    return reply


def _heard(request: Any) -> Heard:
    messages = request["messages"]
    words = "\n".join(_text(one) for one in messages if one["role"] == "system")
    text = "\n".join(_text(one) for one in messages if one["role"] != "system")
    names = [tool["function"]["name"] for tool in request.get("tools", ())]
    called = [call["function"]["name"] for one in messages for call in one.get("tool_calls") or ()]
    return Heard(
        next(role for opening, role in ROLES.items() if opening in words),
        facts_in(text),
        tuple(name for name in names if name != "final_result"),
        tuple(name for name in called if name != "final_result"),
        (),
        words + text,
        next(_text(one) for one in messages if one["role"] == "user"),
    )


def _text(message: Any) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else json.dumps(content)
