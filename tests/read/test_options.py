"""Options that cannot be right are refused where they are made."""

from __future__ import annotations

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.read.options import ReadOptions


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"tz": "Mars/Olympus"}, "there is no time zone 'Mars/Olympus'"),
        ({"tz": "../../etc/passwd"}, "there is no time zone"),
        ({"every_s": 0.0}, "seconds above 0"),
        ({"kind": "graph"}, "series, table or tickets"),
        ({"max_series": 0}, "1 or more"),
    ],
)
def test_a_wrong_option_says_what_was_expected(wrong, says):
    with pytest.raises(UsageError) as caught:
        ReadOptions(**wrong)
    assert says in str(caught.value)
    assert caught.value.cure
