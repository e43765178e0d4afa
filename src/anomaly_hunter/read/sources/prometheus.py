"""An expression that Prometheus, or what speaks like it, evaluates over time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions

_TEXT: Final = re.compile(
    r"prometheus:(https?://[^?]+)\?(?:(step|last)=(\d+)&)?(?:(step|last)=(\d+)&)?query=(.+)", re.DOTALL
)
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class PrometheusQuery:
    """An expression of PromQL, and where and when it is evaluated.

    Attributes
    ----------
    url:
        ``http(s)://HOST:PORT``, with the path in front of ``/api/v1`` where there is one.
    begin, end:
        The first moment that is wanted, and the first after it; None: the last day, until now.
    step_s:
        Seconds between two points.
    token:
        Sent as ``Authorization: Bearer``.
    name:
        What the data are called, and their series are told apart by.
    """

    url: str
    query: str
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None
    step_s: float = 60.0
    token: str = ""
    name: str = ""


class Prometheus:
    """Reads what ``query_range`` answers: one series for each set of labels.

    From a command line:
    ``hunter detect 'prometheus:http://localhost:9090?step=60&last=86400&query=rate(http_requests_total[5m])'``
    (seconds).
    """

    name: ClassVar[str] = "prometheus"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """A :class:`PrometheusQuery`, or its text."""
        return isinstance(data, PrometheusQuery) or (isinstance(data, str) and data.startswith("prometheus:"))

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options

    def read(self) -> Dataset:
        """All series, asked for in as many requests as it takes."""
        from anomaly_hunter.read.query_range import read_range

        query = _of_text(self._data) if isinstance(self._data, str) else self._data
        return read_range(query, self._options.max_series)


def _of_text(text: str) -> PrometheusQuery:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text[:60]!r}", "prometheus:http://HOST:9090?step=60&last=86400&query=EXPRESSION",
            "write the query last",
        )  # fmt: skip
    said = {key: float(value) for key, value in (found.group(2, 3), found.group(4, 5)) if key}
    end = np.datetime64("now", "ns")
    last = np.timedelta64(round(said.get("last", _DAY_S)), "s")
    return PrometheusQuery(found[1], found[6], end - last, end, said.get("step", 60.0))
