"""Prometheus' HTTP API: `query_range`, from the request to series."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Dataset, FloatArray, Issue, Series, TimeArray
from anomaly_hunter.model.saying import counted
from anomaly_hunter.model.secret import without_password
from anomaly_hunter.read import quality
from anomaly_hunter.read.sources.arrays import of_series
from anomaly_hunter.read.web import Asked, Reply, ask

if TYPE_CHECKING:
    from anomaly_hunter.read.sources.prometheus import PrometheusQuery

MOST_STEPS: Final = 10_000
"""Of one request: Prometheus refuses more than 11,000 points a series."""
MOST_REQUESTS: Final = 50
MOST_POINTS: Final = 20_000_000
_DAY: Final = np.timedelta64(1, "D")
_NAME: Final = 80

Labels = tuple[tuple[str, str], ...]
Points = tuple[TimeArray, FloatArray]


def read_range(query: PrometheusQuery, max_series: int) -> Dataset:
    """The series of the expression from ``begin`` to before ``end``, at whole multiples of the step.

    Raises
    ------
    DataError
        It does not answer, answers with an error or with something that is not Prometheus' JSON, knows no
        such series, or too many.
    UsageError
        The time asked for is no time, or takes too many steps.
    """
    found: dict[Labels, list[Points]] = {}
    notes: dict[str, None] = {}
    points = 0
    for begin, end in _requests(query):
        data, warnings = _data(query, ask(_asked(query, begin, end)))
        notes |= dict.fromkeys(warnings)
        for labels, part in _parts(query, data):
            found.setdefault(labels, []).append(part)
            points += len(part[0])
        if len(found) > max_series or points > MOST_POINTS:
            raise DataError(
                f"the expression has {len(found):,} series with {points:,} points",
                f"at most {max_series:,} and {MOST_POINTS:,}",
                "aggregate it (sum by ...), or take a larger step",
            )
    return _dataset(query, found, tuple(notes))


def _requests(query: PrometheusQuery) -> Iterator[tuple[int, int]]:
    """First and last step of each request, in whole milliseconds since 1970."""
    step = round(query.step_s * 1e3)
    if step < 1:
        raise UsageError(f"the step is {query.step_s:g} s", "0.001 s or more", "raise it")
    end = np.datetime64("now", "ns") if query.end is None else query.end
    begin = end - _DAY if query.begin is None else query.begin
    first = -(-int(begin.astype("datetime64[ms]").astype(np.int64)) // step) * step
    last = (-(-int(end.astype("datetime64[ms]").astype(np.int64)) // step) - 1) * step
    steps = (last - first) // step + 1
    if steps < 1 or steps > MOST_STEPS * MOST_REQUESTS:
        raise UsageError(
            f"{max(steps, 0):,} steps of {query.step_s:g} s from {begin} to {end}",
            f"1 to {MOST_STEPS * MOST_REQUESTS:,}",
            "change the step, or ask for another time",
        )
    for start in range(first, last + 1, MOST_STEPS * step):
        yield start, min(start + (MOST_STEPS - 1) * step, last)


def _asked(query: PrometheusQuery, begin: int, end: int) -> Asked:
    form = {
        "query": query.query, "start": f"{begin / 1e3:.3f}", "end": f"{end / 1e3:.3f}",
        "step": f"{query.step_s:g}",
    }  # fmt: skip
    url = query.url.rstrip("/").removesuffix("/api/v1") + "/api/v1/query_range"
    headers = {"Accept": "application/json"}
    if query.token:
        headers["Authorization"] = f"Bearer {query.token}"
    return Asked(url, form, headers)


# ------------------------------------------------------------------ what came


def _data(query: PrometheusQuery, reply: Reply) -> tuple[list[Any], list[str]]:
    where = without_password(query.url)[:80]
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        if reply.status >= 300:
            raise _refused(where, reply, reply.shown) from error
        raise DataError(
            f"{where} answered something that is not JSON ({reply.shown})", "Prometheus' HTTP API",
            "check the address: the path in front of /api/v1 belongs to it",
        ) from error  # fmt: skip
    if not isinstance(document, dict):
        raise _strange(where, "no object")
    if document.get("status") == "error" or reply.status >= 300:
        said = f"{document.get('errorType', 'error')}: {str(document.get('error', reply.shown))[:300]}"
        raise _refused(where, reply, said)
    data = document.get("data")
    kind = data.get("resultType") if isinstance(data, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    if kind != "matrix" or not isinstance(result, list):
        raise _strange(where, f"a result of type {str(kind)[:20]!r}")
    warnings = document.get("warnings")
    return result, [
        f"Prometheus warns: {str(one)[:200]}" for one in warnings or () if isinstance(warnings, list)
    ]


def _refused(where: str, reply: Reply, said: str) -> DataError:
    cures = {401: "check its token or password", 403: "check its token or password",
             404: "check the address: the path in front of /api/v1 belongs to it",
             400: "mend the expression", 422: "mend the expression"}  # fmt: skip
    cure = cures.get(reply.status, "look at Prometheus itself; it is asked again")
    if reply.location:
        cure = f"name the address that it leads to: {without_password(reply.location)[:120]}"
    return DataError(f"{where} answered {reply.status} ({said})", "200 and a result", cure)


def _strange(where: str, what: str) -> DataError:
    return DataError(
        f"{where} answered with {what}", "what query_range of Prometheus answers", "check the address"
    )


def _parts(query: PrometheusQuery, result: list[Any]) -> Iterator[tuple[Labels, Points]]:
    where = without_password(query.url)[:80]
    for one in result:
        metric = one.get("metric") if isinstance(one, dict) else None
        if not isinstance(metric, dict) or not all(isinstance(text, str) for text in metric.values()):
            raise _strange(where, "a series without labels")
        values = one.get("values")
        if values is None:  # a native histogram has no numbers of its own
            continue
        yield tuple(sorted(metric.items())), _points(where, values)


def _points(where: str, values: Any) -> Points:
    try:
        seconds = np.array([moment for moment, _ in values], dtype=np.float64)
        numbers = np.array([float(text) for _, text in values], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _strange(where, f"points that are none ({str(values)[:60]})") from error
    if len(seconds) and not bool((np.abs(seconds) < 9e9).all()):
        raise _strange(where, "times that are none")
    return (np.round(seconds * 1e3).astype(np.int64) * 1_000_000).view("datetime64[ns]"), numbers


def _dataset(query: PrometheusQuery, found: Mapping[Labels, list[Points]], notes: tuple[str, ...]) -> Dataset:
    issues: list[Issue] = []
    series = [one for labels, parts in found.items() if (one := _series(query, labels, parts, issues))]
    if not series:
        raise DataError(
            f"the expression {query.query[:80]!r} has no series with a number at that time",
            "at least one", "try it in Prometheus itself; `or vector(0)` gives a value where there is none",
        )  # fmt: skip
    whole = of_series(tuple(sorted(series, key=lambda one: one.title)))
    rows = sum(map(len, series))
    if issues:
        report = quality.report([*issues, *whole.quality.issues], rows, 1, len(series))
        whole = replace(whole, quality=report)
    reading = f"{whole.reading}, step {query.step_s:g} s"
    return replace(whole, name=query.name or "prometheus", reading=reading, notes=(*whole.notes, *notes))


def _series(
    query: PrometheusQuery, labels: Labels, parts: list[Points], issues: list[Issue]
) -> Series | None:
    """One series; infinite values are counted and become missing. None without a number."""
    time, value = np.concatenate([t for t, _ in parts]), np.concatenate([v for _, v in parts])
    order = np.argsort(time, kind="stable")
    time, value = time[order], value[order]
    rest = {name: text for name, text in labels if name != "__name__"}
    name = dict(labels).get("__name__") or query.query.strip()[:_NAME]
    infinite = np.isinf(value)
    if not bool(np.isfinite(value).any()):
        return None
    made = Series(name, time, np.where(infinite, np.nan, value), rest, source=query.name or "prometheus")
    if infinite.any():
        count = int(infinite.sum())
        issues.append(Issue("infinite", made.title, count, counted(count, "infinite value")))
    return made
