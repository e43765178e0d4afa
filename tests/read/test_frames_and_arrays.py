from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Series
from tests.builders import hourly, orders_table
from tests.read.writing import read, table_of

TIMES = np.datetime64("2026-01-01", "ms") + np.arange(24) * 3_600_000
VALUES = np.arange(24) / 4.0


def pandas_frame():
    import pandas as pd

    return pd.DataFrame({"time": TIMES, "load": VALUES}, index=[f"r{i}" for i in range(24)]).reset_index(
        drop=True
    )[::-1]


def polars_frame():
    import polars as pl

    return pl.DataFrame({"time": TIMES, "load": VALUES})[::-1]


def polars_lazy():
    return polars_frame().lazy()


def arrow_table():
    import pyarrow as pa

    return pa.table({"time": TIMES[::-1], "load": VALUES[::-1]})


def duckdb_relation():
    import duckdb

    return duckdb.sql(
        "SELECT TIMESTAMP '2026-01-01' + INTERVAL (23 - range) HOUR AS time, (23 - range) / 4 AS load "
        "FROM range(24)"
    )


@pytest.mark.parametrize("make", [pandas_frame, polars_frame, polars_lazy, arrow_table, duckdb_relation])
def test_a_frame_of_any_library_gives_the_same_series_and_its_own_row_numbers(make):
    found = read(make())
    (series,) = found.series
    assert (series.name, series.value.tolist()) == ("load", VALUES.tolist())
    assert series.time.astype("datetime64[s]").tolist() == TIMES.tolist()
    assert series.row.tolist() == list(range(23, -1, -1))
    assert [issue.kind for issue in found.quality.issues] == ["disorder"]


def test_a_pandas_time_index_is_the_clock():
    import pandas as pd

    index = pd.date_range("2026-03-28", periods=72, freq="h", tz="Europe/Berlin")
    for given in (
        pd.Series(np.arange(72.0), index=index, name="load"),
        pd.DataFrame({"load": np.arange(72.0)}, index),
    ):
        (series,) = read(given).series
        assert series.clocked
        assert series.time[0] == np.datetime64("2026-03-27T23:00")


def test_missing_cells_and_words_of_a_frame_are_kept():
    import pandas as pd

    frame = pd.DataFrame(
        {"amount": pd.array([1, None, 3] * 5, "Int64"), "ok": [True, False, None] * 5, "day": pd.NaT,
         "kind": list("abc") * 5,
         "big": [2**60 + i for i in range(15)]}
    )  # fmt: skip
    found = read(frame)
    assert found.kind == "table"
    assert int(np.isnan(table_of(found).column("amount").values).sum()) == 5
    assert table_of(found).column("ok").categories == ("false", "true")
    assert any("day" in note for note in found.notes)


def test_a_categorical_and_a_duration_are_read():
    import polars as pl

    frame = pl.DataFrame(
        {"kind": pl.Series(["a", "b"] * 9, dtype=pl.Categorical), "took": range(18), "x": range(3, 21)}
    )
    found = read(frame.with_columns(pl.duration(seconds="took").alias("took")))
    assert table_of(found).column("took").values[3] == 3.0
    assert found.roles["kind"] == "dimension"


def test_an_empty_frame_is_refused():
    import polars as pl

    with pytest.raises(DataError, match="no rows"):
        read(pl.DataFrame({"a": []}))


def test_numbers_in_a_row_are_a_series_without_a_clock():
    for given in (
        [1, 2.5, 3],
        (1, 2.5, 3),
        np.array([1, 2.5, 3]),
        np.array([[1], [2.5], [3]]),
        {"data": [1, 2.5, 3]},
    ):
        (series,) = read(given).series
        assert not series.clocked
        assert series.value.tolist() == [1, 2.5, 3]


def test_the_input_is_not_changed_and_infinite_values_are_counted():
    given = np.array([1.0, np.inf, np.nan, 4.0])
    found = read(given)
    assert np.isinf(given[1])
    assert {i.kind: i.count for i in found.quality.issues} == {"missing": 1, "infinite": 1, "short": 1}


def test_two_dimensions_are_a_table_and_channels_when_asked():
    given = np.random.default_rng(0).normal(size=(50, 3))
    assert table_of(read(given)).measures().tolist() == given.tolist()
    (series,) = read(given, kind="series").series
    assert series.value.shape == (50, 3)


def test_data_with_timestamps_has_a_clock():
    found = read({"data": VALUES.tolist(), "timestamps": [str(t) for t in TIMES]})
    assert found.series[0].clocked
    assert found.series[0].time[0] == TIMES[0]


def test_a_dictionary_of_columns_and_a_list_of_records_are_read_like_a_file():
    columns = {"time": TIMES, "load": VALUES, "mem": VALUES * 2}
    records = [{"time": str(t), "load": v} for t, v in zip(TIMES, VALUES, strict=True)]
    assert [s.name for s in read(columns).series] == ["load", "mem"]
    assert [s.name for s in read(records).series] == ["load"]
    assert read([(str(t), v) for t, v in zip(TIMES, VALUES, strict=True)]).series[0].clocked


def test_our_own_nouns_pass_through():
    series = hourly([1, 2, 3])
    assert read(series).series == (series,)
    assert read([series, hourly([4, 5], name="b")]).series[0] is series
    table = orders_table()
    assert read(table).table is table
    found = read(table)
    assert read(found) is found


def test_gaps_of_a_given_series_are_reported():
    time = TIMES[[0, 1, 2, 3, 7, 8, 9, 10, 11, 12]]
    found = read(Series.of(np.arange(10.0), time))
    assert [(i.kind, i.count) for i in found.quality.issues] == [("gap", 3)]


@pytest.mark.parametrize(
    "given",
    [
        [], np.empty(0), np.zeros((2, 2, 2)), np.array([1j, 2]), [np.nan, np.nan], {"a": [1, 2], "b": [1]},
        {"a": 5},
        [1, {"a": 1}], [[1, 2], [3]], ["a", 1], {"data": []}, {"data": [1, 2], "timestamps": ["2026-01-01"]},
        Series.of([]), [10**400, 1], np.array(["a", "b"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_cure(given):
    with pytest.raises(DataError) as caught:
        read(given)
    assert caught.value.expected
    assert caught.value.cure


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ([0, 1], ["0", "1"]),
        (["a", "a"], ["a", "a (2)"]),
        ([("a", "x"), ("a", "")], ["a.x", "a"]),
        ([None, "a"], ["nan", "a"]),
    ],
)
def test_pandas_columns_may_be_called_anything(columns, names):
    import pandas as pd

    frame = pd.DataFrame(np.c_[VALUES, VALUES**2])
    frame.columns = pd.MultiIndex.from_tuples(columns) if isinstance(columns[0], tuple) else columns
    before = list(frame.columns)
    assert [column.name for column in table_of(read(frame)).columns] == names
    assert list(frame.columns) == before


def test_times_beyond_nanoseconds_are_missing_and_never_another_year():
    import pandas as pd

    times = np.where(np.arange(24) == 20, np.datetime64("9999-12-31", "s"), TIMES.astype("datetime64[s]"))
    found = read(pd.DataFrame({"time": times, "load": VALUES}))
    assert len(found.series[0]) == 23
    assert found.series[0].time.max() < np.datetime64("2026-01-03")
    assert found.quality.issues[0].statement == "1 row without a readable time left out"


def test_a_sentinel_date_in_parquet_does_not_hide_the_file(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = [*TIMES[:23].astype("datetime64[us]").tolist(), np.datetime64("9999-12-31", "us").item()]
    pq.write_table(
        pa.table({"time": pa.array(times, pa.timestamp("us")), "load": VALUES}), tmp_path / "p.parquet"
    )
    found = read(tmp_path / "p.parquet")
    assert found.series[0].time.tolist() == TIMES[:23].astype("datetime64[ns]").tolist()
