"""What one run was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly_hunter.bench.folder import Half, Labelled, Part, chosen, read_npz
from anomaly_hunter.bench.methods import Method, distinct, method_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run, and the series that were found.

    ``parts`` are all series of the folder; ``folder`` is None where the data are files of the user;
    a method that needs more than ``most_s`` CPU seconds for one series fails there;
    ``told`` says whether progress is printed; ``methods`` are given in place of names in tests.
    """

    folder: Path | None = None
    parts: tuple[Part, ...] = ()
    detectors: tuple[str, ...] = ()
    baseline: str = ""
    sources: tuple[str, ...] = ()
    half: Half = "all"
    quick: bool = False
    jobs: int = 1
    plots: Path | None = None
    told: bool = False
    most_s: float | None = None
    methods: tuple[Method, ...] = ()

    def chosen(self, parts: Sequence[Part]) -> list[Part]:
        """Of these parts the ones that sources, half and --quick leave."""
        there = {part.source for part in parts}
        sources = [source for source in self.sources if source in there]
        return [] if self.sources and not sources else chosen(parts, sources, self.half, self.quick)

    def series_methods(self, default: Sequence[str] = ("auto",)) -> tuple[Method, ...]:
        """The methods of series; a baseline that is no given number is run too."""
        if self.methods:
            return self.methods
        given = {name for part in self.parts for name in part.floors}
        baseline = "" if self.baseline in given else self.baseline
        return tuple(method_of(name) for name in distinct(self.detectors or default, baseline))

    def label(self, what: str) -> str | None:
        """What progress is told as."""
        return what if self.told else None


def read(part: Part) -> Labelled:
    """The series of a part: an npz, or a file of the user."""
    if part.path.suffix == ".npz":
        return read_npz(part.path)
    from anomaly_hunter.bench.own import read_own

    return read_own(part)
