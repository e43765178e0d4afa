"""What a user may set about tracing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anomaly_hunter.errors import UsageError


@dataclass(frozen=True, slots=True)
class TracingOptions:
    """Where spans and counters of a hunt are sent, by OTLP over HTTP.

    Attributes
    ----------
    endpoint:
        Where spans go, such as http://localhost:6006/v1/traces; "" = nowhere.
    metrics_endpoint:
        Where counters go, such as http://localhost:4318/v1/metrics; "" = nowhere.
    headers:
        Headers of each request to the host of ``endpoint``; keys come from the environment: ${NAME}.
    project:
        Under which name the receiver files it.
    attributes:
        Attributes of the sender that a receiver asks for.
    content:
        False leaves out what models were asked and what they said (it is masked in any case).
    """

    endpoint: str = ""
    metrics_endpoint: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    project: str = "anomaly-hunter"
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: bool = True

    def __post_init__(self) -> None:
        for name in ("endpoint", "metrics_endpoint"):
            given = getattr(self, name)
            if given and not given.startswith(("http://", "https://")):
                raise UsageError(
                    f"{name} is {given!r}", "an http(s) URL", "such as http://localhost:4318/v1/traces"
                )
