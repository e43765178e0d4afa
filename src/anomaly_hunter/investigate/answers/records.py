"""What the records behind a series of counts say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_hunter.investigate.windows import span_in
from anomaly_hunter.model import Evidence

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def tickets(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.tickets`."""
    series, table = case.series, case.dataset.table
    if series is None or table is None or not series.counts:
        return ()
    from anomaly_hunter.investigate.tickets import questions

    return questions(table, series, case.lead, _expected_in_span(case))


def _expected_in_span(case: Case) -> float | None:
    """Records that were expected in the whole span, from the band of the detection."""
    series, expected = case.series, case.detection.expected
    if series is None or expected is None or expected.ndim != 1:
        return None
    start, stop = span_in(series, case.lead)
    total = float(np.where(np.isnan(expected[start:stop]), 0.0, expected[start:stop]).sum())
    return total if total > 0 else None
