"""RootCauseBench: which commit did it, among decoys; or none did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.causes.labelled import Labelled, Scene
from anomaly_hunter.config import Settings
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Event, Graph
from anomaly_hunter.read.events import read_events
from anomaly_hunter.read.logs import read_logs
from anomaly_hunter.reading import read

NAME: Final = "rootcausebench"
LOOK_BACK: Final = np.timedelta64(30, "m")
LOOK_AHEAD: Final = np.timedelta64(5, "m")


@dataclass(frozen=True, slots=True)
class Incident:
    """One folder; ``without`` is the hash of a commit that is taken out of all that is given."""

    folder: Path
    without: str = ""

    def __call__(self) -> Scene:
        """Metrics, logs, changes, calls and the alert as a user would hand them over."""
        alert = _json(self.folder / "alert.json")
        dataset = replace(
            read(str(self.folder / "metrics.csv"), Settings()),
            events=_without(events_of(self.folder), self.without),
            graph=_calls(_json(self.folder / "traces.json")),
            logs=read_logs(self.folder / "logs.ndjson"),
        )
        fired = _json_time(alert["fired_at"])
        alerting = next(
            (
                s.title
                for s in dataset.series
                if alert["metric"] in (s.name, s.labels.get("metric"))
                and s.labels.get("service") == alert["service"]
            ),
            "",
        )
        return Scene(dataset, alerting, (fired - LOOK_BACK, fired + LOOK_AHEAD), hunted=True)


def has(folder: Path) -> bool:
    """Whether the set is there."""
    return (folder / "causes" / NAME).is_dir()


def cases(folder: Path, quick: bool) -> Iterator[Labelled]:
    """Every incident as it is, and those that a commit caused once more without that commit.

    Without it, what is right is to name no commit at all.
    """
    folders = sorted(p for p in (folder / "causes" / NAME).iterdir() if (p / "truth.json").is_file())
    for one in folders:
        truth = _json(one / "truth.json")
        sha = str(truth["root_cause_commit"])
        is_code = sha != "none"
        right = _titles(events_of(one), sha) if is_code else ()
        group = "a commit" if is_code else "no commit"
        yield Labelled(NAME, "detected", one.name, right, Incident(one), group, "event")
    for one in folders:
        sha = str(_json(one / "truth.json")["root_cause_commit"])
        if sha != "none":
            yield Labelled(NAME, "culprit removed", one.name, (), Incident(one, sha), "no commit", "event")


def events_of(folder: Path) -> tuple[Event, ...]:
    """Deploys, commits, flags, and the status page of a provider where there is one."""
    files = [folder / "context", *sorted(folder.glob("status*.json"))]
    return read_events([str(file) for file in files])


def _titles(events: tuple[Event, ...], sha: str) -> tuple[str, ...]:
    """Titles of the events that speak of this commit: the commit, and the deploys of it."""
    return tuple(dict.fromkeys(event.title for event in events if sha in event.labels.values()))


def _without(events: tuple[Event, ...], sha: str) -> tuple[Event, ...]:
    return tuple(event for event in events if not sha or sha not in event.labels.values())


def _calls(spans: Any) -> Graph:
    """Who calls whom, from the spans of traces."""
    service = {(span["trace_id"], span["span_id"]): span["service"] for span in spans}
    pairs = []
    for span in spans:
        caller = service.get((span["trace_id"], span.get("parent_id")))
        callee = span["service"]
        if caller and caller != callee:
            pairs.append((caller, callee))
    return Graph(tuple(dict.fromkeys(pairs)))


def _json_time(text: str) -> np.datetime64:
    return np.datetime64(text.removesuffix("Z"), "ns")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"`{path}` cannot be read ({error})", "JSON", "get it again") from error
