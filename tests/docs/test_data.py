"""docs/data.md says what the reader does."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from anomaly_hunter.cli.options import SETTINGS
from anomaly_hunter.read import clock_text, events, numbers, paths, quality, records, scan, unpack, words
from anomaly_hunter.read.delimited import MOST_COLUMNS
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.times import read_times
from tests.docs.pages import page, table, ticked

PAGE = page("data.md")


def test_every_issue_stands_there_with_its_weight():
    told = {ticked(issue): float(weight) for issue, weight, *_ in table(PAGE, "issue")}
    assert told == quality._WEIGHT


def test_every_override_stands_there_with_its_option():
    told = {
        ticked(keyword): set(option.replace("`", "").split(", "))
        for option, keyword, _ in table(PAGE, "option")
    }
    assert told.keys() == {field.name for field in fields(ReadOptions)}
    for keyword, flags in told.items():
        declared = SETTINGS[keyword].__metadata__[0].default  # inside Annotated, Typer takes it for the name
        assert set(declared.split("/")) == flags


def test_every_form_of_a_time_has_examples_that_are_read_as_that_form():
    rows = table(PAGE, "form")
    for names, examples in rows:
        if names == "epoch":
            continue
        for example in examples.split("`")[1::2]:
            found = read_times(np.array([example], dtype=object))
            assert found is not None, example
            assert found.format in names.split(", "), example
            assert not np.isnat(found.values[0]), example
    forms = {name for names, _ in rows for name in names.split(", ")}
    assert {form.name for form in clock_text.FORMS} <= forms


@pytest.mark.parametrize("cell", ["-1.5e3", "1.234,5", "1,234.5", "1 234", "1'234", "12 %", "€ 5", "−3"])
def test_numbers_written_in_these_ways_are_numbers(cell):
    assert f"`{cell}`" in PAGE
    assert numbers.looks_number(cell)


def test_all_words_for_a_missing_cell_are_listed():
    sentence = " ".join(PAGE.split()).split("Missing are blank cells and `")[1].split("`")[0]
    assert {word.lower() for word in sentence.split()} | {""} == numbers.MISSING


@pytest.mark.parametrize("name", ["label", "is_anomaly", "outlier", "ground_truth", "target"])
def test_columns_that_hold_the_answer_are_left_out(name):
    assert f"`{name}`" in PAGE
    assert words.is_truth(name)


def test_the_fields_of_events_are_those_that_are_looked_for():
    told = {field: taken.strip("`").split() for field, taken, _ in table(PAGE, "field")}
    assert told == {
        "time": list(events._TIME), "kind": list(events._KIND), "title": list(events._TITLE),
        "service": list(events._SERVICE),
    }  # fmt: skip


def test_the_limits_are_those_of_the_code():
    told = dict(table(PAGE, "what"))
    assert told == {
        "series": f"{ReadOptions().max_series:,} (`--max-series`)",
        "files": f"{paths.MOST_FILES:,}",
        "columns of a CSV": f"{MOST_COLUMNS:,}",
        "a line": f"{scan.LONGEST_LINE // 2**20} MB",
        "what a packed file or a pipe unpacks to": f"{unpack._LARGEST // 2**30} GiB",
        "intervals when tickets are counted": f"{records.MAX_INTERVALS:,}",
    }


def test_how_tickets_are_counted_is_as_the_code_counts():
    sentences = " ".join(PAGE.split())
    assert f"the {records.MAX_VALUES} largest values of at most {records.MAX_FACETS} categories" in sentences
    assert f"that gives {records._ENOUGH_INTERVALS} intervals" in sentences
    assert f"fewer than {quality.SHORT} points or rows" in sentences
