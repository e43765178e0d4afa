"""The hunt as a Python user calls it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import anomaly_hunter as ah


def jump(n=500, at=400, width=5, height=60.0):
    value = np.random.default_rng(7).normal(100, 2, n)
    value[at : at + width] += height
    return value


def verdict_of(found):
    assert found.verdict is not None
    return found.verdict


def test_the_public_names_are_all_there_and_no_others():
    assert all(hasattr(ah, name) for name in ah.__all__)
    assert set(ah.__all__) == {
        "SCHEMA_VERSION", "__version__", "ahunt", "detector", "explain", "forecast", "hunt",
        "load_settings", "render", "feedback", "stats", "undo_feedback",
        "Feedback", "Past", "Store", "StoreError",
        "Anomaly", "Cause", "Column", "Dataset", "Detection", "Event", "Evidence", "Finding", "Graph", "Hunt",
        "Incident", "Issue", "Quality", "Series", "Settings", "Share", "Table", "Verdict",
        "Fleet", "Point", "Stream", "StreamEvent", "Client",
        "ConfigError", "DataError", "HunterError", "MissingExtraError", "PluginError", "UsageError",
    }  # fmt: skip


def test_an_array_gives_one_incident_with_a_verdict():
    found = ah.hunt(jump())
    [incident] = found.incidents
    assert (incident.lead.start, incident.lead.stop) == (400, 405)
    assert found.verdict is not None
    assert len(found.verdict.findings) == 3
    assert 0 < found.verdict.severity <= 10
    assert set(found.took_ms) == {"read", "detect", "investigate"}


def test_clean_data_give_no_incident_and_severity_zero():
    found = ah.hunt(np.random.default_rng(7).normal(100, 2, 500))
    assert found.incidents == ()
    assert found.verdict is None
    assert found.severity == 0


def test_the_same_call_gives_the_same_answer_and_the_same_ids():
    a, b = ah.hunt(jump()), ah.hunt(jump())
    assert a.incidents == b.incidents


def test_the_data_of_the_caller_are_not_changed():
    value = jump()
    before = value.copy()
    ah.hunt(value)
    np.testing.assert_array_equal(value, before)
    assert value.flags.writeable


def test_every_sentence_rests_on_evidence_of_the_verdict():
    verdict = verdict_of(ah.hunt(jump()))
    known = {evidence.id for evidence in verdict.evidence}
    for finding in verdict.findings:
        assert set(finding.evidence) <= known


def test_a_frame_keeps_the_rows_of_the_caller():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"time": pandas.date_range("2026-01-01", periods=500, freq="h"), "y": jump()})
    shuffled = frame.sample(frac=1, random_state=0).reset_index(drop=True)
    [anomaly] = ah.hunt(shuffled, time="time", value="y").anomalies
    series = ah.hunt(shuffled).detections[0].series
    assert series is not None
    rows = series.row[anomaly.start : anomaly.stop]
    assert (shuffled["y"][rows] > 150).all()


def test_only_the_worst_are_investigated_and_the_rest_is_counted():
    value = np.random.default_rng(7).normal(100, 2, 4000)
    value[200::400] += 60
    found = ah.hunt(value, most_incidents=3)
    assert len(found.incidents) <= 3
    assert len(found.incidents) + found.not_investigated >= 1


def test_a_hunt_can_be_awaited_and_called_inside_a_running_loop():
    async def both():
        awaited = await ah.ahunt(jump())
        return awaited, ah.hunt(jump())

    awaited, called = asyncio.run(both())
    assert awaited.incidents == called.incidents


def test_many_hunts_run_side_by_side():
    async def many():
        return await asyncio.gather(*(ah.ahunt(jump(at=100 + 50 * i)) for i in range(4)))

    assert [h.incidents[0].lead.start for h in asyncio.run(many())] == [100, 150, 200, 250]


def test_an_agent_that_breaks_is_a_finding_and_hides_nothing(monkeypatch):
    class Broken:
        name = "broken"

        async def investigate(self, case):
            raise ZeroDivisionError("no luck")

    lookup = ah.hunt.__globals__["registry"].lookup
    monkeypatch.setattr(
        ah.hunt.__globals__["registry"],
        "lookup",
        lambda kind, name: Broken if name == "root_cause" else lookup(kind, name),
    )
    verdict = verdict_of(ah.hunt(jump()))
    assert "could not finish: ZeroDivisionError: no luck" in verdict.findings[2].claim
    assert verdict.findings[2].confidence == 0


def test_an_unknown_option_is_our_error():
    with pytest.raises(ah.UsageError, match="unknown option"):
        ah.hunt(jump(), sensitivty=2)


def test_something_that_is_no_data_is_our_error():
    with pytest.raises(ah.HunterError):
        ah.hunt(object())


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    hnp.arrays(
        np.float64,
        st.integers(1, 60),
        elements=st.one_of(
            st.floats(-1e3, 1e3), st.sampled_from([np.nan, np.inf, 0.0, 1e308, -1e308, 5e-324, 2.0**63])
        ),
    )
)
def test_any_numbers_give_a_sound_hunt_or_our_error(value):
    try:
        found = ah.hunt(value)
    except ah.HunterError as error:
        assert error.cure  # noqa: PT017 - either outcome is right
        return
    for incident in found.incidents:
        assert 0 <= incident.verdict.severity <= 10
        assert 0 <= incident.verdict.confidence <= 1
    ah.render(found, "json")
    ah.render(found, "terminal")


def test_explain_takes_what_people_have_at_hand():
    frame = {"time": [f"2026-01-01T00:{m:02}:00Z" for m in range(40)], "load": [10.0, 11, 9, 10] * 10}
    frame["load"][25] = 90.0
    moment = datetime(2026, 1, 1, 0, 25, tzinfo=UTC)
    told = [ah.explain(frame, at) for at in ("2026-01-01T00:25Z", "#25", 25, np.int64(25), moment)]
    assert {one.actual for one in told} == {90.0}
    with pytest.raises(ah.UsageError, match="at came as a NoneType"):
        ah.explain(frame, None)
