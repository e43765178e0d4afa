"""The playback of an investigation as the page shows it: each step with what it lights there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from anomaly_hunter.serve.pictures.playback import playback
from anomaly_hunter.serve.pictures.seen import Seen
from anomaly_hunter.serve.web.proofs import Proof

PARTS: Final = {
    "detect": "charts", "alarm": "charts", "group": "charts", "past": "past", "finding": "findings",
    "disagreement": "findings", "severity": "incident-live", "verdict": "why", "next": "next-steps",
}  # fmt: skip
"""Where on the page a kind of step is told at length; a question lights its evidence instead."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One step: its words, and what to light.

    ``series`` are the ids of charts, ``begin`` and ``end`` a stretch of their x axis (None: no stretch),
    ``node`` a service of the graph, ``part`` the id of an element of the page.
    """

    title: str
    text: str
    points: tuple[str, ...]
    agent: str
    proofs: tuple[Proof, ...]
    series: tuple[str, ...]
    begin: float | None
    end: float | None
    node: str
    part: str


def film(seen: Seen, proofs: Mapping[str, Proof]) -> tuple[Shot, ...]:
    """All steps in order."""
    shots = []
    candidates = 0
    for step in playback(seen):
        candidates += step.kind == "candidate"
        light = step.light
        begin = light.low if light.low is not None else light.at
        shots.append(
            Shot(
                title=step.title,
                text=step.text,
                points=step.points,
                agent=step.agent,
                proofs=tuple(proofs[name] for name in (*step.evidence, *step.against) if name in proofs),
                series=light.series,
                begin=begin,
                end=light.high if light.high is not None else begin,
                node=light.node,
                part=f"candidate-{candidates}" if step.kind == "candidate" else PARTS.get(step.kind, ""),
            )
        )
    return tuple(shots)
