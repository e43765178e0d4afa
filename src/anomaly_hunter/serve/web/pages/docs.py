"""The description of the API for people: every operation with examples, from the same document."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.web.reference import pieces, resources
from anomaly_hunter.serve.web.templating import page

router = APIRouter()


@router.get("/docs")
def docs(request: Request, caller: Viewer) -> HTMLResponse:
    """Every operation of the API."""
    document = request.app.openapi()
    return page(
        request,
        "docs.html",
        caller,
        resources=resources(document, str(request.base_url).rstrip("/")),
        about=[pieces(line) for line in document["info"]["description"].splitlines() if line],
        version_of_api=document["info"]["version"],
    )
