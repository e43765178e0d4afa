"""The loop. Read the data, detect what is strange, investigate why, judge how bad and how sure.

Telling people is the caller's next step: see :func:`anomaly_hunter.render`.
"""

from __future__ import annotations

import asyncio
import os
import time
import warnings
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from anomaly_hunter import registry
from anomaly_hunter.config import Settings, override
from anomaly_hunter.detect.heard import heard, with_boundary
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.table import detect_table
from anomaly_hunter.errors import StoreError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.contract import Agent
from anomaly_hunter.investigate.group import group
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.misfits import with_misfits
from anomaly_hunter.investigate.pattern_files import catalogue
from anomaly_hunter.investigate.trusting import as_learned, weights_of
from anomaly_hunter.model import (
    Dataset,
    Detection,
    Evidence,
    Finding,
    Hunt,
    Incident,
    Learned,
    Verdict,
    stable_id,
)
from anomaly_hunter.reading import Around, read, read_all
from anomaly_hunter.second_pass import second_pass
from anomaly_hunter.tracing import spans

if TYPE_CHECKING:
    from anomaly_hunter.investigate.reasoning.masking import Mask
    from anomaly_hunter.remember.store import Store

Memory: TypeAlias = "str | os.PathLike[str] | Store | None"
Progress = Callable[[int, int], None]
SURE_OF_NOTHING: Final = 0.0
_DISPATCH: Final = {"hunt.step": "dispatch"}


def hunt(
    data: object,
    *,
    events: object = None,
    graph: object = None,
    logs: object = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    memory: Memory = None,
    keep: bool = True,
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
    memory:
        A path, a URL or an open Store: similar past incidents count as evidence, known incidents keep
        their ids, and the hunt is kept. None: nothing is remembered.
    keep:
        False asks the memory and does not write to it.

    Raises
    ------
    HunterError
        The data cannot be read, or an option is unknown; the message holds the cure.

    >>> found = hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
    >>> [(a.shape, a.start, a.stop) for a in found.anomalies]
    [('spike', 12, 13)]
    """
    around: dict[str, Any] = {
        "events": events, "graph": graph, "logs": logs, "memory": memory, "keep": keep,
    }  # fmt: skip
    return _wait(ahunt(data, settings=settings, progress=progress, **around, **options))


async def ahunt(
    data: object,
    *,
    events: object = None,
    graph: object = None,
    logs: object = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    memory: Memory = None,
    keep: bool = True,
    **options: Any,
) -> Hunt:
    """:func:`hunt` for asynchronous programs: the agents of all incidents run side by side."""
    settings = override(settings or Settings(), **options)
    around = Around(events, graph, logs)
    with spans.listening(settings.tracing), spans.span("hunt") as whole:
        if spans.heard():
            spans.hide(_mask(settings).mask)
        if memory is None:
            found = await _hunt(data, around, settings=settings, progress=progress)
        else:
            from anomaly_hunter.remember.store import opened

            with opened(memory, settings.remember.organisation) as store:
                found = await _hunt(data, around, settings=settings, progress=progress, store=store)
                found = _kept(found, store, settings) if keep else found
        _tell(whole, found)
        return found


def _mask(settings: Settings, dataset: Dataset | None = None, store: Store | None = None) -> Mask:
    """What hides private values in a trace: those of any text, and of the data once they are read."""
    from anomaly_hunter.investigate.reasoning.hiding import mask_for

    return mask_for(settings.reasoning.private_columns, dataset, store)


def _tell(whole: spans.Span, found: Hunt) -> None:
    """What a hunt came to, for who listens."""
    summaries = (f"{one.id} ({one.verdict.severity:.1f}): {one.verdict.summary}" for one in found.incidents)
    whole.set(
        {
            "hunt.incidents": len(found.incidents),
            "hunt.not_investigated": found.not_investigated,
            "hunt.severity": found.severity,
            "output.value": "\n".join(summaries) or "nothing abnormal",
        }
    )
    spans.count("hunter.hunts", 1)
    spans.count("hunter.incidents", len(found.incidents))
    spans.count("hunter.anomalies", len(found.anomalies))


async def _hunt(
    data: object,
    around: Around,
    *,
    settings: Settings,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Hunt:
    started = time.perf_counter()
    own = settings.investigate.patterns
    known = catalogue(own) if own else None
    dataset = _prepared(read_all(data, around, settings.read))
    if spans.heard():
        spans.hide(_mask(settings, dataset, store).mask)
    was_read = time.perf_counter()
    learned = _learned(store)
    detections = _detect(dataset, settings, progress, learned)
    was_detected = time.perf_counter()
    with spans.span("group", "CHAIN", **_DISPATCH) as grouped:
        groups = group(dataset, detections)
        chosen = groups[: settings.investigate.most_incidents]
        cases = [Case.of(dataset, detections, anomalies, catalogue=known) for anomalies in chosen]
        grouped.set({"hunt.groups": len(groups)})
    if store is not None:
        cases = _with_past(cases, store)
    agents = [registry.lookup("agents", name)() for name in settings.investigate.agents]
    incidents = await asyncio.gather(*(_investigate(case, agents, learned) for case in cases))
    incidents = await second_pass(cases, incidents, settings, store, partial(_judged, learned=learned))
    worst_first = sorted(incidents, key=lambda incident: (-incident.verdict.severity, incident.id))
    done = time.perf_counter()
    found = Hunt(
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
    return found if store is None else store.recognise(found)


@spans.step("prepare", "preprocess", lambda dataset: {"hunt.series": len(dataset.series)})
def _prepared(dataset: Dataset) -> Dataset:
    return with_misfits(dataset)


@spans.step("recall", "recall", lambda cases: {"hunt.past": sum(len(case.past) for case in cases)})
def _with_past(cases: list[Case], store: Store) -> list[Case]:
    """Each case with the past incidents that are like it."""
    from anomaly_hunter.remember.fingerprint import fingerprint_of

    prints = [
        fingerprint_of(
            case.dataset,
            case.detections,
            case.anomalies,
            evidence=(*case.patterns(), *case.blame(), *case.changed_before(), *case.segments()),
        )
        for case in cases
    ]
    pasts = store.past([case.anomalies for case in cases], prints)
    return [replace(case, past=past) for case, past in zip(cases, pasts, strict=True)]


@spans.step("keep", "store")
def _kept(found: Hunt, store: Store, settings: Settings) -> Hunt:
    """Write the hunt down; where that is not possible now, it is still a hunt."""
    try:
        store.keep(found, points=settings.remember.record_points)
    except StoreError as error:
        warnings.warn(f"the hunt was not kept: {error}", RuntimeWarning, stacklevel=2)
    return found


def cases_of(found: Hunt, settings: Settings | None = None, store: Store | None = None) -> tuple[Case, ...]:
    """The case behind each incident of a finished hunt, in their order: for those who ask on.

    ``settings`` and ``store`` are those of the hunt: own failure patterns, and similar past incidents.
    """
    own = settings.investigate.patterns if settings is not None else ()
    known = catalogue(own) if own else None
    cases = [
        Case.of(found.dataset, found.detections, one.anomalies, catalogue=known) for one in found.incidents
    ]
    return tuple(cases if store is None else _with_past(cases, store))


def examine(data: object, settings: Settings) -> tuple[Dataset, tuple[Detection, ...]]:
    """The first half of a hunt: what was read, and what is strange in it."""
    dataset = read(data, settings)
    return dataset, _detect(dataset, settings)


def _learned(store: Store | None) -> Learned:
    """What answers taught this memory; nothing without one."""
    if store is None:
        return Learned()
    from anomaly_hunter.remember.reasons import learned_with_reasons

    return learned_with_reasons(store)


@spans.step("detect", "analyse", lambda found: {"hunt.anomalies": sum(len(one.anomalies) for one in found)})
def _detect(
    dataset: Dataset, settings: Settings, progress: Progress | None = None, learned: Learned | None = None
) -> tuple[Detection, ...]:
    learned = Learned() if learned is None else learned

    def lookup(name: str) -> Any:
        return registry.lookup("detectors", name)

    if dataset.kind == "table" and dataset.table is not None:
        options = with_boundary(settings.detect, learned, dataset.table.id)
        return (heard(detect_table(dataset.table, options, lookup), learned),)
    special = [event.time for event in dataset.events if event.kind.strip().lower() == "holiday"]
    found = []
    for series in dataset.series:
        options = with_boundary(settings.detect, learned, series.id)
        found.append(heard(detect_series(series, options, lookup, special), learned))
        if progress is not None:
            progress(len(found), len(dataset.series))
    return tuple(found)


def _observations(dataset: Dataset) -> tuple[Evidence, ...]:
    """What tickets without a time can say: themes and shares, and that there is no rate."""
    if dataset.kind != "tickets" or dataset.table is None or dataset.series:
        return ()
    from anomaly_hunter.investigate.tickets import overview

    return overview(dataset.table)


async def _investigate(case: Case, agents: Sequence[Agent], learned: Learned) -> Incident:
    name = stable_id("incident", case.lead.id)
    about = {"incident.id": name, "incident.subject": case.lead.subject, "incident.shape": case.lead.shape}
    with spans.span("investigate", "CHAIN", **about) as opened:
        findings = await asyncio.gather(*(_finding(agent, case) for agent in agents))
        anomalies = case.anomalies
        begins = [a.begin for a in anomalies if a.begin is not None]
        ends = [a.end for a in anomalies if a.end is not None]
        verdict = _judged(case, findings, learned)
        opened.set({"output.value": verdict.summary, "incident.confidence": verdict.confidence})
        return Incident(
            name, anomalies, verdict, begin=min(begins, default=None), end=max(ends, default=None)
        )


@spans.step(
    "judge", "score", lambda word: {"incident.severity": word.severity, "incident.answer": word.answer}
)
def _judged(case: Case, findings: Sequence[Finding], learned: Learned) -> Verdict:
    verdict = judge(case, findings, weights_of(findings, learned))
    return as_learned(verdict, findings, learned, case.anomalies)


async def _finding(agent: Agent, case: Case) -> Finding:
    """What the agent found. One that breaks is a finding too: it must not hide the incident."""
    about = {"agent.name": agent.name, "hunt.step": "analyse"}
    with spans.span(f"agent {agent.name}", "AGENT", **about) as opened:
        try:
            finding = await agent.investigate(case)
        except Exception as error:  # noqa: BLE001 - the rim around other people's agents
            claim = f"could not finish: {type(error).__name__}: {error}"
            opened.fail(claim)
            finding = Finding(agent.name.replace("_", " ").title(), claim, SURE_OF_NOTHING, ())
        opened.set({"output.value": finding.claim, "agent.confidence": finding.confidence})
        return finding


def _wait(coroutine: Coroutine[Any, Any, Hunt]) -> Hunt:
    """Run it, also where a loop runs already (notebooks): then in a thread of its own."""
    if not _is_looping():
        return _run(coroutine)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, _run, coroutine).result()


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
