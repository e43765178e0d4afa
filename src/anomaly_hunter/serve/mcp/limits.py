"""How much an outsider may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server.

    Attributes
    ----------
    file_bytes:
        All files of one hunt together; a packed file counts ten times.
    files:
        Files of one hunt.
    inline_bytes:
        What is sent along with one call: CSV text, events, log lines, a graph.
    inline_points:
        Values sent along with one call.
    hunts:
        Finished hunts that are kept to be asked on.
    points:
        Points and rows of all finished hunts together.
    at_once:
        Hunts that run at the same time; others wait.
    call_s:
        How long one call may take, waiting included.
    incidents:
        Incidents shown of one hunt, the worst first.
    listed:
        Entries of a list inside one answer.
    request_bytes:
        One request over HTTP.
    """

    file_bytes: int = 200_000_000
    files: int = 1_000
    inline_bytes: int = 2_000_000
    inline_points: int = 100_000
    hunts: int = 8
    points: int = 20_000_000
    at_once: int = 2
    call_s: float = 120.0
    incidents: int = 5
    listed: int = 20
    request_bytes: int = 4 * 1024 * 1024
