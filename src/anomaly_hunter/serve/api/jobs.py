"""Jobs, and the hunts that become one: `POST /hunts`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from anomaly_hunter.errors import ConflictError, UnknownError
from anomaly_hunter.model import iso
from anomaly_hunter.remember.serving.jobs import Job
from anomaly_hunter.serve.api.detect import EXAMPLES, REQUEST, Detected
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder, Viewer
from anomaly_hunter.serve.hunting.form import MOST_FILES, check_files, not_described, read_form
from anomaly_hunter.serve.rest.body import json_of
from anomaly_hunter.serve.rest.idempotency import Once, as_before
from anomaly_hunter.serve.rest.paging import After, Id, Limit, Page, page
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here, Site

router = APIRouter(tags=["hunts"])


class JobRecord(BaseModel):
    """A piece of work that a server was asked to do and did not finish at once."""

    id: str = Field(examples=["9f8e7d6c5b4a"])
    kind: str = Field(examples=["hunt"])
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    by: str = Field(examples=["ann"])
    done: int = Field(description="Series that are looked at.", examples=[3])
    of: int = Field(description="Of so many; 0: not known yet.", examples=[12])
    files: list[str] = Field(description="Names of what was uploaded.", examples=[["cpu.csv"]])
    made_at: str = Field(examples=["2026-03-01T12:00:00Z"])
    started_at: str | None = Field(description="When it was begun last.")
    finished_at: str | None
    attempts: int = Field(description="How often it was begun; more than once where the server went away.")
    error: dict[str, Any] | None = Field(description="The problem, where it failed.")
    result: Detected | None = Field(None, description="What was found, once it is done; not in lists.")


_UPLOAD: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "description": "CSV, JSON, JSON lines or Parquet; also packed as .gz or .zst, but no archive.",
            "type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_FILES,
        },
        "events": {"description": "What changed (CSV, JSON).", "type": "string", "format": "binary"},
        "graph": {"description": "Who calls whom (YAML, JSON, CSV).", "type": "string", "format": "binary"},
        "logs": {"description": "Log lines.", "type": "string", "format": "binary"},
        "options": {"description": "Single settings by name, as a JSON object.", "type": "string"},
    },
}  # fmt: skip
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _UPLOAD},
            "application/json": {"schema": REQUEST, "examples": EXAMPLES},
        },
    }
}
_ACCEPTED: Final[dict[int | str, dict[str, Any]]] = {
    202: {"description": "It takes longer: watch `Location`.", "model": JobRecord},
}


@router.post(
    "/hunts", response_model=Detected, responses=_ACCEPTED, openapi_extra=_BODY, summary="Hunt and keep"
)
async def hunt(request: Request, here: Here, caller: Responder, asked: Once) -> Response:
    """Hunt in uploaded files or JSON, and keep what is found.

    Answers 200 when the hunt is done within the server's `wait_seconds`, else 202 with the job, which
    goes on whether or not anybody asks for it, and also when the server is started anew.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        told, given = await _uploaded(request, here.settings.serve.body_bytes)
    elif kind in ("application/json", ""):
        told, given = {}, await json_of(request, here.settings.serve)
    else:
        raise Problem(415, "Not read", f"a body of {kind[:80]!r}", "multipart/form-data or JSON", "send one")
    job, again = await here.queue.add(caller.organisation, caller.name, told, given, asked)
    found = await here.queue.wait(caller.organisation, job.id, here.settings.serve.wait_seconds)
    answer = _answer(found or job, request)
    return as_before(answer) if again else answer


def _answer(job: Job, request: Request) -> Response:
    place = {"Location": f"{request.url.path.rpartition('/')[0]}/jobs/{job.id}"}
    if job.state == "done":
        return JSONResponse(job.result, headers=place)
    if job.state == "failed" and job.error is not None:
        return JSONResponse(
            {**job.error, "instance": place["Location"]}, int(job.error["status"]), place,
            media_type="application/problem+json",
        )  # fmt: skip
    return JSONResponse(job_document(job), 202, place)


async def _uploaded(request: Request, most: int) -> tuple[dict[str, Any], bytes]:
    """The job's request, and the files one after the other."""
    form = await read_form(request, most, ("options",))
    check_files(form.files)
    return {"files": list(form.files), "options": _options(form.said.get("options"))}, form.content


def _options(given: object) -> dict[str, Any]:
    if not given:
        return {}
    try:
        found = json.loads(given) if isinstance(given, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise not_described("options are no JSON object", '{"sensitivity": 2}', "mend them")
    return found


# ------------------------------------------------------------ jobs


@router.get("/jobs", summary="Jobs, the newest first", response_model=Page[JobRecord])
def jobs(request: Request, here: Here, caller: Viewer, after: After = "", limit: Limit = 50) -> Response:
    """The jobs of your organisation, without their results."""
    found = here.queue.of(caller.organisation).page(after, limit)
    return page(request, [job_document(one, whole=False) for one in found.items], found.next)


@router.get("/jobs/{job_id}", summary="One job", response_model=JobRecord)
def job(job_id: Id, here: Here, caller: Viewer) -> dict[str, Any]:
    """Its state and how far it is; what was found once it is done, the problem where it failed."""
    return job_document(_found(here, caller, job_id))


@router.delete("/jobs/{job_id}", summary="Cancel a job", response_model=JobRecord)
async def cancel(job_id: Id, here: Here, caller: Responder) -> dict[str, Any]:
    """End it, also in the middle; twice is once. What is finished stays."""
    await asyncio.to_thread(_found, here, caller, job_id)
    await here.queue.cancel(caller.organisation, job_id, caller.name)
    there = await here.queue.wait(caller.organisation, job_id, 0) or _missing(job_id)
    if there.state == "cancelled":
        return job_document(there)
    raise ConflictError(f"the job is {there.state}", "one that waits or runs", "look at what it found")


def _found(here: Site, caller: Caller, name: str) -> Job:
    found = here.queue.of(caller.organisation).find(name)
    if found is None or (caller.narrow and found.by != caller.name):
        return _missing(name)
    return found


def _missing(name: str) -> Job:
    raise UnknownError(f"there is no job {name[:40]!r}", "an id that the list of jobs shows", "check it")


def job_document(job: Job, *, whole: bool = True) -> dict[str, Any]:
    """A job as JSON; ``whole`` with its result."""
    times: Mapping[str, Any] = {
        "made_at": job.made_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
    files = job.request.get("files") or ()
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "by": job.by,
        "done": job.done,
        "of": job.of,
        "files": [one["name"] for one in files],
        **{name: None if at is None else iso(at) for name, at in times.items()},
        "attempts": job.attempts,
        "error": job.error,
        **({"result": job.result} if whole else {}),
    }
