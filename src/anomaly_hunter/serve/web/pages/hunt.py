"""Upload and hunt: the page, and the example data that it offers to those who have none at hand."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.serving.jobs import Job
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.needs import Responder
from anomaly_hunter.serve.hunting.form import PICKED, read_form
from anomaly_hunter.serve.pool.refused import RefusedError
from anomaly_hunter.serve.rest.problem import Problem, of_error
from anomaly_hunter.serve.site import Here, Site
from anomaly_hunter.serve.web.templating import page
from anomaly_hunter.serve.web.uploading import FIELDS, asked

router = APIRouter(prefix="/hunt")

RECENT: Final = 6
SAMPLES: Final = (
    ("checkout", "A checkout that slows down", "Ten metrics, what was deployed, who calls whom"),
    ("shop", "A shop of eleven services", "A file of metrics for each, one change too many"),
    ("orders", "Orders, seven of them fraud", "A table of 2,000 rows without an order in time"),
    ("tickets", "Support tickets in two languages", "90 days of texts, and one day of complaints"),
)
FILES: Final = {
    "checkout": (
        ("files", "checkout.csv"), ("events", "checkout-events.csv"), ("graph", "checkout-graph.yaml"),
    ),
    "shop": (("files", "shop"), ("events", "shop-events.json"), ("graph", "shop-graph.yaml")),
    "orders": (("files", "orders.csv"),),
    "tickets": (("files", "tickets.csv"), ("events", "tickets-events.csv")),
}  # fmt: skip
"""What stands in each: the field of the upload, and the file or folder among the samples."""


@router.get("")
def hunt_page(request: Request, here: Here, caller: Responder) -> Response:
    """Where to drop, choose or paste."""
    return _form(request, here, caller)


@router.post("")
async def begin(request: Request, here: Here, caller: Responder) -> Response:
    """What a browser without scripts sends: the hunt where it is done soon, else the page of its job."""
    try:
        form = await read_form(request, here.settings.serve.body_bytes, FIELDS, (PICKED,))
        wanted = await run_in_threadpool(asked, form, _example)
    except (Problem, UsageError, RefusedError) as fault:
        problem = fault if isinstance(fault, Problem) else of_error(fault)
        return await run_in_threadpool(_form, request, here, caller, problem)
    job, _ = await here.queue.add(caller.organisation, caller.name, wanted.request, wanted.content)
    await here.queue.wait(caller.organisation, job.id, here.settings.serve.wait_seconds)
    return RedirectResponse(f"/hunt/jobs/{job.id}", 303)


@router.get("/jobs/{job_id}")
async def job_page(request: Request, here: Here, caller: Responder, job_id: str) -> Response:
    """How far a job is; where it is done, the hunt."""
    job = await _job(here, caller, job_id)
    if job.state == "done" and job.result is not None:
        return RedirectResponse(f"/hunts/{job.result['hunt_id']}", 303)
    return page(request, "hunt_job.html", caller, job=job)


@router.post("/jobs/{job_id}/cancel")
async def cancel(here: Here, caller: Responder, job_id: str) -> Response:
    """End it; what is finished stays."""
    job = await _job(here, caller, job_id)
    await here.queue.cancel(caller.organisation, job.id, caller.name)
    return RedirectResponse(f"/hunt/jobs/{job.id}", 303)


async def _job(here: Site, caller: Caller, name: str) -> Job:
    found = await here.queue.wait(caller.organisation, name, 0)
    if found is None:
        raise UnknownError(f"there is no job {name[:40]!r}", "an id that the list of jobs shows", "check it")
    return found


def _form(request: Request, here: Site, caller: Caller, problem: Problem | None = None) -> Response:
    recent = Recordings(here.memory(caller)).hunts(most=RECENT).items
    status = problem.status if problem is not None else 200
    error = problem.error if problem is not None else None
    return page(request, "hunt.html", caller, status=status, samples=SAMPLES, recent=recent, error=error)


@router.get("/samples/{name}")
def sample(name: str, caller: Responder) -> dict[str, Any]:
    """The files of an example, as the page sends them back to be hunted in."""
    return {"files": _example(name)}


def _example(name: str) -> list[tuple[str, str, str]]:
    if name not in FILES:
        raise Problem(
            404, "No such example", f"there is none named {name[:40]!r}", ", ".join(FILES), "choose"
        )
    return _sample_files(name)


@cache
def _sample_files(name: str) -> list[tuple[str, str, str]]:
    """Field, name and text of each file."""
    from anomaly_hunter.samples import series, services, table, tickets

    made = {"checkout": series, "shop": services, "orders": table, "tickets": tickets}[name]
    with tempfile.TemporaryDirectory(prefix="hunter-example-") as folder:
        made.write(Path(folder))
        return [
            (field, file.name, file.read_text("utf-8"))
            for field, part in FILES[name]
            for file in _files(Path(folder) / part)
        ]


def _files(place: Path) -> list[Path]:
    return sorted(place.iterdir()) if place.is_dir() else [place]
