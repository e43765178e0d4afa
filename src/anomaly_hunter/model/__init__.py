"""The nouns: what travels between the rooms. Frozen records, numpy only.

Arrays inside a record are read-only. Times are ``datetime64[ns]`` in UTC, values
``float64`` with NaN for "missing" (never infinite). Positions are 0-based; a span is
half-open, ``[start, stop)``.
"""

from anomaly_hunter.model.basics import (
    SCHEMA_VERSION,
    Answer,
    AnyArray,
    ConfidenceLevel,
    Direction,
    FloatArray,
    IntArray,
    Kind,
    Level,
    Number,
    Role,
    Shape,
    TimeArray,
    confidence_level,
    iso,
    moment,
    read_only,
    severity_level,
    stable_id,
)
from anomaly_hunter.model.data import (
    Column,
    Dataset,
    Event,
    Graph,
    Issue,
    Quality,
    Series,
    Table,
)
from anomaly_hunter.model.learned import IgnoreRule, Learned
from anomaly_hunter.model.logs import Logs, LogTemplate
from anomaly_hunter.model.past import Past
from anomaly_hunter.model.reasoned import Reasoned, Spent, cost_of_all
from anomaly_hunter.model.strange import (
    Anomaly,
    Detection,
    Profile,
    Quiet,
    Share,
)
from anomaly_hunter.model.why import (
    Cause,
    Evidence,
    Finding,
    Hunt,
    Incident,
    Verdict,
)

__all__ = [
    "SCHEMA_VERSION",
    "Anomaly",
    "Answer",
    "AnyArray",
    "Cause",
    "Column",
    "ConfidenceLevel",
    "Dataset",
    "Detection",
    "Direction",
    "Event",
    "Evidence",
    "Finding",
    "FloatArray",
    "Graph",
    "Hunt",
    "IgnoreRule",
    "Incident",
    "IntArray",
    "Issue",
    "Kind",
    "Learned",
    "Level",
    "LogTemplate",
    "Logs",
    "Number",
    "Past",
    "Profile",
    "Quality",
    "Quiet",
    "Reasoned",
    "Role",
    "Series",
    "Shape",
    "Share",
    "Spent",
    "Table",
    "TimeArray",
    "Verdict",
    "confidence_level",
    "cost_of_all",
    "iso",
    "moment",
    "read_only",
    "severity_level",
    "stable_id",
]
