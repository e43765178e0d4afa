"""How good the verdicts have been, and how it went over time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from starlette.responses import Response

from anomaly_hunter.client import records
from anomaly_hunter.feedback import stats
from anomaly_hunter.model import iso
from anomaly_hunter.remember.lists.listing import Listing
from anomaly_hunter.serve.documents.figures import figures_document
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.moments import moment
from anomaly_hunter.serve.rest.paging import Items, Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["stats"])
Begin = Annotated[datetime, Query(description="From here (ISO-8601) ...")]
End = Annotated[datetime, Query(description="... to before here.")]


@router.get("/stats", response_model=records.Figures, summary="How good the verdicts have been")
def figures(here: Here, caller: Viewer) -> Response:
    """By what people answered: shares with 95% intervals, calibration, per agent, by week."""
    return Json(figures_document(stats(here.memory(caller))))


@router.get("/stats/severity", response_model=Items[records.Bucket], summary="Severity over time")
def severity(
    here: Here,
    caller: Viewer,
    since: Begin,
    until: End,
    step_s: Annotated[int, Query(ge=1, le=31_536_000, description="Seconds of one step.")] = 3600,
) -> Response:
    """The worst severity of the incidents that overlap each step, and how many; at most 2,000 steps."""
    step = np.timedelta64(step_s, "s").astype("timedelta64[ns]")
    found = Listing(here.memory(caller)).severities(moment(since), moment(until), step)
    items = [{"begin": iso(one.begin), "worst": one.worst, "count": one.count} for one in found]
    return Json({"items": items})


@router.get("/stats/lanes", response_model=Items[records.Lane], summary="Series and time")
def lanes(
    here: Here, caller: Viewer, since: Begin, until: End,
    limit: Annotated[int, Query(ge=1, le=100, description="Series to show.")] = 20,
) -> Response:  # fmt: skip
    """The series that lead the worst incidents of that time, with their anomalies."""
    found = Listing(here.memory(caller)).lanes(moment(since), moment(until), limit)
    items: list[dict[str, Any]] = [
        {
            "subject": lane.subject,
            "subject_id": lane.subject_id,
            "spans": [
                {
                    "begin": iso(one.begin), "end": iso(one.end), "severity": one.severity,
                    "incident_id": one.incident_id,
                }
                for one in lane.spans
            ],
        }
        for lane in found
    ]  # fmt: skip
    return Json({"items": items})
