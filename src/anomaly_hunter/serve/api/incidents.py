"""Incidents: the list, and one in full."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.remembered import kept_document, remembered_document
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["incidents"])


@router.get("/incidents")
def incidents(here: Here, caller: Viewer) -> dict[str, Any]:
    """The incidents of your organisation, the last hunted first."""
    return {"items": [kept_document(one) for one in here.memory(caller).incidents(50)]}


@router.get("/incidents/{incident_id}")
def incident(incident_id: str, here: Here, caller: Viewer) -> dict[str, Any]:
    """One incident with verdict, findings, evidence and what people said."""
    return remembered_document(here.memory(caller).incident(incident_id))
