"""What a user may set about tracing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    project: str = "anomaly-hunter"
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: bool = True

    def __post_init__(self) -> None:
        for name in ("endpoint", "metrics_endpoint"):
            given = getattr(self, name)
            if given and not _is_address(given):
                said = repr(given) if "@" not in given else "no address"  # it may hold a password
                raise UsageError(
                    f"{name} is {said}", "an http(s) URL", "such as http://localhost:4318/v1/traces"
                )


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
