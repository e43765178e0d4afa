"""A remembered incident together with the kept hunt that saw it last."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_hunter.errors import UnknownError
from anomaly_hunter.model import Anomaly, Detection, Hunt, Incident
from anomaly_hunter.remember.hunts.recorded import KeptHunt, Recordings
from anomaly_hunter.remember.hunts.thinned import Picture
from anomaly_hunter.remember.records import Remembered
from anomaly_hunter.serve.pictures.charts import Held
from anomaly_hunter.tell.html import limits


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One series or table of an incident: what a chart of it opens with, and its anomaly of the incident.

    ``anomaly`` stands where it is in the whole; ``low``, ``high`` and ``peak`` say where on the x axis.
    """

    id: str
    picture: Picture
    anomaly: Anomaly
    low: float
    high: float
    peak: float

    @property
    def subject(self) -> str:
        """Its title."""
        return self.picture.detection.subject

    @property
    def clocked(self) -> bool:
        """Whether its x axis is time."""
        series = self.picture.detection.series
        return series is not None and series.clocked


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of an incident.

    ``kept`` and ``hunt`` are None, and ``members`` empty, where the hunt is not kept any more; the members
    are in the order of the incident, its lead first, those beyond the limit ``left_out``.
    """

    remembered: Remembered
    kept: KeptHunt | None = None
    hunt: Hunt | None = None
    members: tuple[Member, ...] = ()
    left_out: int = 0

    @property
    def incident(self) -> Incident:
        """As its last verdict has it."""
        return self.remembered.incident

    def detection(self, member: Member) -> Detection:
        """What is known of a member without its points."""
        for found in self.hunt.detections if self.hunt is not None else ():
            if found.subject == member.subject:
                return found
        return member.picture.detection


def see(recordings: Recordings, held: Held, incident_id: str, most: int = limits.CHARTS) -> Seen:
    """The incident with its hunt and at most ``most`` of its series.

    Raises
    ------
    UnknownError
        There is no such incident. A hunt that is gone is no error.
    """
    remembered = recordings.store.incident(incident_id)
    hunt_id = remembered.kept.hunt_id
    try:
        kept = recordings.hunt(hunt_id) if hunt_id else None
    except UnknownError:
        kept = None
    if kept is None:
        return Seen(remembered)
    told = held.told(recordings, kept.id)
    now = {one.id: one for found in told.detections for one in found.anomalies}
    own: dict[str, Anomaly] = {}
    for anomaly in remembered.incident.anomalies:
        if anomaly.id in now:
            own.setdefault(anomaly.subject_id, now[anomaly.id])
    members = []
    for name, whole in list(own.items())[:most]:
        member = _member(name, recordings.overview(kept.id, name), whole)
        members += [] if member is None else [member]
    subjects = {anomaly.subject_id for anomaly in remembered.incident.anomalies}
    return Seen(remembered, kept, told, tuple(members), len(subjects) - len(members))


def _member(name: str, picture: Picture, whole: Anomaly) -> Member | None:
    """None where the picture does not show the anomaly."""
    found = next((one for one in picture.detection.anomalies if one.id == whole.id), None)
    if found is None:
        return None
    low, high, peak = (float(picture.axis[at]) for at in (found.start, found.stop - 1, found.peak))
    return Member(name, picture, whole, low, high, peak)
