"""The tools `hunt` and `explain`."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from anomaly_hunter.config import described
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.given import OPTIONS, Given
from anomaly_hunter.serve.mcp.held import HeldHunt
from anomaly_hunter.serve.mcp.limits import Limits
from anomaly_hunter.serve.mcp.tool import result, tool_of
from anomaly_hunter.tell.document import document

_SHOWN: Final = ("id", "begin", "end", "severity", "level", "confidence", "answer", "headline", "summary",
                 "recommendations")  # fmt: skip


def _options_text() -> str:
    texts = described(ReadOptions) | described(DetectOptions)
    return "Single settings by name. " + " ".join(f"`{name}`: {texts[name]}" for name in OPTIONS)


PathOrPaths = Annotated[
    str | list[str] | None,
    Field(description="A file or folder below the allowed folders (CSV, JSON, Parquet, packed), or several."),
]
Values = Annotated[
    list[float | None] | None, Field(description="Instead of a path: the numbers; null = missing.")
]
Stamps = Annotated[
    list[str | float] | None, Field(description="A time for each value: ISO-8601 or seconds since 1970.")
]
Csv = Annotated[str | None, Field(description="Instead of a path: CSV text with a header line.")]
Events = Annotated[
    str | list[dict[str, Any]] | None,
    Field(
        description="What changed (deploys, flags, ...): a path, or objects with time, kind, title, service."
    ),
]
Calls = Annotated[
    str | dict[str, list[str]] | None,
    Field(description="Who calls whom: a path, or each service with the list of those it calls."),
]
Lines = Annotated[
    str | list[str] | None,
    Field(description="Log lines of the same time: a path, or the lines, each with its time."),
]
Options = Annotated[dict[str, Any] | None, Field(description=_options_text())]
At = Annotated[
    str, Field(description="A time in ISO-8601, or #17 for data row 17, counted from 0.", max_length=100)
]
SeriesName = Annotated[
    str, Field(description="Which series, when there are several; else the strangest there.", max_length=1000)
]
HuntName = Annotated[str, Field(description="The name that `hunt` gave, such as hunt-1.", max_length=100)]


class HuntAnswer(TypedDict):
    """``verdict`` is the published form (hunter's JSON output), with long lists cut as ``left_out`` says."""

    hunt: str
    left_out: dict[str, int]
    verdict: dict[str, Any]


class ExplainAnswer(TypedDict):
    """Why a point alarms or does not; a score of 1 is the boundary; null where unknown."""

    hunt: str
    when: str
    alarm: bool
    score: float | None
    actual: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    reasons: list[str]


def hunting_tools(desk: Desk) -> list[Tool]:
    """Both tools, answered at this desk."""

    async def hunt(  # noqa: PLR0917 - called by name, from JSON
        path: PathOrPaths = None,
        values: Values = None,
        timestamps: Stamps = None,
        csv: Csv = None,
        events: Events = None,
        graph: Calls = None,
        logs: Lines = None,
        options: Options = None,
    ) -> Annotated[CallToolResult, HuntAnswer]:
        """Hunt for anomalies in data: incidents with severity, confidence, cause, evidence and what to do.

        Give one of path, values and csv. What changed (events), who calls whom (graph) and logs make the
        cause far more certain: give them when they are there. Ask on with the ids of the incidents.
        """
        given = Given(path, values, timestamps, csv, events, graph, logs, options or {})
        held = await desk.hunt(given)
        answer = _bounded(held, desk.limits)
        return result(answer, _short(answer))

    async def explain(
        hunt: HuntName, at: At, series: SeriesName = ""
    ) -> Annotated[CallToolResult, ExplainAnswer]:
        """Why a point or row did or did not alarm: expected, actual, score, and the rule that decided."""
        told = await desk.explain(hunt, at, series)
        numbers = {
            name: value if math.isfinite(value := float(getattr(told, name))) else None
            for name in ("score", "actual", "expected", "lower", "upper")
        }
        return result(
            {
                "hunt": hunt,
                "when": told.when,
                "alarm": bool(told.alarm),
                **numbers,
                "reasons": list(told.reasons),
            }
        )

    return [
        tool_of(hunt, title="Hunt for anomalies"),
        tool_of(explain, title="Why a point alarms or does not"),
    ]


def _bounded(held: HeldHunt, limits: Limits) -> HuntAnswer:
    """The published form; of long lists the first, most important entries."""
    whole = document(held.hunt)
    left_out: dict[str, int] = {}

    def cut(record: dict[str, Any], key: str, most: int) -> None:
        more = len(record[key]) - most
        if more > 0:
            left_out[key] = left_out.get(key, 0) + more
            record[key] = record[key][:most]

    whole["subjects"].sort(key=lambda subject: -subject["anomalies"])
    cut(whole, "subjects", limits.listed)
    cut(whole, "incidents", limits.incidents)
    for incident in whole["incidents"]:
        cut(incident, "anomalies", limits.listed)
        for anomaly in incident["anomalies"]:
            cut(anomaly, "rows", limits.listed)
    return {"hunt": held.name, "left_out": left_out, "verdict": whole}


def _short(answer: HuntAnswer) -> dict[str, Any]:
    verdict = answer["verdict"]
    incidents = [
        {**{key: one[key] for key in _SHOWN}, "cause": one["cause"] and one["cause"]["name"]}
        for one in verdict["incidents"]
    ]
    return {
        "hunt": answer["hunt"],
        "reading": verdict["dataset"]["reading"],
        "notes": verdict["dataset"]["notes"],
        "incident_count": verdict["incident_count"],
        "incidents": incidents,
        "observations": [fact["statement"] for fact in verdict["observations"]],
    }
