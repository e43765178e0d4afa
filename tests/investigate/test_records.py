"""A spike in the number of tickets: the case asks the tickets themselves."""

import numpy as np
import pytest

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.laws import check_agent
from anomaly_hunter.model import Dataset, Quality, Series
from anomaly_hunter.samples import tickets
from anomaly_hunter.samples.cases import TrueSpan
from tests.investigate.cases import AGENTS, detection_of, findings_of, verdict_of
from tests.samples.tables import ticket_table


@pytest.fixture(scope="module")
def case():
    table = ticket_table(tickets.make().rows)
    days = table.by_role("time")[0].values.astype("datetime64[D]")
    time = tickets.START.astype("datetime64[D]") + np.arange(tickets.DAYS)
    series = Series.of([(days == day).sum() for day in time], time, "tickets", counts=True)
    usual = float(np.median(series.value))
    day = tickets.INCIDENT_DAY
    detection = detection_of(series, TrueSpan(day, day + 1, "volume", "up", usual, usual**0.5))
    dataset = Dataset("tickets", "tickets", Quality(100.0, 1), "", (series,), table)
    return Case.of(dataset, (detection,), detection.anomalies)


def test_the_records_are_asked_once_and_cited(case):
    answers = case.tickets()
    assert answers
    assert case.tickets() is answers
    pattern = findings_of(case)[0]
    assert answers[0].id in pattern.evidence


def test_the_segment_that_carries_the_increase_is_the_cause_in_the_data(case):
    carried = next(answer for answer in case.tickets() if answer.id.startswith("carried-by:"))
    verdict = verdict_of(case)
    assert verdict.cause is not None
    assert verdict.cause.kind == "segment"
    assert verdict.cause.name == f"{carried.numbers['facet']}={carried.numbers['value']}"
    assert "counts" in verdict.headline
    assert "surge" not in verdict.headline


@pytest.mark.parametrize("agent", AGENTS)
def test_agents_keep_the_laws_on_tickets(agent, case):
    check_agent(agent(), case)
