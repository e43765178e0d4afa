"""`/healthz`, `/readyz`, `/metrics`: for those who look after the server."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from anomaly_hunter.errors import StoreError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.serve.counts import exposition
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.rest.problem import memory_fault
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Does it live?")
async def healthz() -> dict[str, str]:
    """The server answers."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can it work?", responses={503: {"description": "Not yet, or not any more."}})
async def readyz(here: Here) -> Response:
    """The memory can be read, and a process that hunts is there."""
    here.pool.start()
    said: dict[str, Any] = {"memory": "ok", "workers": "ok" if here.pool.ready else "starting"}
    try:
        await asyncio.to_thread(Happenings(here.store).last_id)
    except StoreError as error:
        said["memory"] = memory_fault(error).error.came  # anybody may ask: where it lies is not for them
    ready = set(said.values()) == {"ok"}
    return JSONResponse({"status": "ok" if ready else "not ready", **said}, 200 if ready else 503)


@router.get("/metrics", response_class=PlainTextResponse, summary="Figures for Prometheus")
async def metrics(here: Here, caller: Viewer) -> Response:
    """Counters and durations since the start, in the text format of Prometheus.

    They are of all organisations together, so that only the server's own may read them.
    """
    here.check_ours(caller, "these figures")
    return Response(exposition(here), media_type="text/plain; version=0.0.4; charset=utf-8")
