"""Days that are not like others: public holidays of a country, and what the user says is one."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np

from anomaly_hunter.detect.calendar import DAY_S, local_seconds
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import IntArray, Series


def special_dates(series: Series, country: str, moments: Collection[np.datetime64] = ()) -> IntArray:
    """Local days since 1970 that are special in the time of the series, sorted.

    Raises
    ------
    UsageError
        The country is not known, or the package `holidays` is not installed.

    >>> january = np.array(["2026-01-01", "2026-01-31"], "datetime64[ns]")
    >>> special_dates(Series.of([1.0, 2.0], january), "DE").tolist()
    [20454]
    """
    if not series.clocked or not len(series):
        return np.empty(0, np.int64)
    given = np.array(list(moments), dtype="datetime64[s]").astype(np.int64)
    days = [int(day) for day in local_seconds(given, series.tz) // DAY_S]
    if country:
        ends = local_seconds(series.time[[0, -1]].view(np.int64) // 1_000_000_000, series.tz) // DAY_S
        first, last = (
            int(year) + 1970 for year in ends.view("datetime64[D]").astype("datetime64[Y]").astype(int)
        )
        days += [day for day in public_holidays(country, first, last) if ends[0] <= day <= ends[1]]
    return np.array(sorted(set(days)), dtype=np.int64)


@lru_cache(maxsize=64)
def public_holidays(country: str, first_year: int, last_year: int) -> tuple[int, ...]:
    """The public holidays of a country ("DE") or a region of it ("US-CA"), as days since 1970.

    Raises
    ------
    UsageError
        The country or region is not known, or the package `holidays` is not installed.
    """
    try:
        import holidays
    except ImportError as error:
        cure = "pip install 'anomaly-hunter[holidays]'"
        raise UsageError(f"holidays is {country!r}", "the package `holidays`", cure) from error
    code, _, region = country.strip().upper().partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=region or None, years=range(first_year, last_year + 1))
    except NotImplementedError as error:
        expected = 'an ISO country code, with a region if need be ("DE", "US-CA")'
        raise UsageError(f"holidays is {country!r}", expected, "correct the code") from error
    return tuple(sorted(int(np.datetime64(day, "D").astype(np.int64)) for day in found))
