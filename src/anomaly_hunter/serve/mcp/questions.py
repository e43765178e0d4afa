"""Each question of the case as a tool, made from the one list of questions."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Final

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from anomaly_hunter.investigate.functions import LARGEST, LONGEST, parameters_of
from anomaly_hunter.investigate.question import QUESTIONS, Question
from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.tool import result, tool_of
from anomaly_hunter.serve.mcp.wording import PREFIX

IncidentId = Annotated[str, Field(description="The id of an incident that `hunt` gave.", max_length=100)]
_BOUNDED: Final[dict[type, Any]] = {
    int: Annotated[int, Field(ge=1, le=LARGEST)],
    str: Annotated[str, Field(max_length=LONGEST)],
}


class EvidenceAnswer(TypedDict):
    """One checked fact; cite its id."""

    id: str
    statement: str
    numbers: dict[str, float | int | str | bool | None]


class QuestionAnswer(TypedDict):
    """What the case of an incident answers; no evidence means that there is nothing to say."""

    incident: str
    question: str
    evidence: list[EvidenceAnswer]


def question_tools(desk: Desk) -> list[Tool]:
    """One tool for each question, in the order of the list."""
    return [_tool(desk, question) for question in QUESTIONS.values()]


def _tool(desk: Desk, question: Question) -> Tool:
    async def ask(incident: str, **given: Any) -> CallToolResult:
        return result(await desk.ask(incident, question, **given))

    own = [
        one.replace(annotation=_BOUNDED.get(one.annotation, one.annotation))
        for one in parameters_of(question)
    ]
    parameters = [
        inspect.Parameter("incident", inspect.Parameter.KEYWORD_ONLY, annotation=IncidentId),
        *own,
    ]
    answer = Annotated[CallToolResult, QuestionAnswer]
    ask.__name__ = PREFIX + question.name
    ask.__signature__ = inspect.Signature(parameters, return_annotation=answer)  # type: ignore[attr-defined]
    ask.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": answer}
    return tool_of(ask, title=question.text, description=question.doc)
