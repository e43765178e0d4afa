"""Watches and their runs in plain JSON types, as the API and the pages show them: never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from anomaly_hunter.model import iso
from anomaly_hunter.model.secret import without_password

if TYPE_CHECKING:
    from anomaly_hunter.remember.watches.runs import Run
    from anomaly_hunter.remember.watches.watching import Watch


def watch_document(watch: Watch) -> dict[str, Any]:
    """A watch: what it looks at, how it is, when it looks again."""
    definition = _shown(watch.definition)
    return {
        "id": watch.id, "name": watch.name, "state": state_of(watch), "enabled": watch.enabled,
        "origin": watch.origin, "by": watch.by, "made_at": iso(watch.made_at),
        "source": next((kind for kind in ("files", "sql", "prometheus") if definition.get(kind)), ""),
        "looks_at": _looks_at(definition),
        "every": definition.get("every", ""), "definition": definition,
        "seen_until": _time(watch.seen_until), "next_at": _time(watch.next_at), "failures": watch.failures,
        "last_run": None if watch.last is None else run_document(watch.last),
    }  # fmt: skip


def run_document(run: Run) -> dict[str, Any]:
    """One run: its window, how long it took, what it found or why it failed."""
    return {
        "id": run.id, "state": run.state, "begin": iso(run.begin), "end": iso(run.end),
        "started_at": iso(run.started_at), "finished_at": _time(run.finished_at), "took_ms": run.took_ms,
        "points": run.points, "incidents": list(run.incident_ids), "hunt_id": run.hunt_id,
        "attempts": run.attempts, "error": run.error,
    }  # fmt: skip


def state_of(watch: Watch) -> str:
    """How a watch is, in a word: paused, running, failing, quiet (nothing came), ok, or new."""
    if not watch.enabled:
        return "paused"
    if watch.last is not None and watch.last.state == "running":
        return "running"
    if watch.failures:
        return "failing"
    if watch.last is None:
        return "new"
    return "quiet" if watch.last.points == 0 else "ok"


def _shown(definition: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(definition)
    for kind in ("sql", "prometheus"):
        if isinstance(shown.get(kind), Mapping):
            shown[kind] = {**shown[kind], "url": without_password(str(shown[kind].get("url", "")))}
    return shown


def _looks_at(definition: Mapping[str, Any]) -> str:
    for kind in ("sql", "prometheus"):
        if definition.get(kind):
            return str(definition[kind].get("query", ""))
    return ", ".join(definition.get("files", ()))


def _time(time: np.datetime64 | None) -> str | None:
    return None if time is None else iso(time)
