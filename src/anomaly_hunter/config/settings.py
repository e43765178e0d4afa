"""All settings: one section per room, each the options of that room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.investigate.options import InvestigateOptions
from anomaly_hunter.investigate.reasoning.options import AgentsOptions, ReasoningOptions
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.tell.options import TellOptions
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.watch.options import WatchOptions


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one section per room.

    Attributes
    ----------
    read:
        How data are read.
    detect:
        What counts as strange.
    investigate:
        Who investigates.
    tell:
        Where results go.
    remember:
        Whether hunts are remembered, and where.
    agents:
        Which language model plays which role.
    reasoning:
        How much language models may do, see and cost.
    tracing:
        Where spans and counters are sent.
    serve:
        Where the server listens, who may come in, how much one may ask for.
    watches:
        What is looked at again and again, by name.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    detect: DetectOptions = field(default_factory=DetectOptions)
    investigate: InvestigateOptions = field(default_factory=InvestigateOptions)
    tell: TellOptions = field(default_factory=TellOptions)
    remember: RememberOptions = field(default_factory=RememberOptions)
    agents: AgentsOptions = field(default_factory=AgentsOptions)
    reasoning: ReasoningOptions = field(default_factory=ReasoningOptions)
    tracing: TracingOptions = field(default_factory=TracingOptions)
    serve: ServeOptions = field(default_factory=ServeOptions)
    watches: Mapping[str, WatchOptions] = field(default_factory=dict)


SECTIONS: Final[Mapping[str, type]] = {
    "read": ReadOptions,
    "detect": DetectOptions,
    "investigate": InvestigateOptions,
    "tell": TellOptions,
    "remember": RememberOptions,
    "agents": AgentsOptions,
    "reasoning": ReasoningOptions,
    "tracing": TracingOptions,
    "serve": ServeOptions,
}
WATCHES: Final = "watches"
"""The section whose keys are names that people choose, each a record."""


def as_mapping(settings: Any) -> Any:
    """Settings as plain dicts and lists, for printing.

    >>> as_mapping(Settings())["investigate"]["most_incidents"]
    20
    """
    if is_dataclass(settings):
        return {f.name: as_mapping(getattr(settings, f.name)) for f in fields(settings)}
    if isinstance(settings, Mapping):
        return {key: as_mapping(value) for key, value in settings.items()}
    return list(settings) if isinstance(settings, tuple) else settings
