"""Why a point of a kept hunt alarms or does not: a panel below a chart, or a page of its own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.explain import explain_among
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.serve.api.charts import HELD
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import is_fragment, page

router = APIRouter()


@router.get("/hunts/{hunt_id}/series/{series_id}/explain")
def explained(
    hunt_id: str,
    series_id: str,
    request: Request,
    *,
    here: Here,
    caller: Viewer,
    at: Annotated[str, Query(max_length=80)],
) -> Response:
    """Expected, actual, score and the rules at a moment, or at "#17" for a row."""
    values: dict[str, Any] = {"hunt_id": hunt_id, "told": None, "fault": "", "subject": "", "unit": ""}
    try:
        detection = HELD.detection(Recordings(here.memory(caller)), hunt_id, series_id, parts=True)
        unit = detection.series.unit if detection.series is not None else ""
        told = explain_among([detection], at, settings=here.settings)
        values |= {"told": told, "subject": detection.subject, "unit": unit}
    except UnknownError:
        raise
    except UsageError as error:
        values["fault"] = f"{error.came}; {error.cure}"
    template = "incident/explained.html" if is_fragment(request) else "explained.html"
    return page(request, template, caller, **values)
