"""The audit log: who changed what, and whether the log is whole."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.serve.api.audit import before
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page

router = APIRouter()

MOST: Final = 100
Text = Annotated[str, Query(max_length=200)]


@router.get("/audit")
def audit(request: Request, here: Here, caller: Admin, search: Text = "", after: Text = "") -> Response:
    """Entries, the newest first."""
    log = Audit(here.memory(caller))
    found = log.page(before(after), MOST + 1, search)
    more = str(found[MOST - 1].id) if len(found) > MOST else ""
    return page(
        request, "audit.html", caller, found=found[:MOST], more=more, after=after, search=search,
        checked=log.verify(),
    )  # fmt: skip
