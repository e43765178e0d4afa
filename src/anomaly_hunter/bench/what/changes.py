"""Generated incidents with the changes of that day: is the one named that did it, and none where none did?

Needs no data. Kinds of changes, systems in several languages, what is known of a change, and what is
missing or off (no logs, no graph, clocks, services) vary; every incident also without its culprit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.causes.answering import answered
from anomaly_hunter.bench.causes.labelled import Labelled, Scene
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.model import Dataset, Quality
from anomaly_hunter.read.events import read_events
from anomaly_hunter.read.logs import read_logs
from anomaly_hunter.samples.changes.cases import DETAILS, VARIANTS, ChangeCase, ChangeSpec, change_case
from anomaly_hunter.samples.changes.stories import CHANGED, UNCHANGED
from anomaly_hunter.samples.changes.systems import HELD, SYSTEMS

BEFORE: Final = np.timedelta64(30, "m")
AFTER: Final = np.timedelta64(5, "m")
COLUMNS: Final = {
    "what": ("", ""),
    "cases": ("cases", "d"),
    "top1": ("named and right", ".2f"),
    "right": ("right when named", ".2f"),
    "wrong": ("wrong", "d"),
    "top3": ("among the first three", ".2f"),
    "removed": ("culprit removed", "d"),
    "decoys": ("decoy named", "d"),
}
CALM: Final = {
    "what": ("", ""),
    "cases": ("cases", "d"),
    "wrong": ("change named", "d"),
    "rate": ("rate", ".3f"),
    "ms": ("ms per case", ".0f"),
}
NOTE: Final = (
    "Named and right: the verdict names the change that did it. Decoys are changes of the same day at the "
    "same service and elsewhere: harmless files, bumps, flags, reports, older and later deploys; hard: also "
    "another change of code at the same service up to 20 minutes before. Of commits the diff, the message or "
    "only the version of the deploy is known: with the version alone a decoy cannot be told from the culprit."
)


@dataclass(frozen=True, slots=True)
class Making:
    """The scene of a spec; events and logs go through the readers."""

    spec: ChangeSpec

    def __call__(self) -> Scene:
        """What a user would hand over, and the alert."""
        return scene_of(change_case(self.spec))


def scene_of(given: ChangeCase) -> Scene:
    """The scene of a case that is generated already."""
    dataset = Dataset(
        "generated", "series", Quality(100.0, 0), "generated", given.series,
        events=read_events(list(given.records)), graph=given.graph,
        logs=read_logs(list(given.lines)) if given.lines else None,
    )  # fmt: skip
    return Scene(dataset, given.alerting, (given.fired - BEFORE, given.fired + AFTER), hunted=True)


def specs(systems: Sequence[str], seeds: Sequence[int]) -> Iterator[ChangeSpec]:
    """Every kind in every system; what is known, missing and near changes from one to the next."""
    number = 0
    for seed in seeds:
        for i, kind in enumerate((*CHANGED, *UNCHANGED)):
            for j, system in enumerate(systems):
                number += 1
                detail = DETAILS[(i + j + seed) % len(DETAILS)]
                odd = (i + 2 * j + seed) % 2 == 1
                variant = VARIANTS[number % len(VARIANTS)] if odd else VARIANTS[0]
                hard = (i + j + seed) % 4 < 2
                for removed in (False, True) if kind in CHANGED else (False,):
                    yield ChangeSpec(kind, system, seed, detail, variant, hard, removed)


def looked(spec: ChangeSpec) -> dict[str, Any]:
    """One row."""
    truth = change_case(spec).truth
    setting = "culprit removed" if spec.removed else "as it was"
    row = answered(Labelled("changes", setting, spec.kind, truth, Making(spec), asks="event"))
    row |= {"system": spec.system, "detail": spec.detail, "variant": spec.variant, "seed": spec.seed}
    return row | {"decoys": "hard" if spec.hard else "easy"}


def has(asked: Asked) -> bool:
    """Always: the cases are generated."""
    return True


def measure(asked: Asked) -> Result:
    """All kinds in all systems; quick: one seed; held: systems that nothing was tuned on."""
    names = [system.name for system in SYSTEMS]
    systems = {"held": list(HELD), "tune": [n for n in names if n not in HELD]}.get(asked.half, names)
    tasks = list(specs(systems, (1,) if asked.quick else (1, 2, 3)))
    rows = in_jobs(looked, tasks, asked.jobs, asked.label("changes"))
    changed = [row for row in rows if row["case"] in CHANGED]
    by = {"kind": "case", "what is known": "detail", "decoys": "decoys", "variant": "variant",
          "system": "system"}  # fmt: skip
    tables = [Table("A change did it", COLUMNS, [_scores("all", changed)])]
    tables += [
        Table(f"By {word}", COLUMNS, [_scores(str(name), part) for name, part in _parts(changed, key)])
        for word, key in by.items()
    ]
    calm = [row for row in rows if row["case"] in UNCHANGED]
    quiet = [_wrongly(str(name), part) for name, part in _parts(calm, "case")]
    tables.insert(1, Table("No change did it", CALM, [_wrongly("all", calm), *quiet]))
    return Result("changes", "Generated incidents with recorded changes", tables, [NOTE], rows)


def _parts(rows: Sequence[Row], key: str) -> list[tuple[Any, list[Row]]]:
    names = dict.fromkeys(row[key] for row in rows)
    return [(name, [row for row in rows if row[key] == name]) for name in names]


def _scores(what: str, rows: Sequence[Row]) -> Row:
    whole = [row for row in rows if row["setting"] == "as it was"]
    removed = [row for row in rows if row["setting"] != "as it was"]
    named = [row for row in whole if row["is_named"]]
    return {
        "what": what,
        "cases": len(whole),
        "top1": float(np.mean([row["right"] for row in whole])) if whole else math.nan,
        "right": float(np.mean([row["right"] for row in named])) if named else math.nan,
        "wrong": sum(not row["right"] for row in named),
        "top3": float(np.mean([1 <= row["rank"] <= 3 for row in whole])) if whole else math.nan,
        "removed": len(removed),
        "decoys": sum(row["is_named"] for row in removed),
    }


def _wrongly(what: str, rows: Sequence[Row]) -> Row:
    wrong = sum(row["is_named"] for row in rows)
    ms = float(np.mean([row["ms"] for row in rows])) if rows else math.nan
    rate = wrong / len(rows) if rows else math.nan
    return {"what": what, "cases": len(rows), "wrong": wrong, "rate": rate, "ms": ms}
