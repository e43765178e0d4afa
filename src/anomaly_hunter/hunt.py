"""The loop. Read the data, detect what is strange, investigate why, judge how bad and how sure.

Telling people is the caller's next step: see :func:`anomaly_hunter.render`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from anomaly_hunter import registry
from anomaly_hunter.config import Settings, override
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.table import detect_table
from anomaly_hunter.errors import DataError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.contract import Agent
from anomaly_hunter.investigate.group import group
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.model import (
    Dataset,
    Detection,
    Evidence,
    Finding,
    Hunt,
    Incident,
    Table,
    stable_id,
)
from anomaly_hunter.read.counters import by_increase
from anomaly_hunter.read.options import ReadOptions

Progress = Callable[[int, int], None]
SURE_OF_NOTHING: Final = 0.0
_NAMED: Final = re.compile(r"[a-z][a-z0-9_+.-]+:")  # "kafka://orders" is for a plug-in, not a file name


def hunt(
    data: object,
    *,
    events: object = None,
    graph: object = None,
    logs: object = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Hunt:
    """Hunt for anomalies in ``data`` and explain them.

    Parameters
    ----------
    data:
        A path, glob, folder or "-" (stdin); a data frame of any library; an array, list or dict;
        or a Series, Table or Dataset of ours.
    events:
        What changed: a path (CSV, JSON, JSON lines) or a list of dicts or Events.
    graph:
        Who calls whom: a path (YAML, JSON, CSV) or a dict of lists, or a Graph.
    logs:
        Log lines of the same time: a path (text with leading times, JSON lines) or a list of lines.
    settings:
        All settings at once; built-in defaults when left out.
    options:
        Single settings by their own names: ``time="ts"``, ``sensitivity=2``, ...
    progress:
        Called as ``progress(done, of)`` after each series, for those who wait.

    Raises
    ------
    HunterError
        The data cannot be read, or an option is unknown; the message holds the cure.

    >>> found = hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
    >>> [(a.shape, a.start, a.stop) for a in found.anomalies]
    [('spike', 12, 13)]
    """
    return _wait(
        ahunt(data, events=events, graph=graph, logs=logs, settings=settings, progress=progress, **options)
    )


async def ahunt(
    data: object,
    *,
    events: object = None,
    graph: object = None,
    logs: object = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Hunt:
    """:func:`hunt` for asynchronous programs: the agents of all incidents run side by side."""
    settings = override(settings or Settings(), **options)
    started = time.perf_counter()
    dataset = _read(data, events, graph, settings.read)
    if logs is not None:
        from anomaly_hunter.read.logs import read_logs

        dataset = replace(dataset, logs=read_logs(logs, settings.read.tz))
    was_read = time.perf_counter()
    detections = _detect(dataset, settings, progress)
    was_detected = time.perf_counter()
    groups = group(dataset, detections)
    agents = [registry.lookup("agents", name)() for name in settings.investigate.agents]
    incidents = await asyncio.gather(
        *(
            _investigate(Case.of(dataset, detections, anomalies), agents)
            for anomalies in groups[: settings.investigate.most_incidents]
        )
    )
    worst_first = sorted(incidents, key=lambda incident: (-incident.verdict.severity, incident.id))
    done = time.perf_counter()
    return Hunt(
        dataset,
        detections,
        tuple(worst_first),
        not_investigated=len(groups) - len(incidents),
        took_ms={
            "read": 1e3 * (was_read - started),
            "detect": 1e3 * (was_detected - was_read),
            "investigate": 1e3 * (done - was_detected),
        },
        observations=_observations(dataset),
    )


def examine(data: object, settings: Settings) -> tuple[Dataset, tuple[Detection, ...]]:
    """The first half of a hunt: what was read, and what is strange in it."""
    dataset = read(data, settings)
    return dataset, _detect(dataset, settings)


def read(data: object, settings: Settings) -> Dataset:
    """The very beginning of a hunt: what is in the data."""
    return _read(data, None, None, settings.read)


def _read(data: object, events: object, graph: object, options: ReadOptions) -> Dataset:
    named = isinstance(data, str) and _NAMED.match(data) is not None
    for source in registry.each("sources", plugins_first=named):
        if source.accepts(data):
            dataset: Dataset = source(data, options).read()
            break
    else:
        raise DataError(
            f"there is no source for a {type(data).__name__}",
            "a path, a data frame, an array, a list or a dict",
            "convert it, or install a source for it",
        )
    if options.counters:
        dataset = by_increase(dataset)
    if dataset.kind == "tickets" and dataset.table is not None and not dataset.series:
        dataset = _counted(dataset, dataset.table, options)
    if events is not None:
        from anomaly_hunter.read.events import read_events

        dataset = replace(dataset, events=(*dataset.events, *read_events(events, options.tz)))
    if graph is not None:
        from anomaly_hunter.read.graph import read_graph

        dataset = replace(dataset, graph=read_graph(graph))
    return dataset


def _counted(dataset: Dataset, tickets: Table, options: ReadOptions) -> Dataset:
    """Tickets as counts per interval, in all and by segment; what was left out is noted."""
    from anomaly_hunter.read.records import count_intervals, count_series

    intervals = count_intervals(tickets, options)
    notes = (*dataset.notes, *(intervals.notes if intervals else ()))
    return replace(dataset, series=count_series(tickets, options), notes=notes)


def _detect(dataset: Dataset, settings: Settings, progress: Progress | None = None) -> tuple[Detection, ...]:
    def lookup(name: str) -> Any:
        return registry.lookup("detectors", name)

    if dataset.kind == "table" and dataset.table is not None:
        return (detect_table(dataset.table, settings.detect, lookup),)
    special = [event.time for event in dataset.events if event.kind.strip().lower() == "holiday"]
    found = []
    for series in dataset.series:
        found.append(detect_series(series, settings.detect, lookup, special))
        if progress is not None:
            progress(len(found), len(dataset.series))
    return tuple(found)


def _observations(dataset: Dataset) -> tuple[Evidence, ...]:
    """What tickets without a time can say: themes and shares, and that there is no rate."""
    if dataset.kind != "tickets" or dataset.table is None or dataset.series:
        return ()
    from anomaly_hunter.investigate.tickets import overview

    return overview(dataset.table)


async def _investigate(case: Case, agents: Sequence[Agent]) -> Incident:
    findings = await asyncio.gather(*(_finding(agent, case) for agent in agents))
    anomalies = case.anomalies
    begins = [a.begin for a in anomalies if a.begin is not None]
    ends = [a.end for a in anomalies if a.end is not None]
    return Incident(
        stable_id("incident", case.lead.id),
        anomalies,
        judge(case, findings),
        begin=min(begins, default=None),
        end=max(ends, default=None),
    )


async def _finding(agent: Agent, case: Case) -> Finding:
    """What the agent found. One that breaks is a finding too: it must not hide the incident."""
    try:
        return await agent.investigate(case)
    except Exception as error:  # noqa: BLE001 - the rim around other people's agents
        claim = f"could not finish: {type(error).__name__}: {error}"
        return Finding(agent.name.replace("_", " ").title(), claim, SURE_OF_NOTHING, ())


def _wait(coroutine: Coroutine[Any, Any, Hunt]) -> Hunt:
    """Run it, also where a loop runs already (notebooks): then in a thread of its own."""
    if not _is_looping():
        return _run(coroutine)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_run, coroutine).result()


def _is_looping() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run(coroutine: Coroutine[Any, Any, Hunt]) -> Hunt:
    """Like asyncio.run, but Ctrl-C interrupts at once: that one waits for the next `await`."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
