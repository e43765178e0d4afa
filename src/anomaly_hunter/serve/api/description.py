"""The API described by itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.paging import Json

router = APIRouter(tags=["description"])


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request, caller: Viewer) -> Response:
    """OpenAPI 3.1; made in a thread when first asked for, since that takes a while."""
    return Json(request.app.openapi())
