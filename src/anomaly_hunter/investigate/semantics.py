"""What a metric measures, and which way is worse: read from its name.

Names never decide whether something is strange. They only help to say what it means.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, TypeAlias, cast, get_args

import numpy as np

from anomaly_hunter.model import Direction, Series
from anomaly_hunter.model.services import SERVICE_LABELS as SERVICE_LABELS
from anomaly_hunter.model.services import NodeWords as NodeWords
from anomaly_hunter.model.services import node_in as node_in
from anomaly_hunter.model.services import service_among as service_among
from anomaly_hunter.model.services import snake
from anomaly_hunter.model.services import words_of as words_of

MetricKind: TypeAlias = Literal[
    "traffic", "latency", "errors", "success", "pool", "queue", "cpu", "memory", "disk used", "disk free",
    "cache hit", "cache miss", "queries", "network", "restarts", "certificate", "freshness", "business",
    "transactions", "sensor", "unknown",
]  # fmt: skip

_ALL_KINDS: Final = frozenset(get_args(MetricKind))

# First match wins, so the special comes before the general. Words are whole parts of a name.
_KINDS: Final[tuple[tuple[MetricKind, str], ...]] = (
    ("certificate", r"cert|certificate|tls|ssl|x509|handshake"),
    ("cache miss", r"cache_(?:\w+_)?(?:miss|misses)|miss_?(?:rate|ratio)|evictions?|evicted"),
    ("cache hit", r"cache_(?:\w+_)?hits?|hit_?(?:rate|ratio)"),
    ("cpu", r"cpu|load1|load5|load15|loadavg|load_average|throttled|throttling|steal|iowait"),
    ("memory", r"memory|mem|heap|rss|ram|oldgen|swap"),
    ("disk free", r"(?:disk|storage|fs|filesystem)_(?:\w+_)?(?:free|avail|available)"
                  r"|(?:free|available)_(?:\w+_)?(?:disk|storage|space)"),
    ("disk used", r"disk|storage|filesystem|inodes?|tablespace"),
    ("pool", r"pool|connections?|conns?|threads?|workers?|saturation|utili[sz]ation|slots?|fds?"),
    ("queue", r"queue|queued|backlog|pending|waiting|inflight"),
    ("freshness", r"lag|freshness|staleness|watermark"),
    ("errors", r"errors?|err|fails?|failures?|failed|faults?|exceptions?|5xx|4xx|rejected|timeouts?"
               r"|drops|dropped|denied|loss|unavailable|crashes|errorrate|retries|declines?|declined"),
    ("success", r"success|successes|successrate|availability|uptime|apdex|healthy|conversions?"),
    ("latency", r"latency|latencies|duration|durations|elapsed|ping|rtt|p50|p90|p95|p99|p999|responsetime"
                r"|ttfb|delay"),
    ("restarts", r"restarts?|oom|oomkills?|reboots?"),
    ("queries", r"queries|query|sql|statements?|selects?|dbcalls?"),
    ("network", r"network|net|bandwidth|packets?|tcp|retransmits?|rx|tx"),
    ("transactions", r"transactions?|payments?|charges?|transfers?|withdrawals?|logins?|chargebacks?"),
    ("business", r"orders?|revenue|sales|signups?|purchases?|bookings?|spend"),
    ("traffic", r"requests?|req|reqs|rps|qps|tps|traffic|throughput|calls?|visits?|visitors?|sessions?"
                r"|users?|messages?|workload|ops"),
    ("sensor", r"temperature|temp|pressure|vibration|humidity|voltage|current|flow|speed|level|heart|pulse"
               r"|glucose|oxygen|spo2|bearing|torque|rpm|wind|sensor|co2"),
)  # fmt: skip
_MATCHERS: Final = tuple(
    (kind, re.compile(rf"(?:^|_)(?:{words})(?:_|$)")) for kind, words in _KINDS
)  # fmt: skip
_RESPONSE_TIME: Final = re.compile(
    r"(?:response|load|wait|request|query)_(?:time|ms|seconds)|(?:^|_)time_(?:ms|s|seconds)(?:_|$)"
)

_UNITS: Final = (
    r"(?:_(?:rate|ratio|pct|percent|total|count|ms|s|us|seconds|avg|mean|per|minute|second|p\d+))*$"
)
_WORSE_UP: Final = re.compile(
    r"(?:^|_)(?:latency|duration|response_time|errors?|failures|5xx|timeouts|exceptions|rejected"
    r"|queue_depth|backlog|consumer_lag|cache_miss|cache_misses|miss|restarts)" + _UNITS
)
_WORSE_DOWN: Final = re.compile(
    r"(?:^|_)(?:success|availability|uptime|apdex|cache_hits?|hit|conversion)" + _UNITS
)

RESOURCES: Final[frozenset[MetricKind]] = frozenset(
    ("cpu", "memory", "disk used", "disk free", "pool", "cache miss", "cache hit", "restarts", "certificate",
     "queries")
)  # fmt: skip
"""Kinds that can be a cause on their own; latency, errors and traffic at a service are symptoms."""

KIND_LABEL: Final = "measures"
"""A label that says what a series measures, where its name does not: ``{"measures": "latency"}``."""

Statistic: TypeAlias = Literal["mean", "", "median", "percentile"]
_MEAN: Final = re.compile(r"(?:^|_)(?:mean|avg|average)(?:_|$)")
_MEDIAN: Final = re.compile(r"(?:^|_)(?:p50|median)(?:_|$)")
_PERCENTILE: Final = re.compile(r"(?:^|_)(?:p\d+|pct\d+|q\d+|max|maximum|percentile|quantile)(?:_|$)")
_SHARE: Final = re.compile(r"(?:^|_)(?:rate|ratio|utili[sz]ation|usage|saturation|fraction)(?:_|$)")
_PERCENT: Final = re.compile(r"(?:^|_)(?:percent|percentage|pct)(?:_|$)")
_CLIENT: Final = re.compile(r"(?:^|_)(?:client|outgoing|outbound|upstream|egress)(?:_|$)")
_HOST: Final = re.compile(r"(?:^|_)(?:node|host|machine|instance|vm)(?:_|$)")
_PER_SECOND: Final = re.compile(r"(?:^|_)(?:rps|qps|tps|ops|per_(?:s|sec|second))(?:_|$)")
_PER_MINUTE: Final = re.compile(r"(?:^|_)(?:rpm|per_(?:m|min|minute))(?:_|$)")
_TIMES: Final[tuple[tuple[str, float], ...]] = (
    (r"ns|nanoseconds?|nanos", 1e-9), (r"us|microseconds?|micros", 1e-6),
    (r"ms|milliseconds?|millis", 1e-3), (r"s|sec|secs|seconds?", 1.0), (r"min|minutes?", 60.0),
)  # fmt: skip
_TIME_WORDS: Final = tuple((re.compile(rf"(?:^|_)(?:{words})$"), factor) for words, factor in _TIMES)
SECONDS_BELOW: Final = 20.0
"""A latency without a unit that is usually below this is in seconds, else in milliseconds."""


@lru_cache(maxsize=65_536)
def metric_kind(name: str, unit: str = "") -> MetricKind:
    """What a metric of this name measures.

    >>> metric_kind("checkout_latency_ms"), metric_kind("dbPoolInUse"), metric_kind("disk_free_pct")
    ('latency', 'pool', 'disk free')
    >>> metric_kind("http.server.5xx"), metric_kind("cache_miss_rate"), metric_kind("value")
    ('errors', 'cache miss', 'unknown')
    """
    words = snake(name)
    if _RESPONSE_TIME.search(words):
        return "latency"
    for kind, matcher in _MATCHERS:
        if matcher.search(words):
            return kind
    return "latency" if unit in ("ms", "s", "us", "ns", "seconds", "milliseconds") else "unknown"


def kind_of(series: Series) -> MetricKind:
    """What a series measures: its label ``measures``, else its name and unit, checked with its values.

    A latency cannot be negative, so such values are no latency.

    >>> kind_of(Series.of([1.0], name="x", labels={"measures": "latency"}))
    'latency'
    >>> kind_of(Series.of([-3.0, 2.0], name="delay"))
    'unknown'
    """
    told = series.labels.get(KIND_LABEL, "").strip().lower()
    if told in _ALL_KINDS:
        return cast(MetricKind, told)
    kind = metric_kind(series.name, series.unit)
    if kind == "latency" and len(series) and bool((series.value < 0).any()):
        return "unknown"
    return kind


def statistic_of(name: str) -> Statistic:
    """Which statistic of a latency a name speaks of; "" when it says none, and then it is taken for a mean.

    >>> statistic_of("latency_avg"), statistic_of("latency p50"), statistic_of("LatencyP95(s)")
    ('mean', 'median', 'percentile')
    """
    words = snake(name)
    if _MEAN.search(words):
        return "mean"
    if _MEDIAN.search(words):
        return "median"
    return "percentile" if _PERCENTILE.search(words) else ""


def is_client_side(name: str) -> bool:
    """Whether it is measured at the caller, so that it speaks of what is called."""
    return _CLIENT.search(snake(name)) is not None


def is_of_host(name: str) -> bool:
    """Whether it is measured of the machine that a service shares with others."""
    return _HOST.search(snake(name)) is not None


def seconds_per_unit(series: Series, usual: float) -> float:
    """What one unit of a latency is in seconds: from its unit, its name, else how large it usually is.

    >>> seconds_per_unit(Series.of([1.0], name="latency_ms"), 120.0)
    0.001
    >>> seconds_per_unit(Series.of([1.0], name="latency"), 0.2)
    1.0
    """
    for text in (snake(series.unit), snake(series.name)):
        for matcher, factor in _TIME_WORDS:
            if text and matcher.search(text):
                return factor
    return 1.0 if not usual >= SECONDS_BELOW else 1e-3


def is_percent(name: str) -> bool:
    """Whether a name speaks of percent."""
    return "%" in name or _PERCENT.search(snake(name)) is not None


def whole_of(series: Series) -> float:
    """What stands for "all of it" in a share: 100 for percent, 1 for a ratio, 0 where it is no share.

    >>> whole_of(Series.of([40.0, 45.0], name="cpu_pct")), whole_of(Series.of([3.0], name="cpu_cores"))
    (100.0, 0.0)
    """
    if "%" in series.unit or is_percent(series.name):
        return 100.0
    if not _SHARE.search(snake(series.name)):
        return 0.0
    return 1.0 if not bool((series.value > 1.5).any()) else 100.0


def requests_per_point(series: Series) -> float:
    """What a traffic value is multiplied by to give requests per point: the seconds of a rate, else 1.

    >>> seconds = np.arange(3) * 60_000_000_000
    >>> requests_per_point(Series.of([1.0, 2, 3], seconds, name="requests_per_second"))
    60.0
    """
    if len(series) < 2 or not series.clocked:
        return 1.0
    words = f"{snake(series.name)}_{snake(series.unit)}"
    step = float((series.time[-1] - series.time[0]).astype(np.int64)) / (len(series) - 1) / 1e9
    if _PER_SECOND.search(words) or series.unit.lower().endswith("/s"):
        return step
    return step / 60.0 if _PER_MINUTE.search(words) or series.unit.lower().endswith("/min") else 1.0


def is_improvement(name: str, direction: Direction) -> bool:
    """Whether this direction is good news for a metric of this name.

    Only names that end in an unmistakable word (and units) count: an alarm that is taken for good
    news by mistake is worse than good news that is taken for an alarm.

    >>> is_improvement("latency_ms", "down"), is_improvement("latency_ms", "up")
    (True, False)
    >>> is_improvement("conversion_drop", "down"), is_improvement("x", "down")
    (False, False)
    """
    words = snake(name)
    if direction == "down":
        return _WORSE_UP.search(words) is not None
    return direction == "up" and _WORSE_DOWN.search(words) is not None
