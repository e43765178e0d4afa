"""What the product says about a scene, on the path of every hunt, and whether that is right."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any, Final

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.bench.causes.hunted import hunted_case
from anomaly_hunter.bench.causes.labelled import Labelled, Scene
from anomaly_hunter.config import Settings
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.errors import DataError
from anomaly_hunter.investigate.candidates import place_of
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.investigate.told import asked_case, told_case
from anomaly_hunter.model import Cause, Detection, Finding, Series, Verdict

MOST_SHOWN: Final = 3


def answered(labelled: Labelled) -> dict[str, Any]:
    """One row: the names that were given, the rank of a right one, how sure, milliseconds."""
    scene = labelled.make()
    started = time.perf_counter()
    case = case_of(scene)
    found = time.perf_counter()
    verdict = asyncio.run(verdict_on(case)) if case is not None else None
    ms = 1e3 * (time.perf_counter() - found)
    said = names(labelled, case, verdict)
    named = said[0] if verdict is not None and verdict.cause is not None else ""
    rank = next((i for i, name in enumerate(said, 1) if name in labelled.truth), 0)
    return {
        "source": labelled.source, "setting": labelled.setting, "case": labelled.name,
        "group": labelled.group, "normal": labelled.normal, "truth": " or ".join(labelled.truth),
        "named": named,
        "is_named": _is_named(labelled, named, verdict),
        "right": _right(labelled, named, verdict), "rank": rank, "found": case is not None,
        "kind": verdict.cause.kind if verdict is not None and verdict.cause is not None else "",
        "confidence": verdict.confidence if named and verdict is not None else math.nan,
        "prior_1": bool(set(labelled.prior[:1]) & set(labelled.truth)),
        "prior_3": bool(set(labelled.prior[:3]) & set(labelled.truth)),
        "ms": ms, "detect_ms": 1e3 * (found - started),
    }  # fmt: skip


def _is_named(labelled: Labelled, named: str, verdict: Verdict | None) -> bool:
    """A cause was named; where a change is asked for, a change."""
    if labelled.asks == "event":
        return bool(named)
    return verdict is not None and verdict.cause is not None


def _right(labelled: Labelled, named: str, verdict: Verdict | None) -> bool:
    return named in labelled.truth if labelled.truth else not _is_named(labelled, named, verdict)


def names(labelled: Labelled, case: Case | None, verdict: Verdict | None) -> list[str]:
    """What the verdict names, then its other candidates: services, or titles of events."""
    if case is None or verdict is None:
        return []
    causes = [*([verdict.cause] if verdict.cause is not None else []), *verdict.candidates]
    said = [_name(labelled, case, cause) for cause in causes]
    first = said[:1] if verdict.cause is not None else []
    return [*first, *[name for name in dict.fromkeys(said) if name and name not in first]][:MOST_SHOWN]


def _name(labelled: Labelled, case: Case, cause: Cause) -> str:
    if labelled.asks == "event":
        return cause.name if cause.kind == "event" else ""
    return place_of(case, cause) or f"{cause.kind} {cause.name}"


def case_of(scene: Scene) -> Case | None:
    """The case of an alert at that moment; None when there is nothing of the alerting series then.

    Where the onset is told, series hold no anomaly but that one. Else every series is searched by the
    default detection, and the beginning is found near the first moment that the alert speaks of.
    """
    alerting = next((s for s in scene.dataset.series if s.title == scene.alerting), None)
    if alerting is None:
        return None
    at, end = scene.looked_at
    try:
        if scene.onset is not None:
            plain = [_bare(series) for series in scene.dataset.series]
            return told_case(scene.dataset, plain, alerting, scene.onset, end)
        if scene.hunted:
            return hunted_case(scene, _searched(scene))
        return asked_case(scene.dataset, _searched(scene), alerting, at, end)
    except DataError:
        return None


def _bare(series: Series) -> Detection:
    return Detection(series.title, np.zeros(len(series)), (), (), series=series)


def _searched(scene: Scene) -> list[Detection]:
    options = Settings().detect
    return [
        detect_series(series, options, lambda name: registry.lookup("detectors", name))
        for series in scene.dataset.series
    ]


async def verdict_on(case: Case) -> Verdict:
    """The judge's word after all agents that are set by default."""
    agents = [registry.lookup("agents", name)() for name in Settings().investigate.agents]
    findings: list[Finding] = [await agent.investigate(case) for agent in agents]
    return judge(case, findings)
