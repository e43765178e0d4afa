"""`POST /detect`: hunt in what the request holds, and answer at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from anomaly_hunter.remember.serving.replies import Asked
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Viewer, viewer
from anomaly_hunter.serve.hunting.asked import LONGEST_NAME, LONGEST_TEXT
from anomaly_hunter.serve.hunting.hunting import AGAIN, DETECT
from anomaly_hunter.serve.rest.body import json_of
from anomaly_hunter.serve.rest.idempotency import Once, as_before
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here, Site

router = APIRouter(tags=["detect"])

LONG_BYTES: Final = 200_000
"""A larger body makes a long hunt, which leaves the last worker to others."""


class FoundSpan(BaseModel):
    """A span of a series, or rows of a table, that is not as expected."""

    series: str = Field(description="Its title.", examples=["value"])
    start: int = Field(description="First position, counted from 0 in order of time.", examples=[12])
    stop: int = Field(description="The position after the last one.", examples=[13])
    peak: int = Field(description="The strangest position.", examples=[12])
    begin: str | None = Field(description="Time of the first point, ISO-8601 UTC; null without timestamps.")
    end: str | None = Field(description="Time of the last point; null without timestamps.")
    shape: str = Field(description="spike, dip, level shift, drift, variance, flat line, gap, ...",
                       examples=["spike"])  # fmt: skip
    direction: Literal["up", "down", "both"]
    score: float | None = Field(description="1 is the alarm boundary.", examples=[14.9])
    actual: float | None = Field(description="The value at the peak.", examples=[60.0])
    expected: float | None = Field(description="What was expected there.", examples=[10.0])
    sigmas: float | None = Field(description="Distance in robust standard deviations, at most ±999.",
                                 examples=[41.5])  # fmt: skip
    ongoing: bool = Field(description="It still lasts where the data end.")
    rows: list[int] | None = Field(description="Of a table its rows; null for a series.")
    incident: str | None = Field(description="The incident that it belongs to, null where not investigated.")


class FoundByAgent(BaseModel):
    """What one agent found out about the worst incident."""

    name: str = Field(examples=["Pattern Analyst"])
    finding: str = Field(examples=["spike: value reached 60 at point 12 where 10 ± 1 was expected"])
    confidence: float = Field(ge=0, le=1, examples=[0.93])


class FoundCause(BaseModel):
    """What caused it, as far as the evidence goes."""

    kind: str = Field(description="event, service, segment, column or pattern.", examples=["event"])
    name: str = Field(examples=["deploy api v2"])
    statement: str
    share: float | None = Field(description="Its part of the evidence among all candidates, 0-1.")


class FoundIncident(BaseModel):
    """Anomalies that belong together, with one verdict."""

    id: str = Field(examples=["73a557c1b675"])
    severity: float = Field(ge=0, le=10)
    level: Literal["information", "warning", "error", "critical"]
    confidence: float = Field(ge=0, le=1)
    headline: str
    summary: str
    answer: str = Field(description="cause, several candidates, inconclusive, ...")
    cause: FoundCause | None
    begin: str | None
    end: str | None
    series: list[str] = Field(description="Titles of the series concerned, the leading one first.")


class FoundQuality(BaseModel):
    """How good the data are."""

    score: float | None = Field(description="0-100; 100: nothing was found.", examples=[100.0])
    issues: list[str] = Field(examples=[["3 of 500 values are missing"]])


class Detected(BaseModel):
    """What was found, the worst incident's word first."""

    severity: float = Field(ge=0, le=10, description="Of the worst incident; 0: nothing.", examples=[6.7])
    level: Literal["information", "warning", "error", "critical"] = Field(examples=["error"])
    confidence: float | None = Field(description="0-1, of the verdict; null without one.", examples=[0.75])
    confidence_level: str | None = Field(description="low, medium, high or very high.", examples=["high"])
    anomalies: list[int] = Field(description="Positions of abnormal points as they were sent, from 0.",
                                 examples=[[12]])  # fmt: skip
    spans: list[FoundSpan] = Field(description="The anomalies one by one.")
    agents: list[FoundByAgent] = Field(description="What each agent found out about the worst incident.")
    verdict: str = Field(description="The judge's words on the worst incident.")
    headline: str = Field(examples=["value reached 60 where 10 was expected"])
    answer: str | None = Field(description="What the verdict amounts to; null without one.")
    cause: FoundCause | None = Field(description="Null where none is named.")
    recommendations: list[str] = Field(description="What to do next; the first first.")
    incidents: list[FoundIncident] = Field(description="All of them, worst first.")
    not_investigated: int = Field(description="Groups of anomalies beyond the limit.", examples=[0])
    quality: FoundQuality
    reading: str = Field(description="How the data were read.", examples=["20 points, no time"])
    redpanda_event_id: str | None = Field(description="Of the event that was delivered; null: none was.")
    sentry_alert_id: str | None = Field(description="Of the alert that was delivered; null: none was.")
    hunt_id: str | None = Field(description="Under which the hunt is kept; null: it is not.")
    took_ms: float = Field(description="Reading, detecting and investigating.", examples=[5.8])


_VALUES: Final = {"type": ["number", "null"]}
_CELL: Final = {"type": ["number", "string", "boolean", "null"], "maxLength": LONGEST_TEXT}
_NAME: Final = {"maxLength": LONGEST_NAME}
REQUEST: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["data"],
    "additionalProperties": False,
    "properties": {
        "data": {
            "description": "Numbers (null: missing), or objects with a field for each column, or a list for "
            "each column.",
            "oneOf": [
                {"type": "array", "minItems": 1, "items": _VALUES},
                {"type": "array", "minItems": 1, "items": {"type": "object", "additionalProperties": _CELL}},
                {"type": "object", "minProperties": 1, "propertyNames": _NAME,
                 "additionalProperties": {"type": "array", "items": _CELL}},
            ],
        },
        "timestamps": {
            "description": "A time for each value, rising: ISO-8601, or seconds since 1970.",
            "oneOf": [
                {"type": "array", "items": {"type": "string", "maxLength": 100}},
                {"type": "array", "items": {"type": "number"}},
            ],
        },
        "events": {
            "description": "What changed: objects with time, kind, title, service.",
            "type": "array", "items": {"type": "object"},
        },
        "graph": {
            "description": "Who calls whom: each service with those it calls.",
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "logs": {"description": "Log lines with their times.", "type": "array", "items": {"type": "string"}},
        "options": {
            "description": "Single settings by name, such as sensitivity or seasonality.", "type": "object",
        },
    },
}  # fmt: skip
EXAMPLES: Final[dict[str, Any]] = {
    "values": {
        "summary": "Values alone",
        "value": {"data": [10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10]},
    },
    "clocked": {
        "summary": "With times, an event and a graph",
        "value": {
            "data": [10, 11, 10, 9, 10, 11, 10, 9, 10, 60],
            "timestamps": [f"2026-03-01T10:0{i}:00Z" for i in range(10)],
            "events": [
                {"time": "2026-03-01T10:08:30Z", "kind": "deploy", "title": "api v2", "service": "api"}
            ],
            "graph": {"web": ["api"], "api": ["db"]},
        },
    },
}
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": REQUEST, "examples": EXAMPLES}},
    }
}


@router.post("/detect", response_model=Detected, openapi_extra=BODY, summary="Hunt in what is sent")
async def detect(request: Request, here: Here, caller: Viewer, asked: Once, save: bool = False) -> Response:
    """Say what is abnormal in the data, since when, how bad, why, how sure that is and what to do next.

    Nothing is stored, and nothing stored changes the answer, unless `save=true`: then the incidents are
    kept, known ones keep their ids, and similar past incidents count as evidence.
    """
    if save and not caller.may("responder"):
        raise Problem(403, "Not allowed", f"{caller.name} is a {caller.role}", "a responder", "ask an admin")
    return await _hunted(request, here, caller, save, asked)


async def straight(request: Request) -> Response:
    """:func:`detect` without parameters, asked directly (:mod:`anomaly_hunter.serve.rest.straight`)."""
    return await _hunted(request, request.app.state.site, await viewer(request))


async def _hunted(
    request: Request, here: Site, caller: Caller, save: bool = False, asked: Asked | None = None
) -> Response:
    body = await json_of(request, here.settings.serve)
    told: dict[str, Any] = {"organisation": caller.organisation, "save": save, "by": caller.name}
    if asked is not None:
        told["asked"] = asdict(asked)
    done = await here.pool.run(DETECT, told, body, long=len(body) > LONG_BYTES)
    answer = Response(done.body, media_type="application/json")
    if done.head.get(AGAIN):
        return as_before(answer)
    here.counts.hunted(done.head)
    return answer
