"""`POST /detection/run`: one detector over the rows of a table."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from anomaly_hunter.serve.api.detect import LONG_BYTES
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.hunting.hunting_rows import RUN
from anomaly_hunter.serve.rest.body import json_of
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["detect"])


class Scores(BaseModel):
    """A score for each row."""

    scores: list[float | None] = Field(description="One for each row; higher is stranger.")
    anomalies: list[int] = Field(description="Rows that alarm, counted from 0.", examples=[[7]])
    threshold: float = Field(description="The boundary, on the scale of the scores.", examples=[1.0])
    algorithm: str = Field(examples=["ecod"])
    took_ms: float


_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["data"],
                    "additionalProperties": False,
                    "properties": {
                        "data": {
                            "description": "Rows of numbers, as many in every row; null: missing.",
                            "type": "array", "minItems": 1,
                            "items": {"type": "array", "minItems": 1, "items": {"type": ["number", "null"]}},
                        },
                        "algorithm": {
                            "description": "A detector for tables (`hunter detectors`); left out: chosen.",
                            "type": "string", "maxLength": 100,
                        },
                        "contamination": {
                            "description": "Alarm on this share of the rows; null: decided from the data.",
                            "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 0.5,
                        },
                    },
                },
                "examples": {
                    "rows": {
                        "summary": "Eight rows of two columns",
                        "value": {
                            "data": [[1, 2], [2, 1], [1, 1], [2, 2], [1, 2], [2, 1], [9, 9], [2, 2]],
                            "algorithm": "ecod",
                            "contamination": 0.1,
                        },
                    }
                },
            }
        },
    }
}  # fmt: skip


@router.post(
    "/detection/run", response_model=Scores, openapi_extra=_BODY, summary="Score the rows of a table"
)
async def run(request: Request, here: Here, caller: Viewer) -> Response:
    """Run one detector over rows of numbers. Nothing is stored."""
    body = await json_of(request, here.settings.serve)
    done = await here.pool.run(RUN, {"organisation": caller.organisation}, body, long=len(body) > LONG_BYTES)
    return Response(done.body, media_type="application/json")
