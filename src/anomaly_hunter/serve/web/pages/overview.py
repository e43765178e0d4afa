"""The first page: what is wrong now."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page

router = APIRouter()


@router.get("/")
def overview(request: Request, here: Here, caller: Viewer) -> HTMLResponse:
    """What is wrong now."""
    return page(request, "overview.html", caller, incidents=here.memory(caller).incidents(20))
