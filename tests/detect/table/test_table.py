"""From a table to its outlying rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.detect.categories import rarity
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Column, Table
from tests.builders import orders_table
from tests.detect.table import naive
from tests.detect.table.made import alarmed, detect, normal, table_of


def test_the_two_odd_orders_are_found_and_explained():
    detection = detect(orders_table())
    assert alarmed(detection) == [17, 140]
    first = detection.anomalies[0]
    assert (first.shape, first.direction, first.start, first.stop, first.peak) == (
        "outlying row",
        "up",
        17,
        18,
        17,
    )
    assert first.actual == 5000.0
    assert 60 < first.expected < 100
    assert 20 < first.spread < 60
    assert first.carriers[0].name == "amount"
    assert sum(carrier.share for carrier in first.carriers) == pytest.approx(1.0)
    assert first.score == detection.score[17] > 1.0
    assert detection.detectors == ("neighbours", "normal-neighbours", "conditional", "rarity")


@pytest.mark.parametrize("draw", ["normal", "lognormal", "random", "exponential"])
def test_clean_tables_of_a_thousand_rows_give_few_alarms(draw):
    counts = [len(detect(table_of(_drawn(draw, seed))).anomalies) for seed in range(4)]
    assert np.mean(counts) <= 3


def _drawn(draw, seed):
    return getattr(np.random.default_rng(seed), draw)(size=(1000, 5))


@pytest.mark.parametrize("k", [1, 5, 20])
def test_one_cell_at_ten_sigma_alarms_also_among_many_columns(k):
    data = normal(1000, k)
    data[5, 0] = 10.0
    found = detect(table_of(data))
    assert 5 in alarmed(found)
    anomaly = next(a for a in found.anomalies if a.rows == (5,))
    assert anomaly.carriers[0].name == "a"


def test_a_broken_correlation_alarms():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1000)
    data = np.column_stack([x, x + 0.05 * rng.normal(size=1000)])
    data[5] = (1.0, -1.0)
    assert alarmed(detect(table_of(data))) == [5]


@settings(derandomize=True, max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(seed):
    data = normal(120, 3)
    codes = np.random.default_rng(1).integers(0, 3, 120)
    order = np.random.default_rng(seed).permutation(120)
    first, second = detect(table_of(data, codes)), detect(table_of(data[order], codes[order]))
    np.testing.assert_allclose(second.score, first.score[order], rtol=1e-6, atol=1e-9)


def test_a_category_seen_once_alarms_and_a_column_of_names_does_not():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 1000)
    codes[99] = 3
    found = detect(table_of(normal(1000, 2), codes, np.arange(1000)))
    assert alarmed(found) == [99]
    anomaly = found.anomalies[0]
    assert anomaly.carriers[0].name == "x0"
    assert (anomaly.actual, anomaly.expected, anomaly.direction) == (1.0, 250.0, "both")


def test_common_categories_in_a_combination_seen_once_alarm():
    codes = np.random.default_rng(0).integers(0, 3, 1000)
    other = codes.copy()
    other[17] = (codes[17] + 1) % 3
    found = detect(table_of(np.empty((1000, 0)), codes, other))
    assert alarmed(found) == [17]
    assert {carrier.name for carrier in found.anomalies[0].carriers} == {"x0", "x1"}


@settings(derandomize=True, max_examples=30)
@given(codes=st.lists(st.integers(-1, 4), min_size=1, max_size=40).filter(lambda codes: max(codes) >= 0))
def test_rarity_agrees_with_its_slow_twin(codes):
    column = Column("x", "dimension", np.array(codes, np.int32), tuple("abcde"))
    np.testing.assert_allclose(rarity([column]).surprise[:, 0], naive.rarity_alone(codes), atol=1e-12)


def test_a_long_tail_of_rare_categories_is_no_alarm():
    codes = np.minimum(np.random.default_rng(0).zipf(1.6, 2000), 500) - 1
    assert not detect(table_of(np.empty((2000, 0)), codes)).anomalies


def test_missing_cells_are_told_and_score_as_usual():
    data = normal(300, 3)
    data[::4, 1] = np.nan  # 75 cells
    data[7] = np.nan
    found = detect(table_of(data))
    assert found.note == "78 missing cells count as usual: a, b, c"
    assert found.score[7] == 0.0
    assert not found.anomalies


def test_columns_of_one_value_are_told_and_left_out():
    data = normal(300, 2)
    data[:, 1] = 4.0
    assert detect(table_of(data)).note == "not scored, as they hold one value or none: b"
    nothing = detect(table_of(np.ones((300, 2))))
    assert nothing.note.startswith("no measure and no dimension that varies")
    assert nothing.score.tolist() == [0.0] * 300


@pytest.mark.parametrize("n", [0, 1, 7])
def test_fewer_than_eight_rows_give_a_note_and_no_alarm(n):
    found = detect(table_of(normal(n, 2) * 1000))
    assert found.note.startswith(f"{n} rows: too few")
    assert found.score.shape == (n,)
    assert not found.anomalies


def test_a_table_of_text_alone_says_that_there_is_nothing_to_score():
    texts = np.array([f"complaint {i}" for i in range(20)], dtype=object)
    found = detect(Table("texts", (Column("body", "text", texts),)))
    assert "nothing to score" in found.note


@pytest.mark.parametrize("absurd", [1e308, -1e308, 1e200])
def test_absurd_numbers_alarm_and_hide_nothing_else(absurd):
    data = normal(500, 4)
    data[3, 1] = absurd
    data[9, 0] = 15.0
    found = detect(table_of(data))
    assert {3, 9} <= set(alarmed(found))
    assert np.isfinite(found.score).all()
    assert found.anomalies[0].actual == absurd


def test_times_of_the_row_are_told():
    data = normal(300, 2)
    data[4] = data[5] = 30.0
    time = np.datetime64("2026-03-01", "ns") + np.arange(300).astype("timedelta64[h]")
    time[5] = np.datetime64("NaT")
    found = detect(table_of(data, time=time))
    assert [anomaly.begin for anomaly in found.anomalies] == [time[4], None]
    assert found.anomalies[0].end == time[4]


def test_contamination_gives_that_share_of_the_rows():
    assert len(detect(table_of(normal(300, 3)), contamination=0.05).anomalies) == 15


def test_contamination_of_a_half_works_where_half_of_the_rows_are_alike():
    data = np.concatenate([np.zeros((60, 2)), normal(40, 2)])
    assert len(detect(table_of(data), contamination=0.5).anomalies) >= 50


def test_a_higher_sensitivity_alarms_on_more_rows():
    data = np.random.default_rng(0).lognormal(size=(500, 3))
    few, many = detect(table_of(data), sensitivity=0.5), detect(table_of(data), sensitivity=3.0)
    assert set(alarmed(few)) < set(alarmed(many))


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"detection_direction": "down"}, "detection_direction"),
        ({"min_dev_from_expected": 1e4}, "min_dev_from_expected"),
        ({"min_rel_dev_from_expected": 100.0}, "min_rel_dev_from_expected"),
    ],
)
def test_a_rule_keeps_rows_quiet_and_says_so(options, rule):
    found = detect(orders_table(), **options)
    assert not found.anomalies
    assert [(quiet.start, quiet.stop, quiet.rule) for quiet in found.quiet] == [
        (17, 18, rule),
        (140, 141, rule),
    ]
    assert found.quiet[0].statement.startswith("row 17: amount = 5000 where 7")


def test_a_value_out_of_range_always_alarms():
    data = normal(300, 2) + 10
    data[8, 1] = -0.5
    found = detect(
        table_of(data), data_range=(0.0, None), detection_direction="up", min_dev_from_expected=1e6
    )
    assert alarmed(found) == [8]
    assert [(carrier.name, carrier.share) for carrier in found.anomalies[0].carriers] == [("b", 1.0)]
    assert found.anomalies[0].score >= 1.0


def test_named_detectors_are_used_alone():
    found = detect(table_of(normal(100, 2)), detectors=("ecod", "lof"))
    assert found.detectors == ("ecod", "lof")


def test_a_detector_of_series_is_refused():
    name = next(entry for entry in ("nearest", "difference"))
    with pytest.raises(UsageError, match="takes series and the data are a table"):
        detect(table_of(normal(100, 2)), detectors=(name,))


def test_ids_are_the_same_at_every_run_and_differ_between_rows():
    first, second = detect(orders_table()), detect(orders_table())
    ids = [anomaly.id for anomaly in first.anomalies]
    assert ids == [anomaly.id for anomaly in second.anomalies]
    assert len(set(ids)) == 2


def test_wide_tables_work():
    data = normal(40, 2000)
    data[6] += 8.0
    found = detect(table_of(data))
    assert found.score.argmax() == 6
    assert len(found.anomalies[0].carriers) == 10
