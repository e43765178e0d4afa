"""The sample cases are the same at every run, and their truth lies in their data."""

import numpy as np
import pytest

from anomaly_hunter.samples.cases import sample_cases

CASES = sample_cases()


def test_two_runs_give_the_same_cases():
    for name, case in sample_cases().items():
        other = CASES[name]
        assert [s.id for s in case.series] == [s.id for s in other.series]
        assert all(np.array_equal(a.value, b.value) for a, b in zip(case.series, other.series, strict=True))
        assert case.events == other.events


@pytest.mark.parametrize("name", CASES)
def test_the_truth_lies_in_the_data(name):
    case = CASES[name]
    length = {series.title: len(series) for series in case.series}
    assert all(0 <= span.start < span.stop <= length[title] for title, span in case.spans.items())
    assert bool(case.spans) != bool(case.rows)
    if case.cause is not None and case.cause[0] == "event":
        assert case.cause[1] in {event.title for event in case.events}
    if case.solved_by:
        assert case.cause is not None
