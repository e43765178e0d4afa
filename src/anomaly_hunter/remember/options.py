"""What a user may set about the memory."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_hunter.errors import UsageError


@dataclass(frozen=True, slots=True)
class RememberOptions:
    """Whether hunts are remembered, and where.

    Attributes
    ----------
    memory:
        A path, taken from the folder of the settings file, or postgresql://USER@HOST/NAME; "" = no memory.
    organisation:
        Whose memory it is; several can share one database and never see each other's.
    keep_days:
        Hunts, and incidents nobody works on or answered on, go after so many days; 0 = never.
    keep_incidents:
        Of such incidents beyond the latest so many the oldest go; 0 = any number is kept.
    keep_hunts:
        Hunts with their recordings beyond the latest so many go; 0 = any number is kept.
    keep_mb:
        Recordings of hunts take at most so many megabytes; 0 = any.
    record_points:
        Values of one hunt that are kept whole, to zoom into and explain; the rest is kept as it is drawn.
    """

    memory: str = ""
    organisation: str = "default"
    keep_days: int = 400
    keep_incidents: int = 20_000
    keep_hunts: int = 2_000
    keep_mb: int = 4_000
    record_points: int = 2_000_000

    def __post_init__(self) -> None:
        if not self.organisation.strip():
            raise UsageError("the organisation has no name", "a name", "leave the setting out")
        for name in ("keep_days", "keep_incidents", "keep_hunts", "keep_mb"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is {getattr(self, name)}", "0 or more", "0 keeps everything")
        if self.record_points < 0:
            raise UsageError(f"record_points is {self.record_points}", "0 or more", "change it")
