"""What workers do: hunt in what a request holds, and give back finished JSON."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import DataError
from anomaly_hunter.hunt import ahunt
from anomaly_hunter.model import Dataset, Hunt
from anomaly_hunter.reading import Around, read_all
from anomaly_hunter.remember.serving.jobs import Jobs
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.serve.documents.answer import answer_document
from anomaly_hunter.serve.hunting.asked import asked, loads
from anomaly_hunter.serve.hunting.uploaded import read_uploaded
from anomaly_hunter.serve.mcp.given import Given
from anomaly_hunter.serve.pool.refused import RefusedError
from anomaly_hunter.serve.pool.worker import Bench

DETECT: Final = "anomaly_hunter.serve.hunting.hunting:detect"
KEEP: Final = "anomaly_hunter.serve.hunting.hunting:keep"
AGAIN: Final = "again"
"""Says in the head of an answer that it was given before."""

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

_OUT_OF_ORDER: Final = ("disorder", "duplicate time")
_WARM: Final = 5


def detect(bench: Bench, told: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """The answer to a JSON request.

    ``told`` names the ``organisation``, whether to ``save``, and with which key that was ``asked``, where it
    has one. What is not saved asks nothing of the memory either: the same request has the same answer for
    everybody, always.
    """
    store = bench.store(told["organisation"]) if told.get("save") else None
    if store is not None and (before := _before(store, told)) is not None:
        return before
    settings, dataset = _read_json(bench.settings, body)
    settings = replace(settings, read=replace(settings.read, counters=False))  # that is done
    found = bench.wait(ahunt(dataset, settings=settings, memory=store, keep=False))
    if store is None:
        return said_of(found), as_json(answer_document(found))
    with store.at_once() as whole:
        # The same request may have come twice, and this is the second.
        if (before := _before(whole, told)) is not None:
            return before
        name, points = new_id(), settings.remember.record_points
        whole.keep(found, origin="api", by=told.get("by", ""), hunt_id=name, points=points)
        answer = as_json(answer_document(found, hunt_id=name))
        if told.get("asked"):
            Replies(whole).keep(Asked(**told["asked"]), Reply(200, {}, answer))
    return said_of(found), answer


def _before(store: Store, told: Mapping[str, Any]) -> tuple[dict[str, Any], bytes] | None:
    """What this request was answered before, where it has a key and was."""
    before = Replies(store).before(Asked(**told["asked"])) if told.get("asked") else None
    return None if before is None else ({AGAIN: True}, before.body)


def keep(bench: Bench, told: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Do a job: hunt in uploaded files or in JSON, keep what is found, and finish the job, all at once.

    ``told`` holds the ``organisation``, the ``job``, its ``holder`` and the job's request: ``files`` (each
    with ``name``, ``role`` and ``bytes``, which lie one after the other in the body), or none for JSON;
    ``options``.
    """
    store = bench.store(told["organisation"])
    if not Jobs(store, told["holder"]).begin(told["job"]):
        raise _too_late(told["job"])
    if told.get("files"):
        settings = Given(options=told.get("options") or {}).settings(bench.settings)
        dataset = read_uploaded(told["files"], body, settings)
    else:
        settings, dataset = _read_json(bench.settings, body)
    settings = replace(settings, read=replace(settings.read, counters=False))
    within(dataset, settings.serve.points)
    found = bench.wait(ahunt(dataset, settings=settings, memory=store, keep=False, progress=bench.progress))
    with store.at_once() as whole:
        name = new_id()
        origin = "upload" if told.get("files") else "api"
        points = settings.remember.record_points
        whole.keep(found, origin=origin, by=told["by"], hunt_id=name, points=points)
        answer = answer_document(found, hunt_id=name)
        if not Jobs(whole, told["holder"]).finish(told["job"], answer):
            raise _too_late(told["job"])  # which takes back what was kept
    return said_of(found), b""


def _read_json(base: Settings, body: bytes) -> tuple[Settings, Dataset]:
    limit = base.serve.points
    request = asked(loads(body, limit), limit)
    settings = Given(options=request.options).settings(base)
    return settings, in_order(read_all(request.data, Around(**request.around), settings.read))


def _too_late(job: str) -> RefusedError:
    return RefusedError(
        409,
        "Too late",
        f"the job {job} is finished already, or another server has it",
        "one that runs",
        "look at it",
    )


def in_order(dataset: Dataset) -> Dataset:
    """The dataset; a request whose times do not rise is refused, since positions would lose their sense."""
    for issue in dataset.quality.issues:
        if issue.kind in _OUT_OF_ORDER:
            raise DataError(
                f"times that do not rise: {issue.statement}", "each time later than the one before",
                "sort by time and merge what stands at the same time",
            )  # fmt: skip
    return dataset


def within(dataset: Dataset, points: int) -> Dataset:
    """The dataset, where it is not too large."""
    if dataset.quality.points > points:
        raise RefusedError(
            413, "Too large", f"{dataset.quality.points:,} values", f"at most {points:,}",
            "hunt in parts, or let the server take more (serve.points)",
        )  # fmt: skip
    return dataset


def new_id() -> str:
    """Twelve hexadecimal digits that nobody can guess."""
    return secrets.token_hex(6)


def said_of(found: Hunt) -> dict[str, Any]:
    """What the server counts."""
    return {
        "incidents": len(found.incidents),
        "anomalies": len(found.anomalies),
        "points": found.dataset.quality.points,
        "seconds": round(sum(found.took_ms.values()) / 1e3, 6),
    }


def as_json(document: Mapping[str, Any]) -> bytes:
    """Compact UTF-8."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def warm_up(settings: Settings) -> None:
    """Hunt a little, so that everything is loaded that hunts load when they first need it."""
    from anomaly_hunter.investigate.reasoning.options import AgentsOptions
    from anomaly_hunter.tracing.options import TracingOptions

    quiet = replace(settings, agents=AgentsOptions(), tracing=TracingOptions())
    values = [float(value) for value in np.sin(np.arange(200)) + 9 * (np.arange(200) == 150)]
    stamps = [1_700_000_000 + 60 * i for i in range(200)]
    started = time.monotonic()
    for body in ({"data": values, "timestamps": stamps}, {"data": values}):
        request = asked(loads(as_json(body), 1_000), 1_000)
        dataset = read_all(request.data, Around(), quiet.read)
        answer_document(_hunted(dataset, quiet))
        if time.monotonic() - started > _WARM:
            return


def _hunted(dataset: Dataset, settings: Settings) -> Hunt:
    from anomaly_hunter.hunt import hunt

    return hunt(dataset, settings=settings)
