"""Cases of public sets (and generated changes), as :mod:`..causes` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anomaly_hunter.bench.causes.answering import case_of
from anomaly_hunter.bench.causes.labelled import Labelled
from anomaly_hunter.bench.causes.sources import sources_in
from anomaly_hunter.bench.reasoning.known import Known, Opened, a_change, any_cause, services_of, titles_of
from anomaly_hunter.investigate.candidates import place_of
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Cause


@dataclass(frozen=True, slots=True)
class Opening:
    """Builds one case of a set."""

    labelled: Labelled

    def __call__(self) -> Opened | None:
        """See :func:`opened`."""
        return opened(self.labelled)


def opened(labelled: Labelled) -> Opened | None:
    """The case of a scene; None where there is nothing of the alert in the data."""
    case = case_of(labelled.make())
    if case is None:
        return None
    truth = labelled.truth
    if labelled.asks == "event":
        return Opened(case, titles_of(case), lambda _, c: c.name in truth, truth.__contains__, a_change)
    return Opened(
        case, services_of(case), lambda case, c: _place(case, c) in truth, truth.__contains__, any_cause
    )


def _place(case: Case, cause: Cause) -> str:
    return place_of(case, cause) or f"{cause.kind} {cause.name}"


def known(labelled: Labelled) -> Known:
    """A case of a set."""
    name = f"{labelled.setting}/{labelled.name}"
    return Known(labelled.source, name, labelled.asks, bool(labelled.truth), Opening(labelled))


def cases_in(folder: Path, name: str) -> Iterator[Known]:
    """The cases of one set under its first setting; normal windows are left out."""
    setting: str | None = None
    for labelled in sources_in(folder)[name].cases(folder, True):
        setting = labelled.setting if setting is None and not labelled.normal else setting
        if not labelled.normal and labelled.setting == setting:
            yield known(labelled)
