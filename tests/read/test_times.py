from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read.clock_text import FORMS, form_of, parse_each, parse_equal_width
from anomaly_hunter.read.columns import text_array
from anomaly_hunter.read.times import Times, forced, read_epoch, read_times
from anomaly_hunter.read.zones import to_utc


def times(*cells, **options):
    return read_times(text_array(cells), **options)


def epoch(*given) -> Times:
    found = read_epoch(*given)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-03-01", "2026-03-01T00:00"),
        ("2026-03-01T10:20:30Z", "2026-03-01T10:20:30"),
        ("2026-03-01 10:20:30.123456789", "2026-03-01T10:20:30.123456789"),
        ("2026-03-01T10:20:30,5+02:00", "2026-03-01T08:20:30.5"),
        ("2026-03-01T10:20-0530", "2026-03-01T15:50"),
        ("20260301T102030Z", "2026-03-01T10:20:30"),
        ("2026/03/01 10:20", "2026-03-01T10:20"),
        ("13.03.2026 10:20", "2026-03-13T10:20"),
        ("13/03/26 10:20", "2026-03-13T10:20"),
        ("03/13/2026 1:20 PM", "2026-03-13T13:20"),
        ("1 Mar 2026 10:20", "2026-03-01T10:20"),
        ("Sun, 01 Mar 2026 10:20:30 GMT", "2026-03-01T10:20:30"),
        ("01/Mar/2026:10:20:30 +0100", "2026-03-01T09:20:30"),
        ("March 1, 2026", "2026-03-01"),
        ("2026-03", "2026-03-01"),
        ("2022-08-22 03:51:19.6 +0000 UTC m=+0.113", "2022-08-22T03:51:19.6"),
    ],
)
def test_notations(cell, utc):
    assert times(cell).values[0] == np.datetime64(utc)


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "2026-13-01", "2026-01-01T25:00", "2026-01-01 10:61", "1600-01-01", "2026-01-01T13:00 PM"],
)
def test_dates_that_do_not_exist_are_bad_not_shifted(cell):
    found = times("2026-01-01", cell, "2026-01-03")
    assert found.bad.tolist() == [False, True, False]


def test_what_is_no_time_is_none():
    assert times("a", "b") is None
    assert times("", "NA") is None


def test_day_and_month_are_told_by_cells_above_twelve_then_by_order_then_not_at_all():
    assert times("01/02/2026", "13/02/2026").values[0] == np.datetime64("2026-02-01")
    assert times("01/02/2026", "01/13/2026").values[0] == np.datetime64("2026-01-02")
    assert times("01/02/2026", "02/02/2026", "03/02/2026").format == "day/month/year"
    assert times("02/01/2026", "02/02/2026", "02/03/2026").format == "month/day/year"
    doubtful = times("01/02/2026")
    assert doubtful.doubtful == "01/02/2026"
    with pytest.raises(DataError, match="day-first"):
        forced(doubtful, "time", "")
    assert times("01/02/2026", day_first=False).values[0] == np.datetime64("2026-01-02")


def test_a_minority_in_the_other_order_is_bad():
    assert times("13/02/2026", "14/02/2026", "02/15/2026").bad.tolist() == [False, False, True]


def test_mixed_zones_are_reported():
    found = times("2026-01-01T00:00Z", "2026-01-01T01:00", "2026-01-01T04:00+05:00")
    assert [issue.kind for issue in found.issues] == ["mixed time zones", "mixed time zones"]
    assert times("2026-03-29T00:00+01:00", "2026-03-29T04:00+02:00").issues == ()


def test_local_times_around_a_clock_change():
    autumn = times(
        "2025-10-26 01:30", "2025-10-26 02:30", "2025-10-26 02:30", "2025-10-26 03:30", tz="Europe/Berlin"
    )
    assert np.diff(autumn.values.astype("datetime64[m]")).astype(int).tolist() == [60, 60, 60]
    assert [(i.kind, i.count) for i in autumn.issues] == [("clock change", 2)]
    spring = times("2025-03-30 01:30", "2025-03-30 02:30", tz="Europe/Berlin")
    assert [(i.kind, i.count) for i in spring.issues] == [("clock change", 1)]
    assert spring.values[1] == np.datetime64("2025-03-30T01:30")


def test_an_unknown_zone_is_a_usage_error():
    with pytest.raises(UsageError, match="Mars"):
        times("2025-10-26 01:30", tz="Mars/Olympus")


@pytest.mark.parametrize("power", range(4))
def test_epochs_are_known_by_their_size(power):
    found = epoch(np.array([1.7e9, 1.7e9 + 60]) * 1000**power)
    assert found.values[0].astype("datetime64[s]") == np.datetime64("2023-11-14T22:13:20")


def test_nanoseconds_are_exact_and_other_numbers_are_no_epoch():
    exact = np.array([1_700_000_000_123_456_789])
    assert epoch(exact, exact).values[0] == np.datetime64("2023-11-14T22:13:20.123456789")
    assert read_epoch(np.array([1.0, 2.0, 3.0])) is None
    assert read_epoch(np.array([np.nan])) is None


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
]


@settings(derandomize=True, max_examples=60)
@given(
    st.sampled_from(ZONES), st.lists(st.integers(0, 60 * 24 * 365 * 50), min_size=1, max_size=20, unique=True)
)
def test_zones_agree_with_asking_for_every_minute(zone, minutes):
    walls = [datetime(1980, 1, 1) + timedelta(minutes=m) for m in minutes]
    expected = [w.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for w in walls]
    found = to_utc(np.array(walls, "datetime64[ns]"), zone)
    assert found.utc.tolist() == np.array(expected, "datetime64[ns]").tolist()


moments = st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1))
formats = st.sampled_from(
    ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%d.%m.%Y %H:%M", "%d/%m/%Y",
     "%m/%d/%y %I:%M %p",
     "%Y-%m-%dT%H:%M:%S+02:00", "%d %b %Y %H:%M", "%Y%m%dT%H%M%S"]
)  # fmt: skip


@settings(derandomize=True, max_examples=150)
@given(st.lists(moments, min_size=1, max_size=6), formats, st.sampled_from(["", "2026-99-99", "x"]))
def test_the_fast_parser_agrees_with_the_regular_expression(when, written, odd):
    cells = text_array([w.strftime(written) for w in when] + ([odd] if odd else []))
    form = form_of(cells) or FORMS[0]
    fast = parse_equal_width(cells, form)
    if fast is None:
        return
    slow = parse_each(cells, form)
    assert fast.to_ns().valid.tolist() == slow.to_ns().valid.tolist()
    assert fast.to_ns().ns.tolist() == slow.to_ns().ns.tolist()
    assert fast.naive.tolist() == slow.naive.tolist()
