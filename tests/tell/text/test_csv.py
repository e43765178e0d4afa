"""CSV: one row per point, in the columns that people know."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.model import Dataset, Detection, Hunt, Quality, Series, Share
from anomaly_hunter.tell.reports.csv import SERIES_COLUMNS, TABLE_COLUMNS, Csv, harmless, significant
from tests import builders
from tests.tell.text.hostile import NUMBERS, hostile_hunt, odd_hunt


def rows(hunt):
    return list(csv.DictReader(io.StringIO(Csv().render(hunt))))


def one_series(series):
    n = len(series)
    detection = Detection(series.title, np.zeros(n), (), (), series)
    return Hunt(Dataset("d", "series", Quality(100, n), "", (series,)), (detection,), ())


def test_a_series_gives_one_row_per_point_in_the_known_columns():
    found = rows(builders.series_hunt())
    assert len(found) == 120
    assert tuple(found[0]) == SERIES_COLUMNS
    odd = [row for row in found if row["is_anomaly"] == "1"]
    assert len(odd) == 5
    assert odd[0]["timestamp"] == "2026-03-04T18:00:00Z"
    assert {row["severity"] for row in odd} == {"7.4"}
    assert {row["severity"] for row in found if row["is_anomaly"] == "0"} == {""}


def test_values_read_back_exactly():
    hunt = builders.series_hunt()
    assert hunt.detections[0].series is not None
    assert [float(row["y"]) for row in rows(hunt)] == hunt.detections[0].series.value.tolist()


def test_many_series_stand_below_each_other_and_what_was_not_investigated_has_no_severity():
    found = rows(builders.many_hunt(30, 20))
    assert len(found) == 30 * 120
    odd = [row for row in found if row["is_anomaly"] == "1"]
    assert sum(row["severity"] == "" for row in odd) == 10 * 5


def test_channels_give_a_row_each():
    found = rows(builders.multichannel_hunt())
    assert len(found) == 400 * 3
    assert [row["series"] for row in found[:3]] == [
        f"engine{{plant=A}}[{name}]" for name in ("rpm", "temp", "load")
    ]
    assert {row["yhat"] for row in found[1::3]} == {"50.0"}
    assert found[40 * 3 + 2]["y"] == ""


def test_a_table_gives_one_row_per_row_with_its_carriers():
    found = rows(builders.table_hunt())
    assert len(found) == 200
    assert tuple(found[0]) == TABLE_COLUMNS
    assert [row["row"] for row in found if row["is_anomaly"] == "1"] == ["17", "140"]
    assert found[17]["carriers"] == "amount 0.92; items 0.08"


def test_tables_beside_series_keep_the_columns_of_series():
    hunt = builders.series_hunt()
    both = replace(hunt, detections=(*hunt.detections, *builders.table_hunt().detections))
    found = rows(both)
    assert len(found) == 320
    assert found[120]["series"] == "orders.csv"
    assert found[120]["y"] == ""


def test_a_hunt_without_anything_scored_is_a_header():
    hunt = Hunt(Dataset("d", "table", Quality(100, 0), ""), (), ())
    assert Csv().render(hunt) == ",".join(TABLE_COLUMNS) + "\n"


def test_a_series_without_a_clock_is_stamped_with_its_data_rows():
    series = Series.of([1.0, 2.0, np.nan], row=np.array([4, 5, 9]))
    found = rows(one_series(series))
    assert [row["timestamp"] for row in found] == ["4", "5", "9"]
    assert [row["y"] for row in found] == ["1.0", "2.0", ""]


@pytest.mark.parametrize(
    ("nanoseconds", "ending"), [(250_000_000, ".250Z"), (1_000, ".000001Z"), (1, ".000000001Z")]
)
def test_times_are_as_fine_as_the_series_needs(nanoseconds, ending):
    time = np.datetime64("2026-01-01T00:00:00", "ns") + np.array([0, nanoseconds])
    found = rows(one_series(Series("x", time, np.zeros(2))))
    assert found[1]["timestamp"].endswith(ending)
    assert len(found[0]["timestamp"]) == len(found[1]["timestamp"])


def test_text_from_the_data_is_never_a_formula_and_never_a_second_line():
    for name in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1"):
        found = rows(one_series(Series.of([1.0], name=name)))
        assert found[0]["series"].startswith("'"), name
    text = Csv().render(hostile_hunt())
    assert len(text.splitlines()) == 121
    assert not set(text) & set("\x1b\x07\x9b\x00\r")


def test_the_carriers_of_a_table_are_harmless_too():
    hunt = builders.table_hunt()
    old = hunt.detections[0]
    bad = replace(old.anomalies[0], carriers=(Share('=HYPERLINK("x")', 1.0),))
    found = rows(replace(hunt, detections=(replace(old, anomalies=(bad,)),)))
    assert found[17]["carriers"] == '\'=HYPERLINK("x") 1.00'


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_breaks_a_row(number):
    found = rows(odd_hunt(number))
    assert len(found) == 120
    assert not {"nan", "inf", "-inf"} & {cell for row in found for cell in row.values()}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_six_digits(number):
    rounded = float(significant(np.array([number]))[0])
    assert rounded == pytest.approx(float(f"{number:.5e}"), rel=2e-6, abs=0)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text())
def test_harmless_text_stays_on_its_line_and_is_no_formula(text):
    safe = harmless(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t"))
    assert len(safe.splitlines()) <= 1
