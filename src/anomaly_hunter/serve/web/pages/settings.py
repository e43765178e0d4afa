"""The settings in force: what, from where, and what each one means."""

from __future__ import annotations

import platform

from fastapi import APIRouter, Request
from fastapi.responses import Response

from anomaly_hunter.config import settings_file
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.in_force import in_force
from anomaly_hunter.serve.web.templating import page

router = APIRouter()


@router.get("/settings")
def settings(request: Request, here: Here, caller: Admin, only: str = "") -> Response:
    """All sections; secrets are hidden, of addresses only the host is shown."""
    here.check_ours(caller, "the settings")
    return page(
        request,
        "settings.html",
        caller,
        changed=only == "changed",
        sections=in_force(here.settings),
        file=str(settings_file() or ""),
        kind=here.store.engine.dialect.name,
        python=platform.python_version(),
    )
