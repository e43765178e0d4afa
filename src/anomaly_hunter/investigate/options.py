"""What a user may set about the investigation."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_hunter.errors import UsageError


@dataclass(frozen=True, slots=True)
class InvestigateOptions:
    """Who investigates, and how much.

    Attributes
    ----------
    agents:
        Names of the agents that look at every incident, side by side.
    most_incidents:
        Investigate this many groups of anomalies, worst first; the rest is counted.
    patterns:
        Your own failure patterns: YAML files or folders of them. One with the id of a shipped pattern
        replaces it.
    """

    agents: tuple[str, ...] = ("pattern_analyst", "change_detective", "root_cause")
    most_incidents: int = 20
    patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.agents:
            raise UsageError("no agent is set", "at least one name in `agents`", "leave the setting out")
        if self.most_incidents < 1:
            raise UsageError(
                f"most_incidents is {self.most_incidents}", "at least 1", "set 20 or leave it out"
            )
