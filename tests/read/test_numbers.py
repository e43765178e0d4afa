from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.read.columns import text_array
from anomaly_hunter.read.numbers import read_carefully, read_numbers, read_plain


def numbers(*cells, **options):
    return read_numbers(text_array(cells), **options)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "2"], [1.5, 2]),
        (["1.234,5", "1.000"], [1234.5, 1000]),
        (["1,234.5", "12"], [1234.5, 12]),
        (["1,234,567", "1,000"], [1234567, 1000]),
        (["1.234.567", "890"], [1234567, 890]),
        (["0,500", "1,234"], [0.5, 1.234]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1 234,5", "2\u00a0000,25"], [1234.5, 2000.25]),
        (["1'234.5", "5"], [1234.5, 5]),
        (["−5", "+5", "1e-3", ".5", "5."], [-5, 5, 0.001, 0.5, 5]),
    ],
)
def test_notations(cells, values):
    found = numbers(*cells)
    assert found.values.tolist() == values
    assert not found.bad.any()


def test_one_comma_before_three_digits_is_thousands_and_said_to_be_doubtful():
    found = numbers("1,234", "2,345")
    assert found.values.tolist() == [1234, 2345]
    assert found.doubtful == "1,234"
    assert numbers("1,234", decimal_comma=True).values.tolist() == [1.234]
    assert numbers("1,234", likely_comma=True).values.tolist() == [1.234]
    assert numbers("1,5", "2,5", decimal_comma=False).bad.all()


@pytest.mark.parametrize("cell", ["1_000", "12:30", "1.2.3", "1-2", "0x10", "٣", "1,2,3", "5 apples", "ten"])
def test_what_is_no_number_is_counted_and_never_guessed(cell):
    found = numbers("1", cell)
    assert found.bad.tolist() == [False, True]
    assert math.isnan(found.values[1])


def test_missing_and_infinite_cells_are_counted():
    found = numbers("1", "", "NA", "null", "-", "inf", "-Infinity", "1e999")
    assert (found.missing, found.infinite, int(found.bad.sum())) == (4, 3, 0)
    assert np.isfinite(found.values).sum() == 1


def test_a_unit_is_dropped_only_when_all_numbers_carry_it():
    assert (numbers("5%", "6 %").unit, numbers("$5", "-$6.5").unit, numbers("5 €", "n/a").unit) == (
        "%",
        "$",
        "€",
    )
    mixed = numbers("5%", "6")
    assert mixed.bad.tolist() == [True, False]
    assert mixed.unit == ""


plain = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["", "NA", "nan", "inf", "-inf", " 5 ", "1e400", "-"]),
)
anything = st.one_of(plain, st.text(max_size=6), st.sampled_from(["1,5", "1.234,5", "5%", "1_0"]))


@settings(derandomize=True, max_examples=200)
@given(st.lists(anything, min_size=1, max_size=8))
def test_the_fast_path_agrees_with_the_careful_one(cells):
    fast = read_plain(text_array(cells))
    if fast is None:
        return
    slow = read_carefully(text_array(cells))
    assert np.array_equal(fast.values, slow.values, equal_nan=True)
    assert (fast.missing, fast.infinite, fast.bad.tolist()) == (
        slow.missing,
        slow.infinite,
        slow.bad.tolist(),
    )


@settings(derandomize=True, max_examples=100)
@given(st.lists(plain, min_size=1, max_size=8))
def test_plain_notation_is_always_read_fast(cells):
    assert read_plain(text_array(cells)) is not None


@settings(derandomize=True, max_examples=100)
@given(st.lists(st.floats(-1e12, 1e12).map(lambda x: round(x, 2)), min_size=1, max_size=8))
def test_decimal_commas_with_grouped_thousands_are_read_back(values):
    cells = [f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") for x in values]
    assert numbers(*cells).values.tolist() == values
