"""One generated incident with the changes of that day, as records that a user would hand over."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import Graph, Series, iso
from anomaly_hunter.samples.changes.decoys import Dated, decoys
from anomaly_hunter.samples.changes.logged import lines_of
from anomaly_hunter.samples.changes.measured import Course, series_of
from anomaly_hunter.samples.changes.stories import CHANGED, UNCHANGED, Record, Story
from anomaly_hunter.samples.changes.systems import SYSTEMS, System

Variant: TypeAlias = Literal[
    "as it is", "no logs", "logs 3 min ahead", "logs 3 min behind", "logs without service",
    "events without service", "no graph", "5-minute data", "alert at the entry",
]  # fmt: skip
VARIANTS: Final[tuple[Variant, ...]] = (
    "as it is", "no logs", "logs 3 min ahead", "logs 3 min behind", "logs without service",
    "events without service", "no graph", "5-minute data", "alert at the entry",
)  # fmt: skip
Detail: TypeAlias = Literal["diff", "message", "version"]
DETAILS: Final[tuple[Detail, ...]] = ("diff", "message", "version")
"""What is known of a commit: files and diff, its message, or only the version of the deploy."""

ROWS: Final = 240
DAY: Final = np.datetime64("2026-05-05T00:00:00", "ns")
_SECOND: Final = np.timedelta64(1, "s")


@dataclass(frozen=True, slots=True)
class ChangeSpec:
    """What is to be generated; the same spec gives the same case.

    ``hard``: another change of code at the same service shortly before; ``removed``: the change that did it
    is on no record.
    """

    kind: str
    system: str = "web shop"
    seed: int = 1
    detail: Detail = "diff"
    variant: Variant = "as it is"
    hard: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ChangeCase:
    """What is handed over, and the truth.

    ``records`` are events and ``lines`` log lines as a user would give them; ``alerting`` is the title of the
    series that pages, at ``fired``; ``onset`` is when users notice.
    ``truth`` are the titles that are right; () when no recorded change did it.
    """

    spec: ChangeSpec
    series: tuple[Series, ...]
    records: tuple[Record, ...]
    lines: tuple[str, ...]
    graph: Graph | None
    alerting: str
    fired: np.datetime64
    onset: np.datetime64
    truth: tuple[str, ...]


def change_case(spec: ChangeSpec) -> ChangeCase:
    """The case of a spec.

    >>> case = change_case(ChangeSpec("flag"))
    >>> case.truth[0].endswith("_early off -> on"), change_case(ChangeSpec("flag", removed=True)).truth
    (True, ())
    """
    system = next(s for s in SYSTEMS if s.name == spec.system)
    rng = np.random.default_rng((spec.seed, zlib.crc32(f"{spec.kind} {spec.system}".encode())))
    story = (CHANGED | UNCHANGED)[spec.kind](system, rng)  # type: ignore[operator]
    course = _course(story, spec, rng)
    begin = DAY + np.timedelta64(int(rng.integers(0, 86_400 * 60)), "s")
    step = np.timedelta64(round(course.step_s), "s")
    time = begin + np.arange(course.rows) * step
    dated = _dated(system, story, course, spec.hard, rng)
    series = series_of(system, story, course, time, rng)
    skew = {"logs 3 min ahead": 3.0, "logs 3 min behind": -3.0}.get(spec.variant, 0.0)
    lines = lines_of(system, story, course, time, np.random.default_rng((spec.seed, 3)), skew_min=skew,
                     named=spec.variant != "logs without service")  # fmt: skip
    onset = time[course.onset]
    culprit = dated[0][1] if story.culprit is not None else None
    left = [one for one in dated if not (spec.removed and one[1] is culprit)]
    return ChangeCase(
        spec, series, tuple(_records(left, onset, spec)), () if spec.variant == "no logs" else lines,
        None if spec.variant == "no graph" else system.graph,
        _alerting(system, story, spec, series).title, time[-1] - 5 * 60 * _SECOND, onset,
        () if culprit is None or spec.removed else tuple(_titles(dated[0])),
    )  # fmt: skip


def _course(story: Story, spec: ChangeSpec, rng: np.random.Generator) -> Course:
    step = 300.0 if spec.variant == "5-minute data" else 60.0
    onset = ROWS - int(rng.integers(12, 30))
    creeping = int(rng.integers(40, 110)) if story.trouble == "leak" else 0
    return Course(ROWS, onset - creeping, onset, step)


def _dated(system: System, story: Story, course: Course, hard: bool, rng: np.random.Generator) -> list[Dated]:
    """Records with their minutes before the onset, that of the change that did it first."""
    found: list[Dated] = []
    if story.culprit is not None:
        creeping = (course.onset - course.begins) * course.step_s / 60.0
        found.append((creeping + float(rng.uniform(*story.lag)), story.culprit, story.commit))
    found += [(minutes, record, None) for minutes, record in story.told]
    return found + decoys(system, story, hard, rng)


def _records(dated: list[Dated], onset: np.datetime64, spec: ChangeSpec) -> list[Record]:
    """Events of that day with their times, in order of time."""
    found = []
    for minutes, record, carried in dated:
        at = onset - np.timedelta64(round(minutes * 60), "s")
        full = {"time": iso(at)} | _shown(record, carried, spec.detail)
        if "end_time" in record:
            full["end_time"] = iso(at + np.timedelta64(round(record["end_time"] * 60), "s"))
        if spec.variant == "events without service":
            full.pop("service", None)
        found.append(full)
    return sorted(found, key=lambda record: str(record["time"]))


def _shown(record: Record, carried: Record | None, detail: Detail) -> Record:
    title = record.get("title") or _title(record)
    shown = {"title": title} | record
    if carried is None or detail == "version":
        return shown
    if detail == "message":
        return shown | {"commit_message": carried["message"]}
    return shown | {"commit_message": carried["message"], "files_changed": carried["files_changed"],
                    "diff": carried["diff"]}  # fmt: skip


def _title(record: Record) -> str:
    if "version" in record:
        return f"{record['service']} {record['version']}"
    return f"{record.get('flag') or record.get('setting')} {record.get('change', '')}".strip()


def _titles(dated: Dated) -> list[str]:
    return [dated[1].get("title") or _title(dated[1])]


def _alerting(system: System, story: Story, spec: ChangeSpec, series: tuple[Series, ...]) -> Series:
    """Errors or latency of the service itself, or of the entry."""
    at = story.service
    if spec.variant == "alert at the entry" or at not in system.topics:
        at = next(iter(system.topics))
    own = [s for s in series if s.labels["service"] == at]
    return own[1] if story.trouble in ("errors", "leak") else own[2]
