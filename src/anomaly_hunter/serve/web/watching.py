"""Watches as pages show them: how they are, their last runs, and the form that makes one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from fastapi import Form

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Run, Runs
from anomaly_hunter.remember.watches.watching import Watch, Watches
from anomaly_hunter.serve.api.watches import NewWatch
from anomaly_hunter.serve.documents.watched import state_of, watch_document

STRIP: Final = 24
MOST_STRIPS: Final = 100
"""Watches beyond so many are shown without their last runs: the list stays fast."""
LEVELS: Final = {"failing": "error", "running": "information", "quiet": "warning", "ok": "calm"}
WORDS: Final = {
    "ok": "healthy", "new": "not run yet", "running": "running", "failing": "failing", "paused": "paused",
    "quiet": "no new data",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A watch on the list; ``runs`` are its last ones, oldest first."""

    watch: Watch
    state: str
    document: dict[str, Any]
    runs: Sequence[Run]

    @property
    def level(self) -> str:
        """The colour of its state."""
        return LEVELS.get(self.state, "unranked")

    @property
    def due(self) -> bool:
        """Whether its time has come; what runs the schedule takes it up at its next look."""
        next_at = self.watch.next_at
        return next_at is None or bool(next_at <= np.datetime64(time.time_ns(), "ns"))

    @property
    def word(self) -> str:
        """Its state in words."""
        return WORDS[self.state]


def lines(memory: Store, strips: int = MOST_STRIPS) -> tuple[Line, ...]:
    """Every watch: what fails first, then by name; the first ``strips`` with their last runs."""
    runs = Runs(memory)
    watches = sorted(Watches(memory).all(), key=lambda one: (state_of(one) != "failing", one.name))
    return tuple(
        line(one, runs.of(one.id, STRIP)[::-1] if n < strips else ()) for n, one in enumerate(watches)
    )


def line(watch: Watch, runs: Sequence[Run]) -> Line:
    """One watch with these runs."""
    return Line(watch, state_of(watch), watch_document(watch), runs)


@dataclass(frozen=True, slots=True)
class WatchForm:
    """The form as it was filled in: ``source`` says which of the three it is."""

    name: Annotated[str, Form(max_length=200)] = ""
    source: Annotated[str, Form()] = "files"
    files: Annotated[str, Form(max_length=20_000)] = ""
    sql_url: Annotated[str, Form(max_length=2_000)] = ""
    sql_query: Annotated[str, Form(max_length=20_000)] = ""
    prometheus_url: Annotated[str, Form(max_length=2_000)] = ""
    prometheus_query: Annotated[str, Form(max_length=20_000)] = ""
    step: Annotated[str, Form(max_length=20)] = "1m"
    token: Annotated[str, Form(max_length=200)] = ""
    every: Annotated[str, Form(max_length=20)] = "5m"
    history: Annotated[str, Form(max_length=20)] = "14d"
    delay: Annotated[str, Form(max_length=20)] = "1m"
    sensitivity: Annotated[str, Form(max_length=20)] = ""

    def wanted(self, kept: dict[str, Any] | None = None) -> NewWatch:
        """What the API takes; ``kept`` is the definition before, whose other settings stay.

        Raises
        ------
        UsageError
            The sensitivity is no number, or the source is none of the three.
        """
        before = {name: kept[name] for name in ("read", "events", "graph") if kept and kept.get(name)}
        detect = {k: v for k, v in ((kept or {}).get("detect") or {}).items() if k != "sensitivity"}
        if self.sensitivity.strip():
            detect["sensitivity"] = _number(self.sensitivity)
        return NewWatch(
            name=self.name, every=self.every, history=self.history, delay=self.delay, detect=detect,
            **self._looks_at(), **before,
        )  # fmt: skip

    def _looks_at(self) -> dict[str, Any]:
        if self.source == "sql":
            return {"sql": {"url": self.sql_url.strip(), "query": self.sql_query}}
        if self.source == "prometheus":
            return {"prometheus": {
                "url": self.prometheus_url.strip(), "query": self.prometheus_query, "step": self.step,
                "token": self.token.strip(),
            }}  # fmt: skip
        if self.source != "files":
            raise UsageError(f"the source is {self.source[:40]!r}", "files, sql or prometheus", "choose one")
        return {"files": [one.strip() for one in self.files.splitlines() if one.strip()]}


def form_of(watch: Watch) -> WatchForm:
    """The form filled with a watch that is there."""
    given = watch_document(watch)["definition"]
    sql, prometheus = given.get("sql") or {}, given.get("prometheus") or {}
    return WatchForm(
        name=watch.name,
        source="sql" if sql else "prometheus" if prometheus else "files",
        files="\n".join(given.get("files") or ()),
        sql_url=sql.get("url", ""),
        sql_query=sql.get("query", ""),
        prometheus_url=prometheus.get("url", ""),
        prometheus_query=prometheus.get("query", ""),
        step=prometheus.get("step", "1m"),
        token=prometheus.get("token", ""),
        every=given.get("every", "5m"),
        history=given.get("history", "14d"),
        delay=given.get("delay", "1m"),
        sensitivity=str((given.get("detect") or {}).get("sensitivity", "")),
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"the sensitivity is {text[:40]!r}", "a number such as 1.5", "change it") from None
