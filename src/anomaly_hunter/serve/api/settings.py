"""The settings that are in force."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from anomaly_hunter.serve.documents.masking import shown
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.rest.paging import Json
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["settings"])


@router.get("/settings", response_model=dict[str, dict[str, Any]], summary="Settings in force")
def settings(here: Here, caller: Admin) -> Response:
    """By section. Secrets are hidden: of addresses only the host is shown, of headers only their names.

    They are of the whole server: admins of other organisations than its own do not see them.
    """
    here.check_ours(caller, "the settings")
    return Json(shown(here.settings))
