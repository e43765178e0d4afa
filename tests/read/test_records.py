from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Column, Table
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.records import MAX_FACETS, MAX_VALUES, count_intervals, count_series, sum_series
from anomaly_hunter.samples import tickets
from tests.samples.tables import dimension, permuted, ticket_table

DAILY = ReadOptions(every_s=86_400)
few = settings(max_examples=40, deadline=None, derandomize=True)


def dated(stamps, *columns) -> Table:
    return Table("t.csv", (Column("at", "time", np.array(stamps, dtype="datetime64[ns]")), *columns))


def minutes(offsets, start="2026-01-05", *columns) -> Table:
    return dated(np.datetime64(start, "m") + np.asarray(offsets).astype("timedelta64[m]"), *columns)


def test_sample_tickets_are_counted_per_day_in_total_and_per_segment():
    made = tickets.make()
    found = count_series(ticket_table(made.rows))
    total = found[0]
    days = Counter(row["created_at"][:10] for row in made.rows)
    assert (total.title, total.unit, total.counts) == ("tickets", "per day", True)
    assert total.value.tolist() == [days[str(t)[:10]] for t in total.time]
    assert {"tickets{queue=Shipping}", "tickets{tags=delivery}"} <= {s.title for s in found}


def test_values_of_a_facet_with_one_value_per_record_sum_to_the_total():
    found = count_series(ticket_table(tickets.make().rows))
    for name in ("queue", "type", "priority", "language"):
        parts = [s.value for s in found if name in s.labels]
        assert np.sum(parts, axis=0).tolist() == found[0].value.tolist()


@few
@given(st.lists(st.one_of(st.none(), st.integers(0, 60 * 24 * 40)), min_size=1, max_size=120))
def test_every_dated_record_is_counted_or_said_to_be_left_out(offsets):
    start = np.datetime64("2026-01-05T00:00", "m")
    table = dated([np.datetime64("NaT") if o is None else start + np.timedelta64(o, "m") for o in offsets])
    intervals = count_intervals(table)
    if intervals is None:
        assert offsets == [None] * len(offsets)
        return
    counted = count_series(table)[0].value.sum()
    left_out = sum(o is not None for o in offsets) - counted
    assert counted == (intervals.of >= 0).sum()
    assert left_out == 0 or any("not whole" in note for note in intervals.notes)
    assert offsets.count(None) == 0 or any("without a time" in note for note in intervals.notes)


@few
@given(st.lists(st.integers(0, 60 * 24 * 20), min_size=1, max_size=80))
def test_days_agree_with_the_slow_count(offsets):
    table = minutes(offsets)
    intervals = count_intervals(table, DAILY)
    assert intervals is not None
    slow = Counter(
        str(table.columns[0].values[i].astype("datetime64[D]")) for i in np.flatnonzero(intervals.of >= 0)
    )
    total = count_series(table, DAILY)[0]
    assert {str(t)[:10]: v for t, v in zip(total.time, total.value, strict=True) if v} == slow


def test_the_order_of_rows_changes_nothing():
    table = ticket_table(tickets.make(days=30).rows)
    first, second = count_series(table), count_series(permuted(table))
    assert [s.title for s in first] == [s.title for s in second]
    assert all(
        (a.value == b.value).all() and (a.time == b.time).all() for a, b in zip(first, second, strict=True)
    )


def test_an_interval_without_a_record_counts_zero():
    table = dated(["2026-01-01T10:00", "2026-01-04T10:00"])
    assert count_series(table, DAILY)[0].value.tolist() == [1.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("days", "per_day", "unit"),
    [
        (90, 40, "per day"),
        (7, 500, "per hour"),
        (7, 10, "per day"),
        (1, 2_000, "per 300 s"),
        (1, 30, "per day"),
    ],
)
def test_the_interval_follows_span_and_rate(days, per_day, unit):
    table = minutes(np.linspace(0, days * 1440 - 1, days * per_day).astype(int))
    assert count_series(table)[0].unit == unit


def test_a_day_is_the_calendar_day_of_the_zone_also_when_the_clock_changes():
    hours = np.arange("2026-03-26T23:00", "2026-03-31T22:00", dtype="datetime64[h]")
    total = count_series(dated(hours), ReadOptions(every_s=86_400, tz="Europe/Berlin"))[0]
    assert total.value.tolist() == [24, 24, 23, 24, 24]
    assert [total.when(i)[11:] for i in (0, 2, 3)] == ["23:00:00Z", "23:00:00Z", "22:00:00Z"]


def busy_days(days=30, per_day=48):
    return np.arange(days * per_day) * (1440 // per_day)


def test_a_last_day_that_is_not_over_is_left_out_and_said():
    offsets = busy_days()
    table = minutes(offsets[:-30])
    intervals = count_intervals(table)
    assert intervals is not None
    assert len(intervals.start) == 29
    assert "last interval is not whole: its 18 records" in " ".join(intervals.notes)


def test_a_last_day_that_is_not_over_but_already_high_is_kept():
    offsets = np.concatenate((busy_days()[:-30], 29 * 1440 + np.arange(200)))
    assert count_series(minutes(offsets))[0].value[-1] == 218


def test_dates_without_hours_make_whole_days():
    table = dated(np.repeat(np.arange("2026-01-01", "2026-02-05", dtype="datetime64[D]"), 5))
    assert count_series(table)[0].value.tolist() == [5.0] * 35


def test_a_stray_date_does_not_stretch_the_series():
    stamps = np.concatenate((np.array(["1970-01-01", "2099-12-31"], "datetime64[m]"),
                             np.datetime64("2026-01-05", "m") + np.tile(busy_days(60), 2)))  # fmt: skip
    intervals = count_intervals(dated(stamps))
    assert intervals is not None
    assert len(intervals.start) == 60
    assert "2 records far outside" in intervals.notes[0]


def test_at_most_twelve_values_of_six_facets_become_series():
    rng = np.random.default_rng(0)
    columns = [dimension(f"d{c}", [f"{c}-{v % 14}" for v in rng.geometric(0.2, 600)]) for c in "abcdefgh"]
    found = count_series(minutes(np.arange(600) * 60, "2026-01-05", *columns))
    assert len(found) == 1 + MAX_FACETS * MAX_VALUES


def test_a_dimension_of_many_small_values_makes_no_series():
    customer = dimension("customer", [f"c{i % 200}" for i in range(600)])
    assert len(count_series(minutes(np.arange(600) * 60, "2026-01-05", customer))) == 1


def test_named_segments_are_taken_and_unknown_ones_are_refused():
    queue = dimension("queue", ["a", "b"] * 30)
    table = minutes(np.arange(60) * 1440, "2026-01-05", queue, dimension("other", ["x", "y", "z"] * 20))
    assert {k for s in count_series(table, ReadOptions(by=("queue",))) for k in s.labels} == {"queue"}
    with pytest.raises(UsageError, match="'nosuch' is no dimension"):
        count_series(table, ReadOptions(by=("nosuch",)))


def test_a_table_without_a_time_gives_no_series():
    assert count_series(Table("t", (dimension("queue", ["a", "b"]),))) == ()
    assert count_series(dated([])) == ()
    assert count_series(dated(["NaT", "NaT"])) == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ReadOptions(every_s=0.001), "cuts"),
        (ReadOptions(time="closed_at"), "no time of"),
    ],
)
def test_wrong_options_are_refused_with_the_cure(options, message):
    with pytest.raises(UsageError, match=message):
        count_series(minutes([0, 60, 5_000]), options)


def test_spending_is_summed_per_day_and_category():
    amount = Column("amount", "measure", np.array([10.0, 5.0, np.nan, 7.0]))
    category = dimension("category", ["food", "rent", "food", "rent"])
    table = dated(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-03"], amount, category)
    found = sum_series(table, "amount", "category", DAILY)
    assert {s.title: s.value.tolist() for s in found} == {
        "amount": [15.0, 0.0, 7.0],
        "amount{category=food}": [10.0, 0.0, 0.0],
        "amount{category=rent}": [5.0, 0.0, 7.0],
    }
    assert not found[0].counts


def test_sums_beyond_a_float_and_unknown_measures_are_refused():
    table = dated(["2026-01-01"] * 2, Column("amount", "measure", np.array([1.7e308, 1.7e308])))
    with pytest.raises(DataError, match="too large"):
        sum_series(table, "amount", options=DAILY)
    with pytest.raises(UsageError, match="one of amount"):
        sum_series(table, "price", options=DAILY)
