"""Upload and hunt: the page, and the example data that it offers to those who have none at hand."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.serve.guard.needs import Responder
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here
from anomaly_hunter.serve.web.templating import page

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
    recent = Recordings(here.memory(caller)).hunts(most=RECENT).items
    return page(request, "hunt.html", caller, samples=SAMPLES, recent=recent)


@router.get("/samples/{name}")
def sample(name: str, caller: Responder) -> dict[str, Any]:
    """The files of an example, as the page sends them back to be hunted in."""
    if name not in FILES:
        raise Problem(
            404, "No such example", f"there is none named {name[:40]!r}", ", ".join(FILES), "choose"
        )
    return {"files": _sample_files(name)}


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
