"""What an on-call engineer reads: the words fit the numbers beside them."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.advice import recommendations
from anomaly_hunter.investigate.semantics import metric_kind
from anomaly_hunter.investigate.telling import headline, what
from anomaly_hunter.model import Cause, Finding
from anomaly_hunter.samples.cases import sample_cases
from tests.investigate.cases import case_of

SAMPLES = sample_cases()


def with_lead(case, **changes):
    """The case with another lead."""
    lead = replace(case.lead, **changes)
    incident = (lead, *(a for a in case.anomalies if a is not case.lead))
    return replace(case, anomalies=incident)


def spike(values, position, value):
    values = np.array(values, dtype=float)
    values[position] = value
    return values


def steady(n=300, level=0.0):
    return level + np.random.default_rng(3).normal(0, 1, n)


def test_the_verb_follows_the_number_it_stands_beside():
    case = case_of(SAMPLES["nobody-knows"])
    fell = with_lead(case, shape="level shift", direction="up", actual=0.0, expected=1888.0, spread=111.0)
    assert "dropped to 0 against 1,890 ± 110 (-100%, 17 sigma)" in what(fell)


def test_a_value_that_changes_its_sign_has_no_factor():
    found = ah.hunt(spike(steady(level=-5.0), 200, 90.0))
    assert "×" not in found.verdict.headline
    assert "sigma" in found.verdict.headline


def test_one_row_stands_out_and_two_stand_out():
    rows = np.c_[np.arange(300) % 7, np.arange(300) % 11].astype(float)
    rows[77] = 400
    verdict = ah.hunt(rows, kind="table").verdict
    assert "1 row of 300 in data stands out" in verdict.headline
    assert "1 row of 300 stands out" in verdict.findings[0].claim
    rows[99] = 400
    assert "2 rows of 300 in data stand out" in ah.hunt(rows, kind="table").verdict.headline


def test_what_is_undone_already_is_not_tried_again():
    case = case_of(SAMPLES["nobody-knows"])
    cause = Cause("event", "v1", "deploy 'v1' 2 min before", 0.8, ())
    steps = ("undo deploy 'v1' alone and watch x; if it stays, undo flag 'f'",)
    other = ("roll back deploy 'v1' on api and watch x", "compare the errors")
    findings = [Finding("A", "a", 0.6, (), None, steps), Finding("B", "b", 0.7, (), cause, other)]
    assert recommendations(case, findings, cause)[:2] == other


def test_without_a_cause_the_missing_input_is_asked_for_beside_the_guess():
    times = [f"2026-01-{1 + h // 24:02}T{h % 24:02}:00:00Z" for h in range(300)]
    verdict = ah.hunt({"time": times, "requests": spike(steady(level=100.0), slice(200, 204), 190.0)}).verdict
    assert verdict.cause is None
    assert "campaign, crawler, retries or attack" in verdict.recommendations[0]
    assert "--events FILE" in verdict.recommendations[2]


@pytest.mark.parametrize("name", ["cart_abandonment", "return_rate", "refund_share"])
def test_returns_and_abandoned_carts_are_no_demand(name):
    assert metric_kind(name) not in ("business", "traffic")


def test_a_table_with_faults_is_not_said_to_miss_values():
    rows = np.c_[steady(), np.ones((300, 8))]
    rows[77, 0] = 400
    steps = " ".join(ah.hunt(rows).verdict.recommendations)
    assert "missing data" not in steps


def test_the_numbers_of_a_row_are_those_of_the_column_that_is_named():
    rows = np.c_[steady(2000), steady(2000) * 3 + 10, steady(2000)]
    rows[[5, 50, 500], 0] = 60
    rows[99, 2] = 90
    verdict = ah.hunt(rows).verdict
    in_finding = verdict.findings[0].claim.split(" has ")[1].split(" where ")[0].rpartition(" ")
    column, value = in_finding[0], in_finding[2]
    assert f"mainly in {column} ({value}" in verdict.headline or f"({column} {value}" in verdict.headline


def test_a_series_in_memory_is_called_by_its_column_not_by_its_container():
    import pandas as pd

    frame = pd.DataFrame(
        {"value": spike(steady(), 200, 90.0)}, index=pd.date_range("2026", periods=300, freq="h")
    )
    found = asyncio.run(ah.ahunt(frame))
    assert found.verdict.headline.startswith("value spiked to 90")


# ------------------------------------------------------------ at 3 a.m.


def test_nobody_reads_more_digits_than_the_noise_allows():
    case = case_of(SAMPLES["nobody-knows"])
    told = what(with_lead(case, shape="level shift", actual=363.8, expected=22.05, spread=0.5816))
    assert "rose to 364 against 22.1 ± 0.6 (×16, over 100 sigma)" in told


def test_a_failure_where_there_never_was_one_has_neither_factor_nor_sigma():
    case = case_of(SAMPLES["nobody-knows"])
    told = what(with_lead(case, shape="spike", actual=2.174, expected=0.0, spread=5e-307))
    assert told.endswith("spiked to 2.17 against 0")


def test_what_is_likelier_wrong_than_right_is_only_possible():
    case = case_of(SAMPLES["nobody-knows"])
    cause = Cause("service", "ledger", "the extra waiting arises at ledger", 0.8)
    assert headline(case, "cause", cause, [cause], 0.9).endswith("likely origin: ledger")
    assert headline(case, "cause", cause, [cause], 0.3).endswith("possible origin: ledger")


def test_a_change_that_is_only_possible_is_undone_only_where_that_is_safe():
    case = case_of(SAMPLES["nobody-knows"])
    cause = Cause("event", "v1", "deploy 'v1' 2 min before", 0.8, ())
    finding = Finding("A", "a", 0.6, (), cause, ("roll back deploy 'v1' on api and watch x",))
    assert recommendations(case, [finding], cause, sure=0.9)[0] == finding.steps[0]
    assert "if that is safe" in recommendations(case, [finding], cause, sure=0.3)[0]


def test_nobody_is_sent_to_undo_a_change_that_hardly_anything_speaks_for():
    case = case_of(SAMPLES["nobody-knows"])
    surge = Cause("pattern", "traffic surge at api", "more demand: 3 of 3 symptoms", 0.3)
    flag = Cause("event", "f", "flag 'f' 3 h before", 0.09)
    findings = [
        Finding("A", "a", 0.6, (), None, ("undo flag 'f' alone and watch x; if it stays, undo flag 'g'",)),
        Finding("B", "b", 0.4, (), surge, ("see who sends the extra requests",)),
    ]
    steps = recommendations(case, findings, None, candidates=[surge, flag])
    assert steps[0] == "see who sends the extra requests"
    assert not any(step.startswith("undo") for step in steps)


def test_symptoms_with_commas_of_their_own_are_told_apart():
    assert say.listed(["retries up, or more calls than usual", "errors up"]) == (
        "retries up, or more calls than usual; errors up"
    )
