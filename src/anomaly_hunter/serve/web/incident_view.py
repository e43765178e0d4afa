"""What the page of one incident shows, gathered from the store in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from anomaly_hunter.model import Incident, Past, Verdict
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.lists.listing import Listing
from anomaly_hunter.remember.records import ACTIVE, Feedback, Happened, Kept
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.pictures.charts import Held
from anomaly_hunter.serve.pictures.seen import Seen, see
from anomaly_hunter.serve.web.drawn import CHARTS, Drawn, drawn
from anomaly_hunter.serve.web.film import Shot, film
from anomaly_hunter.serve.web.proofs import Proof, Texts, homes, proofs_of, texts_of
from anomaly_hunter.serve.web.story import Story, tell_story
from anomaly_hunter.tell import words

if TYPE_CHECKING:
    from anomaly_hunter.tell.html.rows import OutlyingRows


@dataclass(frozen=True)
class IncidentView:
    """One incident as people see it.

    ``drawn`` is what the recording of its hunt adds (charts, rows, dependencies), empty where none is kept
    any more.
    """

    seen: Seen
    history: tuple[Happened, ...]
    answers: tuple[Feedback, ...]
    similar: tuple[Past, ...]
    drawn: Drawn

    @property
    def kept(self) -> Kept:
        """Its line of the list."""
        return self.seen.remembered.kept

    @property
    def incident(self) -> Incident:
        """As its last verdict has it."""
        return self.seen.incident

    @property
    def verdict(self) -> Verdict:
        """The last word of the judge."""
        return self.incident.verdict

    @property
    def active(self) -> bool:
        """Whether somebody has still to do something."""
        return self.kept.state in ACTIVE

    @property
    def ongoing(self) -> bool:
        """Whether it lasts at the end of the data."""
        return any(anomaly.ongoing for anomaly in self.incident.anomalies)

    @property
    def since(self) -> str:
        """When it began, or where it lies."""
        begin = self.incident.begin
        if begin is None:
            return words.incident_place(self.incident)
        at = begin.astype("datetime64[s]")
        return words.span(at, at)

    @property
    def lasted(self) -> str:
        """How long; "" where that is no question."""
        begin, end = self.incident.begin, self.incident.end
        if begin is None or end is None:
            lead = self.incident.lead
            return "" if lead.rows else words.counted(lead.stop - lead.start, "point")
        seconds = words.seconds_between(begin, end) + self.drawn.step_s
        return words.duration(seconds) if seconds > 0 else "one point"

    @cached_property
    def proofs(self) -> Mapping[str, Proof]:
        """Every fact by its id."""
        return proofs_of(self.verdict)

    @cached_property
    def _homes(self) -> Mapping[str, str]:
        return homes(self.verdict)

    def home_of(self, name: str, agent: str) -> bool:
        """Whether the anchor of this fact stands with this agent."""
        return self._homes.get(name) == agent

    @property
    def loose(self) -> tuple[Proof, ...]:
        """Facts that no agent rests on."""
        return tuple(proof for name, proof in self.proofs.items() if name not in self._homes)

    @cached_property
    def texts(self) -> Texts:
        """What people write about; empty where no texts were counted."""
        return texts_of(self.proofs.values()) if self.kept.kind == "tickets" else Texts((), ())

    @property
    def rows(self) -> OutlyingRows | None:
        """The outlying rows of a table."""
        return self.drawn.rows

    @cached_property
    def steps(self) -> tuple[Shot, ...]:
        """How it was found, step by step."""
        return film(self.seen, self.proofs)

    @property
    def story(self) -> Story:
        """All that happened, in order."""
        return tell_story(self.incident, self.history, self.drawn.events)


def incident_view(store: Store, held: Held, name: str) -> IncidentView:
    """Gather it.

    Raises
    ------
    UnknownError
        There is no such incident.
    """
    recordings = Recordings(store)
    seen = see(recordings, held, name, CHARTS)
    kept = seen.remembered.kept
    return IncidentView(
        seen=seen,
        history=Life(store).history(kept.id),
        answers=tuple(one for one in seen.remembered.feedback if one.withdrawn_at is None),
        similar=Listing(store).similar(kept.id),
        drawn=drawn(recordings, held, seen),
    )
