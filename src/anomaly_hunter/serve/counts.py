"""Figures of the running server, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from anomaly_hunter.serve.site import Site

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Buckets:
    """A histogram of seconds."""

    def __init__(self) -> None:
        self.counts = [0] * len(_SECONDS)
        self.count = 0
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.count += 1
        self.sum += seconds
        for i, most in enumerate(_SECONDS):
            if seconds <= most:
                self.counts[i] += 1
                return


class Counts:
    """What was counted since the server started; plain numbers, since one thread counts."""

    def __init__(self) -> None:
        self.hunts = 0
        self.incidents = 0
        self.anomalies = 0
        self.points = 0
        self.hunt_seconds = Buckets()
        self.requests: dict[tuple[str, str, int], int] = {}
        self.request_seconds: dict[str, Buckets] = {}

    def hunted(self, head: Mapping[str, Any]) -> None:
        """A hunt is done; ``head`` is what the worker said."""
        self.hunts += 1
        self.incidents += head.get("incidents", 0)
        self.anomalies += head.get("anomalies", 0)
        self.points += head.get("points", 0)
        self.hunt_seconds.add(head.get("seconds", 0.0))

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        key = (method, route, status)
        self.requests[key] = self.requests.get(key, 0) + 1
        self.request_seconds.setdefault(route, Buckets()).add(seconds)


def exposition(site: Site) -> str:
    """All figures in the text format of Prometheus, version 0.0.4."""
    counts = site.counts
    lines: list[str] = []
    for name, value, kind, help_text in (
        ("hunts_total", counts.hunts, "counter", "Hunts that were finished."),
        ("incidents_total", counts.incidents, "counter", "Incidents that hunts found."),
        ("anomalies_total", counts.anomalies, "counter", "Anomalies that hunts found."),
        ("points_total", counts.points, "counter", "Values that were looked at."),
        ("listeners", site.feed.listeners, "gauge", "Who listens to live events."),
        ("jobs_unfinished", site.queue.unfinished, "gauge", "Jobs that wait or run."),
        ("workers", site.pool.size, "gauge", "Processes that hunt."),
        ("workers_busy", site.pool.busy, "gauge", "Those that hunt now."),
        ("hunts_waiting", site.pool.waiting, "gauge", "Hunts that wait for a process."),
    ):
        lines += [*_head(name, kind, help_text), f"hunter_{name} {value}"]
    lines += _head("hunt_seconds", "histogram", "How long hunts took.")
    lines += _histogram("hunt_seconds", "", counts.hunt_seconds)
    lines += _head("requests_total", "counter", "Requests by route and status.")
    for (method, route, status), count in sorted(counts.requests.items()):
        labels = f'method="{_quoted(method)}",route="{_quoted(route)}",status="{status}"'
        lines.append(f"hunter_requests_total{{{labels}}} {count}")
    lines += _head("request_seconds", "histogram", "How long requests took, by route.")
    for route, buckets in sorted(counts.request_seconds.items()):
        lines += _histogram("request_seconds", f'route="{_quoted(route)}"', buckets)
    return "\n".join(lines) + "\n"


def _head(name: str, kind: str, help_text: str) -> list[str]:
    return [f"# HELP hunter_{name} {help_text}", f"# TYPE hunter_{name} {kind}"]


def _histogram(name: str, labels: str, buckets: Buckets) -> list[str]:
    lines, below, comma = [], 0, "," if labels else ""
    for most, count in zip(_SECONDS, buckets.counts, strict=True):
        below += count
        lines.append(f'hunter_{name}_bucket{{{labels}{comma}le="{most:g}"}} {below}')
    lines.append(f'hunter_{name}_bucket{{{labels}{comma}le="+Inf"}} {buckets.count}')
    inside = f"{{{labels}}}" if labels else ""
    return [
        *lines,
        f"hunter_{name}_sum{inside} {buckets.sum:.6f}",
        f"hunter_{name}_count{inside} {buckets.count}",
    ]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
