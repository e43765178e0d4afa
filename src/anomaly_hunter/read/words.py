"""Names that people give to columns. They break ties; what the cells hold decides first."""

from __future__ import annotations

import re
from typing import Final

CLOCK: Final = {
    "time", "timestamp", "ts", "datetime", "date", "@timestamp", "epoch", "unix_time", "unix_timestamp",
    "date_time", "event_time", "ds", "day", "month", "week", "when",
}  # fmt: skip
BEGIN: Final = re.compile(
    r"(^|[_.\s])(creat|open|start|begin|began|receiv|submit|report|order|event|occur|fired|pickup|from)"
)
END: Final = re.compile(
    r"(^|[_.\s])(updat|modif|clos|resolv|end|finish|complet|delet|due|dropoff|shipp|deliver|expir)"
)
TIMELIKE: Final = re.compile(
    r"(^|[_.\s@-])(time|timestamp|ts|date|datetime|epoch|unix|day|month|week|at|on|when)([_.\s-]|$)|time$|date$"
)
TRUTH: Final = {"label", "labels", "is_anomaly", "isanomaly", "anomaly", "anomalous", "is_outlier", "outlier",
                "target", "ground_truth", "groundtruth", "y_true", "truth"}  # fmt: skip
GENERIC: Final = {"value", "values", "val", "y", "x", "count", "counts", "metric_value", "measure",
                  "measurement", "data", "reading", "number", "0"}  # fmt: skip
METRIC: Final = {"metric", "metric_name", "metricname", "measurement", "field", "variable", "kpi", "__name__",
                 "series", "sensor", "signal"}  # fmt: skip
BODY: Final = ("body", "description", "message", "text", "content", "complaint", "comment", "msg", "feedback",
               "review", "question", "details", "detail")  # fmt: skip
HEADING: Final = ("subject", "title", "summary", "headline", "answer", "reply", "note", "notes", "comments")
POSITION: Final = {"index", "row", "row_number", "rownum", "nr", "no", "idx", "#", "unnamed: 0", "step", "t"}


def plain(name: str) -> str:
    """A name as it is compared: small letters, words joined by underscores.

    >>> plain("Created At"), plain("TimeStamp"), plain("isAnomaly")
    ('created_at', 'time_stamp', 'is_anomaly')
    """
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\s-]+", "_", split).lower()


def is_truth(name: str) -> bool:
    """Whether a column of this name holds the answer, which must not be looked at."""
    return plain(name) in TRUTH or plain(name).replace("_", "") in TRUTH


def is_timelike(name: str) -> bool:
    """Whether people call a time this."""
    word = plain(name)
    return word in CLOCK or word.replace("_", "") in CLOCK or bool(TIMELIKE.search(word))


def is_exactly_a_clock(name: str) -> bool:
    """Whether the name says nothing but "time"."""
    word = plain(name)
    return word in CLOCK or word.replace("_", "") in CLOCK


def is_identifier(name: str) -> bool:
    """Whether people call an identifier this: id, order_id, uuid, key.

    >>> [is_identifier(n) for n in ("id", "orderId", "trace_id", "humidity", "paid")]
    [True, True, True, False, False]
    """
    return bool(re.search(r"(^|_)(id|uuid|guid|sha|hash|key)$", plain(name)))


def is_generic(name: str) -> bool:
    """Whether the name says nothing about what is measured."""
    return plain(name) in GENERIC or bool(re.fullmatch(r"column_\d+|\d+", plain(name)))


def clock_rank(name: str) -> int:
    """How well a name fits the clock of a row: 0 best ("timestamp"), 3 worst ("closed_at").

    >>> [clock_rank(n) for n in ("timestamp", "created_at", "moment", "resolved_at")]
    [0, 1, 2, 3]
    """
    word = plain(name)
    if is_exactly_a_clock(name):
        return 0
    if BEGIN.search(word):
        return 1
    return 3 if END.search(word) else 2
