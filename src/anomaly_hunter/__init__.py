"""Anomaly Hunter: what is abnormal, since when, how bad, why, how sure, what next.

>>> import anomaly_hunter as ah
>>> found = ah.hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
>>> found.incidents[0].lead.shape, found.severity > 3
('spike', True)
"""

__version__ = "0.1.0"

from anomaly_hunter.config import Settings, load_settings
from anomaly_hunter.errors import (
    ConfigError,
    DataError,
    HunterError,
    MissingExtraError,
    PluginError,
    UsageError,
)
from anomaly_hunter.explain import explain
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
    Quality,
    Series,
    Share,
    Table,
    Verdict,
)
from anomaly_hunter.registry import detector
from anomaly_hunter.render import render

__all__ = [
    "SCHEMA_VERSION",
    "Anomaly",
    "Cause",
    "Column",
    "ConfigError",
    "DataError",
    "Dataset",
    "Detection",
    "Event",
    "Evidence",
    "Finding",
    "Graph",
    "Hunt",
    "HunterError",
    "Incident",
    "Issue",
    "MissingExtraError",
    "PluginError",
    "Quality",
    "Series",
    "Settings",
    "Share",
    "Table",
    "UsageError",
    "Verdict",
    "__version__",
    "ahunt",
    "detector",
    "explain",
    "forecast",
    "hunt",
    "load_settings",
    "render",
]
