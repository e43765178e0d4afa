"""A hunt as text."""

from __future__ import annotations

from anomaly_hunter import registry
from anomaly_hunter.model import Hunt


def render(hunt: Hunt, output: str = "terminal") -> str:
    """The report named ``output``: terminal, json, jsonl, csv, md, html, or one of a plug-in.

    Raises
    ------
    UsageError
        There is no report of this name; the message lists those there are.

    >>> from anomaly_hunter.hunt import hunt
    >>> print(render(hunt([1.0, 2.0, 3.0]), "csv").splitlines()[0])
    timestamp,series,y,yhat,yhat_lower,yhat_upper,score,is_anomaly,severity
    """
    return str(registry.lookup("reports", output)().render(hunt))
