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
    """

    memory: str = ""
    organisation: str = "default"

    def __post_init__(self) -> None:
        if not self.organisation.strip():
            raise UsageError("the organisation has no name", "a name", "leave the setting out")
