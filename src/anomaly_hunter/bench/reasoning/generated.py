"""The generated incidents that ship with the package: made from seeds, always the same, small.

None of them was chosen by its result: faults, variants, kinds and systems are taken in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from anomaly_hunter.bench.causes.labelled import Labelled
from anomaly_hunter.bench.incidents import case_of, is_right, undetected
from anomaly_hunter.bench.reasoning.known import Known, Opened, any_cause, services_of
from anomaly_hunter.bench.reasoning.labelled import opened
from anomaly_hunter.bench.what.changes import scene_of
from anomaly_hunter.samples.changes.cases import DETAILS, ChangeSpec, change_case
from anomaly_hunter.samples.changes.stories import CHANGED, UNCHANGED
from anomaly_hunter.samples.changes.systems import SYSTEMS
from anomaly_hunter.samples.topologies.cases import Spec, topology_case
from anomaly_hunter.samples.topologies.faults import FAULTS, NO_SERVICE
from anomaly_hunter.samples.topologies.mesh import FAMILIES
from anomaly_hunter.samples.topologies.spoiled import Variant

SEEDS: Final = (41, 42)
VARIANTS: Final[tuple[Variant, ...]] = ("as it is", "25% of edges lost", "no counts")
SIZES: Final = (8, 12)
ROWS: Final = 400


@dataclass(frozen=True, slots=True)
class Generating:
    """Builds the case of a spec."""

    spec: Spec

    def __call__(self) -> Opened | None:
        """None where nobody would have noticed the fault."""
        try:
            given = topology_case(self.spec)
        except ValueError:
            return None
        case = case_of(given, undetected(given), "given")
        if case is None:
            return None
        right_names = given.truth.__contains__
        return Opened(
            case, services_of(case), lambda case, c: is_right(given, case, c), right_names, any_cause
        )


@dataclass(frozen=True, slots=True)
class Changing:
    """Builds the case of a spec with changes."""

    spec: ChangeSpec

    def __call__(self) -> Opened | None:
        """None where detection finds nothing around the alert."""
        given = change_case(self.spec)
        return opened(Labelled("changes", "", "", given.truth, lambda: scene_of(given), asks="event"))


def faults() -> Iterator[Known]:
    """20 incidents in generated meshes of services: every kind of fault twice."""
    for i, (seed, fault) in enumerate(product(SEEDS, FAULTS)):
        variant = VARIANTS[i % len(VARIANTS)]
        family = FAMILIES[(i + seed) % len(FAMILIES)]
        spec = Spec(fault, variant, family, SIZES[i % len(SIZES)], seed, rows=ROWS)
        yield Known("faults", f"{fault}/{seed}", "service", fault not in NO_SERVICE, Generating(spec))


def changes() -> Iterator[Known]:
    """20 incidents with the changes of that day: every kind once; those without a change that did it too."""
    for i, kind in enumerate((*CHANGED, *UNCHANGED)):
        system = SYSTEMS[i % len(SYSTEMS)].name
        spec = ChangeSpec(kind, system, SEEDS[0], DETAILS[i % len(DETAILS)], hard=i % 4 < 2)
        yield Known("changes", kind, "event", kind in CHANGED, Changing(spec))


def generated() -> tuple[Known, ...]:
    """All of them, faults and changes by turns: any first few are a fair part."""
    pairs = zip(faults(), changes(), strict=True)
    return tuple(case for pair in pairs for case in pair)
