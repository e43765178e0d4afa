"""JSON that every database takes and that reads back as what it was.

Databases refuse NaN, NUL and half surrogates in JSON; the names of series may hold all of them.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np

from anomaly_hunter.remember.plain import text


def exact(value: Any) -> Any:
    """Plain JSON types of a value: numbers, texts, times, and lists and mappings of them.

    >>> exact(("a\\x00", float("nan"), np.datetime64("1970-01-01T00:00:01")))
    [{'text': 'YQA='}, {'number': 'nan'}, {'ns': 1000000000}]
    """
    if isinstance(value, Mapping):
        return {"pairs": [[exact(key), exact(one)] for key, one in value.items()]}
    if isinstance(value, tuple | list):
        return [exact(one) for one in value]
    if isinstance(value, np.datetime64):
        return {"ns": int(value.astype("datetime64[ns]").astype(np.int64))}
    return _one(value.item() if isinstance(value, np.generic) else value)


def _one(value: Any) -> Any:
    """A single number or text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    known = str(value)
    if text(known) == known:
        return known
    return {"text": b64encode(known.encode("utf-8", "surrogatepass")).decode()}


def back(value: Any) -> Any:
    """What :func:`exact` was given; lists are tuples.

    >>> back(exact({"cpu": (1, float("inf"))}))
    {'cpu': (1, inf)}
    """
    if isinstance(value, list):
        return tuple(back(one) for one in value)
    if not isinstance(value, dict):
        return value
    ((kind, given),) = value.items()
    if kind == "pairs":
        return {back(key): back(one) for key, one in given}
    if kind == "text":
        return b64decode(given).decode("utf-8", "surrogatepass")
    return np.datetime64(given, "ns") if kind == "ns" else float(given)
