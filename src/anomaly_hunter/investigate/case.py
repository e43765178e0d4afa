"""The case: one incident, and the questions that can be asked about it.

Every answer is :class:`~anomaly_hunter.model.Evidence` with an id ``question:subject``. Agents,
language models and outside assistants ask the same questions (:data:`~.question.QUESTIONS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers import (
    data,
    development,
    doubts,
    events,
    expectation,
    failures,
    logs,
    parts,
    past,
    reach,
    records,
    relations,
)
from anomaly_hunter.investigate.movement import Movement, movements
from anomaly_hunter.investigate.pattern_files import built_in
from anomaly_hunter.investigate.patterns import Catalogue
from anomaly_hunter.investigate.question import question
from anomaly_hunter.investigate.windows import Windows, windows
from anomaly_hunter.model import Anomaly, Dataset, Detection, Event, Evidence, Graph, Past, Series, TimeArray
from anomaly_hunter.model.services import NodeWords, node_words, service_among

T = TypeVar("T")
LATER_INTERVALS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One incident with everything that is known around it. Read-only.

    Attributes
    ----------
    dataset:
        What was read, with its events and its graph.
    detections:
        All detections of the hunt: those of the incident and the others, which are the controls.
    anomalies:
        The anomalies of the incident; the first one leads (a person is paged for it).
    past:
        Similar incidents of earlier hunts, most similar first.
    catalogue:
        The failure patterns it is compared with; None: those that ship with the package.
    answers:
        What was answered so far; filled by asking.

    Raises
    ------
    ValueError
        There is no anomaly. A case is about something.
    """

    dataset: Dataset
    detections: tuple[Detection, ...]
    anomalies: tuple[Anomaly, ...]
    past: tuple[Past, ...] = ()
    catalogue: Catalogue | None = None
    answers: dict[tuple[object, ...], Evidence | tuple[Evidence, ...]] = field(
        default_factory=dict, repr=False
    )
    _known: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.anomalies:
            raise ValueError("a case needs at least one anomaly")

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        detections: Sequence[Detection],
        anomalies: Sequence[Anomaly],
        past: Sequence[Past] = (),
        catalogue: Catalogue | None = None,
    ) -> Case:
        """A case from what a hunt holds."""
        return cls(dataset, tuple(detections), tuple(anomalies), tuple(past), catalogue)

    # ------------------------------------------------------------ what it holds

    @property
    def lead(self) -> Anomaly:
        """The anomaly that a person is paged for."""
        return self.anomalies[0]

    @property
    def events(self) -> tuple[Event, ...]:
        """What changed, as the user told."""
        return self.dataset.events

    @property
    def event_times(self) -> TimeArray:
        """``(n,)`` times of all events; NaT where an event has none."""
        return self.once(
            "event times", lambda: np.array([event.time for event in self.events], dtype="datetime64[ns]")
        )

    @property
    def graph(self) -> Graph | None:
        """Who calls whom, as the user told."""
        return self.dataset.graph

    @property
    def series(self) -> Series | None:
        """The series of the lead; None for rows of a table."""
        return self.detection.series

    @property
    def detection(self) -> Detection:
        """The detection of the lead."""
        return self.detection_of(self.lead)

    @property
    def service(self) -> str:
        """The service of the lead; "" when nothing says which."""
        return self.service_of(self.series) if self.series is not None else ""

    @property
    def subject(self) -> str:
        """What the evidence on the lead is filed under."""
        return self.lead.subject

    def detection_of(self, anomaly: Anomaly) -> Detection:
        """The detection that holds this anomaly; KeyError when it is from another hunt."""
        by_id = self.once("by id", self._by_id)
        found: Detection = by_id[anomaly.id]
        return found

    def service_of(self, series: Series) -> str:
        """The service of a series: its label, else the longest graph node in its name, else ""."""
        return service_among(series, self.nodes)

    @property
    def nodes(self) -> NodeWords:
        """The services of the graph as they are searched in names."""
        return self.once("nodes", lambda: node_words(self.graph))

    @property
    def onset_times(self) -> tuple[np.datetime64, np.datetime64] | None:
        """Times between which the lead began, both inclusive; None for rows.

        A count stands for all of its interval: what it counts began somewhere between the end of
        the last usual interval and the end of the first unusual one.
        """
        series = self.series
        if series is None or not len(series):
            return None
        low, high = (min(max(p, 0), len(series) - 1) for p in self.lead.onset)
        times = series.time[low], series.time[max(low, high)]
        if not series.counts:
            return times
        step = np.timedelta64(round(say.usual_step(series) * 1e9), "ns")
        return times[0] + (step if low < high else np.timedelta64(0, "ns")), times[1] + step

    @property
    def end_time(self) -> np.datetime64 | None:
        """Time of the last abnormal point of the lead; None for rows."""
        series = self.series
        if series is None or not len(series):
            return None
        end: np.datetime64 = series.time[min(max(self.lead.stop - 1, 0), len(series) - 1)]
        return end

    @property
    def movements(self) -> tuple[Movement, ...]:
        """How every series of the dataset stood at the onset of the lead."""
        return self.once("movements", self._movements)

    @property
    def movements_by_service(self) -> Mapping[str, Sequence[Movement]]:
        """The movements of each service that is measured; under "" those that belong to none."""

        def find() -> dict[str, list[Movement]]:
            found: dict[str, list[Movement]] = {}
            for movement in self.movements:
                found.setdefault(movement.service, []).append(movement)
            return found

        return self.once("movements by service", find)

    @property
    def patterns_known(self) -> Catalogue:
        """The failure patterns it is compared with."""
        return built_in() if self.catalogue is None else self.catalogue

    @property
    def windows(self) -> Windows:
        """Values of the lead before and from its onset on."""
        return self.once("windows", lambda: windows(self.detection, self.lead))

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """What ``compute`` gives, worked out at the first call only."""
        if key not in self._known:
            self._known[key] = compute()
        known: T = self._known[key]
        return known

    def answered(self) -> dict[str, Evidence]:
        """All evidence given so far by its id."""
        found: dict[str, Evidence] = {}
        for answer in self.answers.values():
            for evidence in (answer,) if isinstance(answer, Evidence) else answer:
                found[evidence.id] = evidence
        return found

    def _by_id(self) -> dict[str, Detection]:
        return {anomaly.id: detection for detection in self.detections for anomaly in detection.anomalies}

    def _movements(self) -> tuple[Movement, ...]:
        times, end = self.onset_times, self.end_time
        if times is None or end is None:
            return ()
        return movements(self._with_own_alarms(times[1]), times[1], end, self.nodes)

    def _with_own_alarms(self, onset: np.datetime64) -> tuple[Detection, ...]:
        """The detections without alarms of other incidents that began well after this one."""
        series = self.series
        step = say.usual_step(series) if series is not None else 0.0
        limit = onset + np.timedelta64(round(LATER_INTERVALS * step * 1e9), "ns")
        own = {anomaly.id for anomaly in self.anomalies}
        found = []
        for detection in self.detections:
            kept = [a for a in detection.anomalies if a.id in own or not _begins_after(detection, a, limit)]
            whole = len(kept) == len(detection.anomalies)
            found.append(detection if whole else replace(detection, anomalies=tuple(kept)))
        return tuple(found)

    # ------------------------------------------------------------ the questions

    @question
    def expected(self) -> Evidence:
        """What was expected, and how far is it from that?

        Actual value, expected value and one robust standard deviation at the strangest point.
        """
        return expectation.expected(self)

    @question
    def rarity(self) -> Evidence:
        """How rare is this: is it real or could it be noise?

        Rank among all points, how many points of pure noise would come as far by chance, how
        often it happened before, and whether it returns at regular times.
        """
        return expectation.rarity(self)

    @question
    def season(self) -> Evidence:
        """Does it break a season, or is it what this time of the season always brings?"""
        return expectation.season(self)

    @question
    def before_after(self) -> Evidence:
        """How do the values before and after the onset compare?

        Medians, Hodges-Lehmann shift, percent, Cliff's delta, Mann-Whitney p and spread.
        """
        return development.before_after(self)

    @question
    def onset(self) -> Evidence:
        """When did it begin? An interval, not a point."""
        return development.onset(self)

    @question
    def development(self) -> Evidence:
        """How does it develop: does it ramp (how fast, since when), step or pass?"""
        return development.development(self)

    @question
    def changed_before(self, most: int = 5) -> tuple[Evidence, ...]:
        """What changed just before? Events ranked by time to the onset, distance and kind.

        The first answer sums up; the others are the ``most`` likely events, best first.
        """
        return events.changed_before(self, most)

    @question
    def logs(self, most: int = 10) -> tuple[Evidence, ...]:
        """Which log lines surge, or are new, from the onset on? Strongest first.

        Empty when no logs were given or nothing surges.
        """
        return logs.logs(self, most)

    @question
    def moved_first(self) -> Evidence:
        """Who moved first among the series that are part of it?"""
        return relations.moved_first(self)

    @question
    def reach(self) -> Evidence:
        """How far does it reach: which services and series, who feels it, how much traffic?"""
        return reach.reach(self)

    @question
    def callers(self) -> Evidence:
        """Who calls the service, and in what state are they?"""
        return relations.neighbours(self, "callers")

    @question
    def callees(self) -> Evidence:
        """Whom does the service call, and in what state are they?"""
        return relations.neighbours(self, "callees")

    @question
    def siblings(self) -> Evidence:
        """Which other series moved with it, and which did not (the controls)?"""
        return relations.siblings(self)

    @question
    def blame(self) -> tuple[Evidence, ...]:
        """Which service carries the excess, following the calls? Best first, shares of blame."""
        return relations.blamed(self)

    @question
    def carriers(self) -> Evidence:
        """Which channels or columns carry it?"""
        return parts.carriers(self)

    @question
    def segments(self) -> tuple[Evidence, ...]:
        """Which segment carries it: what do the odd rows or the moved series share?

        Empty when nothing is over-represented.
        """
        return parts.segments(self)

    @question
    def tickets(self) -> tuple[Evidence, ...]:
        """What do the records behind a count say: who carries the change, what shifted, what people write?

        Empty when the series does not count records of the table.
        """
        return records.tickets(self)

    @question
    def rows(self, most: int = 5) -> Evidence:
        """Show the rows (or points) as they are, the strangest first."""
        return parts.rows(self, most)

    @question
    def quality(self) -> Evidence:
        """Are the data around it sound: gaps, missing values, constants?"""
        return data.quality(self)

    @question
    def patterns(self) -> tuple[Evidence, ...]:
        """Which known failure patterns fit, and how many of their symptoms are there?"""
        return failures.patterns(self)

    @question
    def doubts(self, kind: str = "", name: str = "") -> tuple[Evidence, ...]:
        """What speaks against a candidate (its kind and name; left out: the likeliest one)?

        The weightiest first; empty where it passes every check.
        """
        return doubts.doubts(self, kind, name)

    @question
    def seen_before(self) -> tuple[Evidence, ...]:
        """Have we seen this? Past incidents like it: how alike, why, and what the cause turned out to be.

        The first answer sums up; the others are the past incidents, most similar first.
        """
        return past.seen_before(self)


def _begins_after(detection: Detection, anomaly: Anomaly, limit: np.datetime64) -> bool:
    series = detection.series
    if series is None or not len(series):
        return False
    return bool(series.time[min(max(anomaly.onset[0], 0), len(series) - 1)] > limit)
