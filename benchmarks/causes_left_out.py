"""What hangs on what was set by hand? The commits of RootCauseBench with each such thing dropped or changed.

Every constant of the rooms of changes and logs is halved and doubled, every kind of change weighs 1, every
signature, word list and screen is left out. Then, incident by incident, the value of each group that does
best on the other incidents is taken for that one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from anomaly_hunter import registry
from anomaly_hunter.bench.causes import rootcausebench
from anomaly_hunter.bench.causes.answering import names, verdict_on
from anomaly_hunter.bench.causes.hunted import hunted_case
from anomaly_hunter.bench.causes.labelled import Labelled
from anomaly_hunter.config import Settings
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.investigate import (
    beginnings,
    changes,
    content,
    distance,
    effects,
    outside,
    signatures,
    surges,
    suspects,
)
from benchmarks import record
from benchmarks.data import DataMissingError, find_data

AS_SET: Final = "as set"
REMOVED: Final = "culprit removed"
CONSTANTS: Final[Mapping[ModuleType, Sequence[str]]] = {
    suspects: ("FAST_MIN", "SLOW_MIN", "FIRST_INTERVAL", "NAMED_SHARE", "MARGIN", "STALE_P", "STALE_DELTA",
               "UNPLACED", "LASTING", "NO_DEMAND"),
    distance: ("COMPLAINED_OF",),
    changes: ("HARMLESS", "BUMP", "UNDONE", "NOT_LIVE", "CARRIED", "CARRIED_FOR_H"),
    content: ("SCALE", "LEAST", "UNKNOWN", "FITS", "MECHANISM", "SYMPTOM", "KIN"),
    surges: ("SURGES", "RATIO", "NEW_LOG10", "LONGEST_AFTER_S"),
    outside: ("NONE_OF_THEM", "COUNTS", "BEFORE_MIN"),
    effects: ("POINTS", "MOST_PLACEBOS"),
    beginnings: ("RISES_BY", "DROPS_BY", "SLACK", "SLOWNESS"),
}  # fmt: skip
"""What was set by hand, by the module that says why."""

WHOLE: Final = ("POINTS", "MOST_PLACEBOS")
COLUMNS: Final = {
    "group": ("set by hand", ""),
    "setting": ("instead", ""),
    "right": ("right", "d"),
    "of": ("of", "d"),
    "wrong": ("wrongly named", "d"),
    "none": ("none when the culprit is removed", "d"),
    "of_none": ("of", "d"),
}
CHOSEN: Final = {
    "group": ("chosen on the other incidents", ""),
    "right": ("right on the one left out", "d"),
    "of": ("of", "d"),
    "none": ("none when the culprit is removed", "d"),
    "of_none": ("of", "d"),
}

Row = dict[str, Any]
Patch = tuple[ModuleType, str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to set one group: what is put in the place of what the modules say."""

    group: str
    setting: str
    patches: tuple[Patch, ...] = ()


def choices() -> Iterator[Choice]:
    """As set, then every group in every other way."""
    yield Choice(AS_SET, "")
    for module, listed in CONSTANTS.items():
        for name in listed:
            yield from _scaled(module, name)
    yield from _switched_off()
    for i, (weight, words) in enumerate(changes._KINDS):
        if weight < 1.0:
            flat = tuple((1.0, w) if j == i else (v, w) for j, (v, w) in enumerate(changes._KINDS))
            yield Choice("kinds of changes", f"{words.split('|')[0]} 1", ((changes, "_KINDS", flat),))
    for name in dict.fromkeys(sign.name for sign in signatures.SIGNATURES):
        left = tuple(sign for sign in signatures.SIGNATURES if sign.name != name)
        yield Choice("signatures", f"without {name}", ((outside, "SIGNATURES", left),))
    for kind in content.KIN_WORDS:
        less = {key: words for key, words in content.KIN_WORDS.items() if key != kind}
        yield Choice("words of metrics", f"without {kind}", ((content, "KIN_WORDS", less),))


def _scaled(module: ModuleType, name: str) -> Iterator[Choice]:
    """Half and double; a constant that others import is changed there too."""
    value = getattr(module, name)
    for word, factor in (("halved", 0.5), ("doubled", 2.0)):
        other = round(value * factor) if name in WHOLE else value * factor
        sharing = [m for m in CONSTANTS if getattr(m, name, None) is value]
        room = module.__name__.rpartition(".")[2]
        yield Choice(f"{room}.{name}", word, tuple((m, name, other) for m in sharing))


def _switched_off() -> Iterator[Choice]:
    one = lambda case, event: (1.0, "somewhere")  # noqa: E731
    flat = lambda before_earliest, before_latest, step: float(before_latest >= -step)  # noqa: E731
    yield Choice("content", "off", ((suspects, "_compared", lambda case, found: found),))
    yield Choice("time", "off", ((suspects, "time_weight", flat),))
    yield Choice("topology", "off", ((suspects, "distance_of", one),))
    yield Choice("placebo screen", "off", ((suspects, "_screened", lambda case, found, begun: found),))
    yield Choice("kinds of changes", "all 1", (
        (changes, "_KINDS", ((1.0, ""),)), *((changes, n, 1.0) for n in ("HARMLESS", "BUMP", "UNDONE")),
    ))  # fmt: skip
    yield Choice("signatures", "none", ((outside, "SIGNATURES", ()),))
    yield Choice("words of metrics", "none", ((content, "KIN_WORDS", {}),))
    yield Choice("bends", "off", ((beginnings, "FILLS", {}),))


@contextmanager
def in_force(choice: Choice) -> Iterator[None]:
    """The modules as the choice says, and as they were after it."""
    with ExitStack() as stack:
        stack.callback(changes.kind_weight.cache_clear)
        for module, name, value in choice.patches:
            stack.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, value)
        changes.kind_weight.cache_clear()
        yield


def look(labelled: Labelled) -> list[Row]:
    """Is the incident answered rightly, under every choice? Detection is the same for all."""
    scene = labelled.make()
    options = Settings().detect
    found = [
        detect_series(series, options, lambda name: registry.lookup("detectors", name))
        for series in scene.dataset.series
    ]
    rows = []
    for choice in choices():
        with in_force(choice):
            case = hunted_case(scene, found)
            verdict = asyncio.run(verdict_on(case)) if case is not None else None
            said = names(labelled, case, verdict)
        named = said[0] if said and verdict is not None and verdict.cause is not None else ""
        right = named in labelled.truth if labelled.truth else not named
        rows.append({
            "group": choice.group, "setting": choice.setting, "case": labelled.name,
            "removed": labelled.setting == REMOVED, "named": named, "right": right,
        })  # fmt: skip
    return rows


def _summed(rows: Sequence[Row]) -> Row:
    whole = [row for row in rows if not row["removed"]]
    removed = [row for row in rows if row["removed"]]
    return {
        "right": sum(row["right"] for row in whole), "of": len(whole),
        "wrong": sum(bool(row["named"]) and not row["right"] for row in whole),
        "none": sum(row["right"] for row in removed), "of_none": len(removed),
    }  # fmt: skip


def by_choice(rows: Sequence[Row]) -> list[Row]:
    """One line per choice."""
    keys = dict.fromkeys((row["group"], row["setting"]) for row in rows)
    return [
        {"group": g, "setting": s} | _summed([r for r in rows if (r["group"], r["setting"]) == (g, s)])
        for g, s in keys
    ]


def left_out(rows: Sequence[Row]) -> list[Row]:
    """For every group and incident the setting that is best on the other incidents, and what it says of this
    one; what is set stands where none is better."""
    groups = dict.fromkeys(row["group"] for row in rows)
    cases = dict.fromkeys(row["case"] for row in rows)
    found = []
    for group in groups:
        settings = dict.fromkeys((AS_SET, "") if g == AS_SET else (g, s) for g, s in _keys(rows, group))
        said = []
        for case in cases:
            best = max(settings, key=lambda key: sum(r["right"] for r in _of(rows, key) if r["case"] != case))
            said += [row for row in _of(rows, best) if row["case"] == case]
        found.append({"group": group} | _summed(said))
    return found


def _keys(rows: Sequence[Row], group: str) -> list[tuple[str, str]]:
    return [(AS_SET, ""), *((r["group"], r["setting"]) for r in rows if r["group"] == group)]


def _of(rows: Sequence[Row], key: tuple[str, str]) -> list[Row]:
    return [row for row in rows if (row["group"], row["setting"]) == key]


def measure(folder: Path, jobs: int, look: Callable[[Labelled], list[Row]] = look) -> record.Result:
    """All incidents under all choices."""
    tasks = list(rootcausebench.cases(folder, quick=False))
    rows = [row for found in record.in_jobs(look, tasks, jobs, "causes_left_out") for row in found]
    each, apart = by_choice(rows), left_out(rows)
    set_by_hand = each[0]
    moved = [
        line for line in each if (line["right"], line["none"]) != (set_by_hand["right"], set_by_hand["none"])
    ]
    notes = [
        f"{len(each) - 1} choices of {len(apart) - 1} groups; {len(moved)} change what is counted. Right: "
        "the commit is named, or none where none did it. In the second table nothing is chosen on the "
        "incident that it is counted on."
    ]
    tables = [
        record.Table("Choices that change something", COLUMNS, [set_by_hand, *moved]),
        record.Table("Chosen without the incident", CHOSEN, apart),
        record.Table("All choices", COLUMNS, each),
    ]
    return record.Result("causes_left_out", "Commits with what was set by hand left out", tables, notes, rows)


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write ``results/causes_left_out``."""
    given = record.options("causes_left_out", "what hangs on what was set by hand").parse_args(arguments)
    folder = find_data(given.data)
    if not rootcausebench.has(folder):
        raise DataMissingError(f"nothing in {folder} for {rootcausebench.NAME}")
    record.write(measure(folder, given.jobs), given.out, arguments)


if __name__ == "__main__":
    record.main(run)
