"""Scripts, styles and pictures of the pages; who has not signed in needs them too."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from anomaly_hunter.serve.web import assets

router = APIRouter()


@router.get(assets.PREFIX + "/{digest}/{name}")
async def static(request: Request, digest: str, name: str) -> Response:
    """One file."""
    return assets.answer(request, digest, name)
