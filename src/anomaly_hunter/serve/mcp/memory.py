"""The tools of the memory: `incidents`, `feedback_preview`, and where it is allowed `feedback`."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.tool import result, tool_of

_MOST: Final = 100

Kept = Annotated[str, Field(description="The id of a remembered incident.", max_length=100)]
KeptOrNone = Annotated[str, Field(description="Show this one in full; left out: list them.", max_length=100)]
Most = Annotated[int, Field(description="List at most so many, the last hunted first.", ge=1, le=_MOST)]
Word = Annotated[
    Literal["real", "expected", "ignore", ""],
    Field(
        description="real: such alarms are wanted. expected: it happened, no alarm was wanted. "
        "ignore: keep the like of it quiet. Left out where only the cause is told."
    ),
]
CauseSaid = Annotated[
    str, Field(description="right, wrong, or the name of what it really was.", max_length=200)
]
Acted = Annotated[bool, Field(description="It led somebody to do something.")]
Why = Annotated[str, Field(description="The reason the person gave.", max_length=1000)]


class IncidentsAnswer(TypedDict):
    """Remembered incidents: the list in short, or one in full."""

    incidents: list[dict[str, Any]]


class EffectAnswer(TypedDict):
    """What an answer changes: for later hunts in words, and for past alarms in numbers."""

    answers: list[int]
    changes: list[str]
    alarms_gone: int
    alarms_back: int
    alarms_kept: int
    note: str


def memory_tools(desk: Desk) -> list[Tool]:
    """None where nothing is remembered; the one that writes only where that is allowed."""
    if not desk.remembers:
        return []

    async def incidents(
        incident: KeptOrNone = "", most: Most = 20
    ) -> Annotated[CallToolResult, IncidentsAnswer]:
        """What is remembered of earlier hunts, with what the cause turned out to be."""
        found = [await desk.incident(incident)] if incident else await desk.incidents(most)
        return result({"incidents": found})

    async def feedback_preview(
        incident: Kept, word: Word = "", cause: CauseSaid = "", acted: Acted = False, why: Why = ""
    ) -> Annotated[CallToolResult, EffectAnswer]:
        """What an answer of a person on a remembered incident would change. Nothing is kept."""
        said = {"cause": cause, "acted": acted, "why": why}
        return result(await desk.feedback(incident, word, preview=True, **said))

    async def feedback(
        incident: Kept, word: Word = "", cause: CauseSaid = "", acted: Acted = False, why: Why = ""
    ) -> Annotated[CallToolResult, EffectAnswer]:
        """Keep what a person said of a remembered incident; later hunts differ.

        Only on a person's explicit word. It can be taken back: hunter feedback undo ANSWER.
        """
        said = {"cause": cause, "acted": acted, "why": why, "who": "assistant"}
        return result(await desk.feedback(incident, word, preview=False, **said))

    reading = [
        tool_of(incidents, title="What is remembered"),
        tool_of(feedback_preview, title="What an answer would change"),
    ]
    if not desk.may_answer:
        return reading
    return [*reading, tool_of(feedback, title="Keep what a person said", writes=True)]
