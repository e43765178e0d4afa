"""Feedback from end to end: a hunt, an answer, another hunt."""

from __future__ import annotations

from threading import Thread

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.model import Learned, Series
from anomaly_hunter.remember.answering import answers_of, learned_of
from anomaly_hunter.remember.learning.learn import learn


def nightly(days=7, height=14.0):
    """Ten-minute data with a small spike every night at 2:00, and one large one that is not nightly."""
    rng = np.random.default_rng(3)
    value = rng.normal(100, 2, 1200)
    for day in range(1, days + 1):
        value[day * 144 + 12 : day * 144 + 15] += height + rng.random()
    value[700:706] += 60
    start = np.datetime64("2026-03-01T00:00", "ns")
    time = start + np.arange(1200) * np.timedelta64(600_000_000_000, "ns")
    return Series("latency_ms", time, value, unit="ms", source="tests")


def spikes(found):
    return [str(a.begin)[5:16] for a in found.anomalies]


def test_what_is_to_be_ignored_is_quiet_in_the_next_hunt_and_comes_back_with_undo(memory):
    first = ah.hunt(nightly(), memory=memory)
    one = next(i for i in first.incidents if str(i.lead.begin)[11:16] == "02:00")
    effect = ah.feedback(one.id, "ignore", memory=memory, why="backup")
    second = ah.hunt(nightly(), memory=memory)
    quiet = [q for q in second.detections[0].quiet if q.rule == "feedback"]
    assert spikes(second) == ["03-05T20:40"]
    assert len(quiet) == len(effect.replay.gone) == 7
    assert "'backup' (answer 1)" in quiet[0].statement
    undone = ah.undo_feedback(memory=memory)
    assert len(undone.replay.back) == 7
    assert ah.hunt(nightly(), memory=memory).anomalies == first.anomalies


def test_expected_alarms_raise_the_boundary_of_the_series_until_they_are_quiet(memory):
    value = nightly(height=8.5)
    first = ah.hunt(value, memory=memory)
    small = [i for i in first.incidents if i.lead.score < 1.8]
    assert len(small) >= 3
    for one in small:
        ah.feedback(one.id, "expected", memory=memory)
    second = ah.hunt(value, memory=memory)
    assert learned_of(memory.learned()).boundary(value.id) > 1.15
    assert len(second.anomalies) < len(first.anomalies)
    assert "03-05T20:40" in spikes(second)
    assert any(
        q.rule == "feedback" and "times the built-in" in q.statement for q in second.detections[0].quiet
    )


def test_a_score_is_remembered_on_the_scale_before_learning(memory):
    value = nightly(height=8.5)
    first = ah.hunt(value, memory=memory)
    for one in [i for i in first.incidents if i.lead.score < 1.8]:
        ah.feedback(one.id, "expected", memory=memory)
    learned = dict(memory.learned())
    ah.hunt(value, memory=memory)  # the large one is kept again, with a lower score
    large = next(i for i in first.incidents if i.lead.score > 2)
    effect = ah.feedback(large.id, "real", memory=memory, preview=True)
    assert memory.learned() == learned
    assert all(move.scope.startswith("series:") for move in effect.moves)
    assert large.id not in {one.incident_id for one in effect.replay.gone}


def test_undoing_every_answer_leaves_nothing_learned_and_every_step_on_record(memory):
    found = ah.hunt(nightly(), memory=memory)
    for place, one in enumerate(found.incidents):
        ah.feedback(
            one.id, ("real", "expected", "ignore")[place % 3], memory=memory, cause="disk", acted=True
        )
    assert memory.learned()
    for _ in found.incidents:
        ah.undo_feedback(memory=memory)
    assert memory.learned() == {}
    assert memory.feedback() == ()
    assert all(change.reason for change in memory.changes())
    with pytest.raises(ah.UsageError, match="no answer to take back"):
        ah.undo_feedback(memory=memory)


def test_a_preview_keeps_nothing_and_tells_what_the_answer_then_does(memory):
    one = ah.hunt(nightly(), memory=memory).incidents[1]
    would = ah.feedback(one.id, "ignore", memory=memory, preview=True)
    assert (would.answers, memory.feedback(), memory.learned()) == ((), (), {})
    does = ah.feedback(one.id, "ignore", memory=memory)
    assert (does.replay, len(does.moves)) == (would.replay, len(would.moves))


def test_agents_and_confidence_follow_the_causes_that_were_right(memory):
    deploy = [{"time": "2026-03-05T20:35:00Z", "kind": "deploy", "title": "api v3"}]
    found = ah.hunt(nightly(days=0), memory=memory, events=deploy)
    [incident] = found.incidents
    assert incident.verdict.cause is not None
    ah.feedback(incident.id, cause="wrong", memory=memory)
    learned = learned_of(memory.learned())
    assert learned.weight("Change Detective") < 1.0
    assert learned.calibrated(0.8) < 0.8
    again = ah.hunt(nightly(days=0), memory=memory, events=deploy).incidents[0].verdict
    assert again.confidence < incident.verdict.confidence
    assert [f.confidence for f in again.findings] == [f.confidence for f in incident.verdict.findings]
    [fact] = [e for e in again.evidence if e.id == "learned:answers"]
    assert "Change Detective counts" in fact.statement


def test_the_same_answers_leave_nothing_of_others_rows(memory):
    from anomaly_hunter.remember.records import Change

    found = ah.hunt(nightly(), memory=memory)
    memory.learn([Change("other", "of somebody", None, 3, "why not", found.incidents[0].lead.begin)])
    ah.feedback(found.incidents[1].id, "ignore", memory=memory)
    ah.undo_feedback(memory=memory)
    assert memory.learned() == {("other", "of somebody"): 3}


def test_wrong_calls_say_what_is_wanted(memory):
    found = ah.hunt(nightly(), memory=memory)
    name = found.incidents[0].id
    for call, said in (
        (lambda: ah.feedback(name, "nonsense", memory=memory), "real, expected or ignore"),
        (lambda: ah.feedback(name, memory=memory), "says nothing"),
        (lambda: ah.feedback("nobody", "real", memory=memory), "no incident 'nobody'"),
        (lambda: ah.feedback(name, cause="right", memory=memory), "names no cause"),
    ):
        with pytest.raises(ah.UsageError, match=said):
            call()
    ah.feedback(name, "real", memory=memory)
    with pytest.raises(ah.UsageError, match="no answer 99"):
        ah.undo_feedback(99, memory=memory)


def test_rows_of_a_table_can_be_ignored_too(memory):
    rng = np.random.default_rng(0)
    rows = [{"a": float(x), "b": float(y)} for x, y in rng.normal(0, 1, (200, 2))]
    rows[50] = {"a": 30.0, "b": -30.0}
    found = ah.hunt(rows, kind="table", memory=memory)
    assert found.incidents
    ah.feedback(found.incidents[0].id, "ignore", memory=memory)
    assert not any(
        a.start == found.anomalies[0].start for a in ah.hunt(rows, kind="table", memory=memory).anomalies
    )


def test_impossible_values_alarm_whatever_was_said(memory):
    found = ah.hunt(nightly(), memory=memory, data_range=(None, 150.0))
    one = next(i for i in found.incidents if i.lead.actual > 150)
    ah.feedback(one.id, "ignore", memory=memory)
    again = ah.hunt(nightly(), memory=memory, data_range=(None, 150.0))
    assert any(a.actual > 150 for a in again.anomalies)


def test_a_hunt_without_answers_is_the_same_with_a_memory_as_without(memory):
    assert learned_of(memory.learned()) == Learned()
    assert ah.hunt(nightly(), memory=memory).anomalies == ah.hunt(nightly()).anomalies


def test_figures_come_from_the_memory(memory):
    found = ah.hunt(nightly(), memory=memory)
    ah.feedback(found.incidents[0].id, "real", memory=memory, acted=True)
    ah.feedback(found.incidents[1].id, "expected", memory=memory)
    figures = ah.stats(memory)
    assert (figures.incidents, figures.answers) == (len(found.incidents), 2)
    assert (figures.real.hits, figures.real.of, figures.acted.hits) == (1, 2, 1)


def test_the_next_hunt_says_what_was_said_and_what_that_changed(memory):
    value = nightly(height=8.5)
    small = [i for i in ah.hunt(value, memory=memory).incidents if i.lead.score < 1.8]
    for one in small:
        ah.feedback(one.id, "expected", memory=memory, why="backup", who="ann")
    second = ah.hunt(value, memory=memory)
    quiet = next(q for q in second.detections[0].quiet if q.rule == "feedback")
    said = f"because you said expected ({len(small)} times) (last: answer {len(small)}, ann: 'backup')"
    assert said in quiet.statement
    facts = {e.id: e.statement for e in second.incidents[0].verdict.evidence}
    assert said in facts["learned:latency_ms"]
    ah.feedback(second.incidents[0].id, "real", memory=memory, who="bob")
    third = ah.hunt(value, memory=memory).incidents[0]
    fact = next(e for e in third.verdict.evidence if e.id == f"answered:{third.id}")
    assert fact.statement == f"of this incident you said real (answer {len(small) + 1}, bob)"


def test_a_preview_of_undo_keeps_nothing_and_tells_what_undo_does(memory):
    found = ah.hunt(nightly(), memory=memory)
    ah.feedback(found.incidents[0].id, "ignore", memory=memory)
    would = ah.undo_feedback(memory=memory, preview=True)
    assert len(memory.feedback()) == 1
    did = ah.undo_feedback(memory=memory)
    assert (would.moves, would.replay) == (did.moves, did.replay)
    assert memory.learned() == {}


def test_an_answer_whose_lesson_cannot_be_kept_is_not_kept_either(memory, monkeypatch):
    found = ah.hunt(nightly(), memory=memory)
    monkeypatch.setattr("anomaly_hunter.remember.learned.learn", stopped)
    with pytest.raises(KeyboardInterrupt):
        ah.feedback(found.incidents[0].id, "ignore", memory=memory)
    assert memory.feedback() == ()
    assert memory.changes() == ()


def stopped(*_):
    raise KeyboardInterrupt


def test_answers_of_several_people_at_once_are_all_learned_from(memory, place):
    names = [incident.id for incident in ah.hunt(nightly(), memory=memory).incidents]
    threads = [Thread(target=ah.feedback, args=(name, "ignore"), kwargs={"memory": place}) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.feedback()) == len(names)
    assert learned_of(memory.learned()) == learn(answers_of(memory))


def test_a_row_that_is_strange_by_another_column_is_no_like_of_an_ignored_one(memory):
    rng = np.random.default_rng(1)
    rows = {"amount": rng.normal(50, 5, 400), "weight": rng.normal(9, 1, 400)}
    rows["amount"][17] = 900.0
    found = ah.hunt(rows, kind="table", memory=memory)
    ah.feedback(found.incidents[0].id, "ignore", memory=memory)
    quiet = {a.rows for a in found.anomalies}
    rows["weight"][40] = 90.0
    assert [a.rows for a in ah.hunt(rows, kind="table", memory=memory).anomalies if a.rows not in quiet] == [
        (40,)
    ]


def test_an_answer_that_cannot_quiet_a_large_alarm_says_what_would(memory):
    found = ah.hunt(nightly(), memory=memory)
    large = max(found.incidents, key=lambda incident: incident.lead.score)
    effect = ah.feedback(large.id, "expected", memory=memory, preview=True)
    assert f"hunter feedback {large.id} ignore" in effect.note
    assert ah.feedback(large.id, "ignore", memory=memory, preview=True).note == ""
