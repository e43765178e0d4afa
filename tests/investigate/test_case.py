"""The case: its questions, their answers in numbers, one list, asked once."""

import inspect
import math

import numpy as np
import pytest

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.model import Evidence, Past
from anomaly_hunter.samples.cases import TrueSpan, sample_cases
from tests.builders import hourly, series_hunt
from tests.investigate.cases import case_of, detection_of, quick_case
from tests.investigate.making import ramp, steady

SAMPLES = sample_cases()


def level_shift(rise=30.0, **more):
    value = steady()
    value[150:] += rise
    return quick_case((hourly(value, **more), TrueSpan(150, 200, "level shift", "up", 50.0, 1.0)))


def number(evidence, key):
    value = evidence.numbers[key]
    assert isinstance(value, float)
    return value


def test_every_question_is_a_public_method_with_a_text_and_defaults():
    assert len(QUESTIONS) >= 15
    for name, question in QUESTIONS.items():
        method = getattr(Case, name)
        assert question.text.endswith(("?", ".", ":")) or "?" in question.doc
        assert inspect.getdoc(method) == question.doc
        assert all(p.default is not p.empty for p in list(inspect.signature(method).parameters.values())[1:])


@pytest.mark.parametrize("name", SAMPLES)
def test_every_question_answers_every_sample_with_evidence_of_its_own_name(name):
    case = case_of(SAMPLES[name])
    for question in QUESTIONS.values():
        for evidence in question.ask(case):
            if question.name != "tickets":
                assert evidence.id.startswith(question.name.replace("_", "-") + ":")
            assert evidence.statement
    answered = case.answered()
    assert all(answered[key].id == key for key in answered)


def test_a_question_is_answered_once_and_the_same():
    case = level_shift()
    assert case.before_after() is case.before_after()
    assert case.rows() is case.rows(5) is case.rows(most=5)
    assert case.rows(2) is not case.rows(3)


def test_two_anomalies_of_a_question_do_not_share_an_id():
    ids = [e.id for e in case_of(SAMPLES["flag-flip"]).changed_before()]
    assert len(set(ids)) == len(ids)


def test_expected_says_actual_expected_spread_sigmas_and_percent():
    evidence = level_shift().expected()
    assert evidence.numbers["expected"] == 50.0
    assert isinstance(evidence.numbers["sigmas"], float)
    assert "where 50 ± 1 was expected (+6" in evidence.statement


def test_before_after_gives_medians_shift_delta_and_p():
    numbers = level_shift().before_after().numbers
    assert numbers["before"] == pytest.approx(50, abs=0.5)
    assert numbers["shift"] == pytest.approx(30, abs=0.5)
    assert numbers["change_pct"] == pytest.approx(60, abs=1)
    assert numbers["cliffs_delta"] == 1.0
    assert number(level_shift().before_after(), "p") < 1e-6


def test_before_leaves_out_earlier_anomalies():
    value = steady()
    value[60:140] += 500
    value[150:] += 30
    spans = [TrueSpan(60, 140, "spike", "up", 50.0, 1.0), TrueSpan(150, 200, "level shift", "up", 50.0, 1.0)]
    detection = detection_of(hourly(value), *spans)
    case = Case.of(series_hunt().dataset, (detection,), detection.anomalies[1:])
    assert case.before_after().numbers["before"] == pytest.approx(50, abs=0.5)


def test_a_season_is_compared_with_the_same_phase_of_the_seasons_before():
    case = case_of(SAMPLES["season-break"])
    assert "same phase of the 7 seasons before" in case.before_after().statement
    assert case.season().numbers["broken"] is True


def test_a_season_that_is_kept_is_told_as_kept():
    n = 240
    value = 100 + 50 * np.sin(2 * np.pi * np.arange(n) / 24) + steady(n, 0, 1)
    value[200:224] += 40
    detection = detection_of(hourly(value), TrueSpan(200, 224, "level shift", "up", 100.0, 5.0), period=24)
    case = Case.of(series_hunt().dataset, (detection,), detection.anomalies)
    assert case.season().numbers["broken"] is False
    assert "keeps the season of 1 d" in case.season().statement


def test_a_season_that_is_hardly_there_cannot_break():
    rng = np.random.default_rng(8)
    detection = detection_of(
        hourly(rng.normal(0, 1, 240)), TrueSpan(200, 224, "odd shape", "up", 0.0, 1.0), period=24
    )
    case = Case.of(series_hunt().dataset, (detection,), detection.anomalies)
    assert case.season().numbers["broken"] is False
    constant = detection_of(
        hourly(np.zeros(240)), TrueSpan(200, 224, "flat line", "both", 0.0, 0.0), period=24
    )
    case = Case.of(series_hunt().dataset, (constant,), constant.anomalies)
    assert case.season().numbers["broken"] is False


def test_onset_is_an_interval():
    numbers = level_shift().onset().numbers
    assert numbers["earliest_position"] == 149
    assert numbers["latest_position"] == 150
    assert numbers["width_s"] == 3600.0


def test_development_gives_the_rate_of_a_ramp_and_when_it_began():
    case = quick_case((hourly(ramp(200, 120, 2.0)), TrueSpan(125, 200, "drift", "up", 50.0, 1.0)))
    numbers = case.development().numbers
    assert numbers["ramp"] is True
    assert numbers["rate"] == pytest.approx(2.0, abs=0.05)
    assert numbers["per"] == "hour"
    assert numbers["since"] in {f"2026-03-{t} UTC" for t in ("05 22:00", "05 23:00", "06 00:00")}


def test_development_calls_a_step_a_step():
    assert level_shift().development().numbers["ramp"] is False
    assert "stepped by" in level_shift().development().statement


def test_rarity_counts_what_noise_would_bring():
    strong, weak = (number(level_shift(rise).rarity(), "by_chance") for rise in (30.0, 4.0))
    assert strong < 0.01 < 0.5 < weak


def test_quality_tells_of_missing_values_and_holes():
    value = steady()
    value[100:110] = math.nan
    value[120:130] += 30
    series = hourly(value)
    time = series.time.copy()
    time[125:] += np.timedelta64(6, "h")
    case = quick_case((type(series)("x", time, value), TrueSpan(120, 130, "spike", "up", 50.0, 1.0)))
    numbers = case.quality().numbers
    assert numbers["missing"] == 10
    assert numbers["intervals_missing"] == 6
    assert 0.5 < number(case.quality(), "trust") < 0.9


def test_segments_of_series_have_controls():
    pairs = []
    for i, country in enumerate(("DE", "FR", "US", "IN", "BR")):
        value = steady(seed=i)
        if country == "DE":
            value[150:] += 30
        span = TrueSpan(150, 200, "level shift", "up", 50.0, 1.0) if country == "DE" else None
        pairs.append((hourly(value, name="orders", labels={"country": country}), span))
    found = quick_case(*pairs).segments()
    assert [e.numbers["segment"] for e in found] == ["country=DE"]
    assert found[0].statement == "country=DE: 1 of 1 series moved, and 0 of the 4 others"


def peers_of(name, label):
    """Five of a kind, of which the first one rises."""
    for i in range(5):
        value = steady(seed=i)
        value[150:] += 30 * (i == 0)
        span = TrueSpan(150, 200, "level shift", "up", 50.0, 1.0) if i == 0 else None
        yield hourly(value, name=name, labels={label: f"x{i}"}), span


def test_a_service_does_not_carry_its_own_symptoms_but_a_host_does():
    assert quick_case(*peers_of("latency_ms", "service")).segments() == ()
    assert [e.numbers["segment"] for e in quick_case(*peers_of("latency_ms", "host")).segments()] == [
        "host=x0"
    ]
    assert [e.numbers["segment"] for e in quick_case(*peers_of("orders", "service")).segments()]


def test_no_segment_is_told_when_all_moved():
    pairs = []
    for i, country in enumerate(("DE", "FR", "US", "IN")):
        value = steady(seed=i)
        value[150:] += 30
        span = TrueSpan(150, 200, "level shift", "up", 50.0, 1.0)
        pairs.append((hourly(value, name="orders", labels={"country": country}), span))
    assert quick_case(*pairs).segments() == ()


def test_rows_share_a_category_with_counts_and_lift():
    evidence = case_of(SAMPLES["odd-payments"]).segments()[0]
    assert evidence.numbers["segment"] == "merchant=m-17"
    assert evidence.numbers["inside"] == 21
    assert number(evidence, "lift") > 10
    assert number(evidence, "log10_p") < -20


def test_rows_are_shown_as_they_are():
    assert "payment_id p-" in case_of(SAMPLES["odd-payments"]).rows(2).statement
    assert case_of(SAMPLES["odd-payments"]).rows(2).numbers["shown"] == 2
    assert "2026-" in level_shift().rows().statement


def test_carriers_add_up_over_rows():
    numbers = case_of(SAMPLES["odd-payments"]).carriers().numbers
    assert numbers["top"] == "amount"
    assert numbers["share"] == pytest.approx(0.55)


def test_past_incidents_are_told_with_what_became_of_them():
    case = level_shift()
    past = Past("0123456789ab", "latency rose", 0.8, alike={"shape": 0.5}, said=("event", "deploy 1"))
    again = Case.of(case.dataset, case.detections, case.anomalies, (past,))
    assert case.seen_before()[0].numbers["times"] == 0
    assert [e.id for e in again.seen_before()] == ["seen-before:latency_ms", "past:0123456789ab"]
    assert "80% alike in shape" in again.seen_before()[1].statement
    assert "said to be deploy 1, which nobody has confirmed" in again.seen_before()[1].statement


def test_answers_are_frozen():
    evidence = level_shift().expected()
    assert isinstance(evidence, Evidence)
    with pytest.raises(AttributeError):
        evidence.statement = "other"  # type: ignore[misc]


def test_a_case_is_about_something():
    with pytest.raises(ValueError, match="at least one anomaly"):
        Case.of(series_hunt().dataset, (), ())


def test_the_case_of_builders_is_answered_too():
    hunt = series_hunt()
    case = Case.of(hunt.dataset, hunt.detections, hunt.anomalies)
    assert "2 min before" in case.changed_before()[1].statement
