"""The audit log: who did what, and whether the log is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from anomaly_hunter.client import records
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.serve.documents.admitted import entry_document
from anomaly_hunter.serve.guard.needs import Admin
from anomaly_hunter.serve.rest.paging import After, Json, Limit, Page, page
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["audit"])

Search = Annotated[str, Query(max_length=200, description="Part of who, what or about.")]
Holds = Annotated[
    str,
    Query(pattern="^([0-9a-f]{64})?$", description="A digest noted down earlier, that an entry must have."),
]


@router.get("/audit", summary="Who did what", response_model=Page[records.AuditEntry])
def entries(
    request: Request, here: Here, caller: Admin, *, after: After = "", limit: Limit = 50, search: Search = ""
) -> Json:
    """Entries, the newest first."""
    found = Audit(here.memory(caller)).page(before(after), limit + 1, search)
    more = str(found[limit - 1].id) if len(found) > limit else ""
    return page(request, [entry_document(one) for one in found[:limit]], more)


@router.get("/audit/verification", summary="Whether the log is whole", response_class=Json)
def verification(here: Here, caller: Admin, holds: Holds = "") -> Json:
    """Checks the chain from the first entry on. Note `digest` down elsewhere: with it, a later check
    (`holds`) also sees a log that was cut, or written anew from the start."""
    found = Audit(here.memory(caller)).verify(holds)
    return Json({
        "whole": found.broken_at is None, "entries": found.entries, "digest": found.digest or None,
        "broken_at": found.broken_at,
    })  # fmt: skip


def before(cursor: str) -> int | None:
    """The entry that a cursor stands for; None: from the newest on."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 15):
        raise Problem(422, "Not as described", f"the cursor is {cursor[:50]!r}", "what a page gave as `next`",
                      "begin at the first page")  # fmt: skip
    return int(cursor)
