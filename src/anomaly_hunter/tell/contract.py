"""The contracts of telling: a report turns a hunt into text, a sink takes an incident away."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from anomaly_hunter.model import Hunt, Incident


@runtime_checkable
class Report(Protocol):
    """One output format (`-o NAME`)."""

    name: ClassVar[str]

    def render(self, hunt: Hunt) -> str:
        """The whole report as text, ending with a line break."""
        ...


@runtime_checkable
class Sink(Protocol):
    """One place that incidents are sent to (`--sink NAME:TARGET`).

    Built from the text behind the colon. Raises
    :class:`~anomaly_hunter.errors.HunterError` when it did not deliver; never pretends.
    """

    name: ClassVar[str]

    def __init__(self, target: str) -> None: ...

    def send(self, incident: Incident) -> None:
        """Deliver one incident, whole or not at all."""
        ...
