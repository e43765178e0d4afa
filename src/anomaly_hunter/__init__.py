"""Anomaly Hunter: what is abnormal, since when, how bad, why, how sure, what next.

>>> import anomaly_hunter as ah
>>> found = ah.hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
>>> found.incidents[0].lead.shape, found.severity > 3
('spike', True)
"""

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

from anomaly_hunter.config import Settings, load_settings
from anomaly_hunter.errors import (
    ConfigError,
    DataError,
    HunterError,
    MissingExtraError,
    PluginError,
    StoreError,
    UsageError,
)
from anomaly_hunter.explain import explain
from anomaly_hunter.feedback import feedback, stats, undo_feedback
from anomaly_hunter.forecast import forecast
from anomaly_hunter.hunt import ahunt, hunt
from anomaly_hunter.model import (
    SCHEMA_VERSION,
    Anomaly,
    Cause,
    Column,
    Dataset,
    Detection,
    Event,
    Evidence,
    Finding,
    Graph,
    Hunt,
    Incident,
    Issue,
    Past,
    Quality,
    Series,
    Share,
    Table,
    Verdict,
)
from anomaly_hunter.registry import detector
from anomaly_hunter.render import render

if TYPE_CHECKING:
    from anomaly_hunter.client.client import Client as Client
    from anomaly_hunter.detect.online.fleet import Fleet as Fleet
    from anomaly_hunter.detect.online.happening import StreamEvent as StreamEvent
    from anomaly_hunter.detect.online.stream import Point as Point
    from anomaly_hunter.detect.online.stream import Stream as Stream
    from anomaly_hunter.remember.records import Feedback as Feedback
    from anomaly_hunter.remember.store import Store as Store

_LATER = {
    "Client": "client.client",
    "Feedback": "remember.records",
    "Fleet": "detect.online.fleet",
    "Point": "detect.online.stream",
    "Store": "remember.store",
    "Stream": "detect.online.stream",
    "StreamEvent": "detect.online.happening",
}
"""Names that are loaded when they are asked for, and the modules that have them."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


__all__ = [
    "SCHEMA_VERSION",
    "Anomaly",
    "Cause",
    "Client",
    "Column",
    "ConfigError",
    "DataError",
    "Dataset",
    "Detection",
    "Event",
    "Evidence",
    "Feedback",
    "Finding",
    "Fleet",
    "Graph",
    "Hunt",
    "HunterError",
    "Incident",
    "Issue",
    "MissingExtraError",
    "Past",
    "PluginError",
    "Point",
    "Quality",
    "Series",
    "Settings",
    "Share",
    "Store",
    "StoreError",
    "Stream",
    "StreamEvent",
    "Table",
    "UsageError",
    "Verdict",
    "__version__",
    "ahunt",
    "detector",
    "explain",
    "feedback",
    "forecast",
    "hunt",
    "load_settings",
    "render",
    "stats",
    "undo_feedback",
]
