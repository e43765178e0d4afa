from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Issue
from anomaly_hunter.read import quality
from anomaly_hunter.read.contract import Source
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.sources.arrays import Arrays
from anomaly_hunter.read.sources.files import Files
from anomaly_hunter.read.sources.frames import Frames
from anomaly_hunter.read.sources.stdin import Stdin
from anomaly_hunter.read.split import choose_split
from tests.read.writing import daily

KINDS = [
    "missing", "gap", "disorder", "duplicate time", "mixed types", "infinite", "constant", "short",
    "unreadable row", "irregular interval", "clock change", "mixed time zones",
]  # fmt: skip

issues = st.lists(
    st.builds(Issue, st.sampled_from(KINDS), st.sampled_from("abcdef"), st.integers(1, 50), st.just("said")),
    max_size=6,
)


@settings(derandomize=True, max_examples=100)
@given(issues, st.sampled_from(KINDS), st.integers(1, 50))
def test_the_score_stays_in_range_and_never_rises_with_another_issue(found, kind, count):
    before = quality.report(found, 100, 2, 2).score
    after = quality.report([*found, Issue(kind, "z", count, "said")], 100, 2, 2).score
    assert 0 <= after <= before <= 100


def test_clean_data_score_one_hundred():
    assert quality.report([], 10, 1).score == 100


def test_many_issues_of_a_kind_are_told_as_one():
    merged = quality.merge(Issue("constant", f"m{i}", 1, "all the same") for i in range(1000))
    assert [(i.kind, i.where, i.count) for i in merged] == [("constant", "1,000 places", 1000)]


def test_gaps_repeats_and_disorder_of_times_are_counted():
    minutes = np.array([0, 1, 2, 3, 3, 4, 9, 10, 11, 12])
    time = np.datetime64("2026-01-01", "ns") + minutes * np.timedelta64(60, "s")
    row = np.arange(10)
    row[[0, 1]] = row[[1, 0]]
    found = {issue.kind: issue for issue in quality.of_times(time, row, "x")}
    assert {kind: issue.count for kind, issue in found.items()} == {
        "gap": 4,
        "disorder": 1,
        "duplicate time": 1,
    }
    assert "5 min before 2026-01-01T00:09:00Z" in found["gap"].statement


def test_irregular_times_have_no_gaps():
    seconds = np.cumsum(np.random.default_rng(0).exponential(100, 50) + 1).astype("timedelta64[s]")
    found = quality.of_times(np.datetime64("2026-01-01", "ns") + seconds, np.arange(50), "x")
    assert [issue.kind for issue in found] == ["irregular interval"]


@settings(derandomize=True, max_examples=60)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(4, 12), st.randoms(use_true_random=False))
def test_a_shuffled_grid_is_split_by_exactly_what_it_is_made_of(hosts, metrics, points, random):
    cells = [(t * 60, h, m) for t in range(points) for h in range(hosts) for m in range(metrics)]
    random.shuffle(cells)
    time, host, metric = (np.array(column, dtype=np.int64) for column in zip(*cells, strict=True))
    choice, found = choose_split(time, [host, metric])
    assert choice == tuple(i for i, n in enumerate((hosts, metrics)) if n > 1)
    assert found.is_strict


def test_records_at_random_times_are_no_series():
    rng = np.random.default_rng(0)
    assert not choose_split(rng.integers(0, 10**6, 300), [rng.integers(0, 3, 300)])[1].is_series


SOURCES: dict[type[Any], object] = {Files: "x.csv", Stdin: "-", Arrays: [1.0, 2.0], Frames: None}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_keeps_the_contract_and_opens_nothing_before_it_reads(source):
    assert isinstance(source("no such file", ReadOptions()), Source)
    assert source.name == source.__module__.rpartition(".")[2]
    given = SOURCES[source]
    assert given is None or [s for s in SOURCES if s.accepts(given)] == [source]
    for odd in (None, object(), 5, b"x", {1}):
        assert source.accepts(odd) is False


class Terminal(TextIOWrapper):
    def isatty(self):
        return True


def test_standard_input_is_read_once_as_bytes(monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(daily().encode("utf-16"))))
    found = Stdin("-", ReadOptions()).read()
    assert (found.name, found.series[0].name, len(found.series[0])) == ("stdin", "stdin", 20)


def test_a_terminal_as_standard_input_is_a_usage_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal(BytesIO()))
    with pytest.raises(UsageError, match="hunter detect -"):
        Stdin("-", ReadOptions()).read()
