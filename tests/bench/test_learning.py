"""The simulation of learning: simulated people, and that it helps."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench import bench
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.people import AGENTS, People, alarms, verdict_of
from anomaly_hunter.bench.what.learning import AFTER, course, quality, summary
from anomaly_hunter.model import IgnoreRule, Learned


def test_it_needs_no_folder():
    assert bench.chosen_whats(Asked(), ["learning"]) == ["learning"]


def test_a_course_is_the_same_at_every_run_and_begins_without_a_difference():
    rows = course(("one series", 3))
    assert rows == course(("one series", 3))
    assert [row["answers"] for row in rows] == list(AFTER)
    assert all(rows[0][f"on_{key}"] == rows[0][f"off_{key}"] for key in ("f1", "cause", "ece"))


def test_answers_help_people_whose_tolerance_is_their_own():
    rows = [row for seed in range(4) for row in course(("one series", seed))]
    [last] = [row for row in summary(rows) if row["answers"] == 50]
    assert last["on_f1"] > last["off_f1"] + 0.05
    assert last["on_cause"] > last["off_cause"]


def test_agents_are_right_as_often_as_they_are_made_to_be():
    told = list(People("usual", 1).happenings(2_000, 5))
    for place, share in enumerate(AGENTS.values()):
        right = np.mean([h.opinions[place].cause == h.cause for h in told])
        assert abs(right - share) < 0.04


def test_people_who_change_their_mind_want_other_alarms_afterwards():
    before, after = People("change of mind", 2).tolerances
    assert before != after
    assert len(set(People("usual", 2).tolerances)) == 1


def test_quality_of_alarms_that_are_exactly_the_wanted_ones_is_one():
    told = [h for h in People("usual", 1).happenings(300, 5) if not h.nightly]
    wanted = [h for h in told if h.wanted and alarms(h, Learned())]
    assert quality(wanted, Learned()).f1 == 1.0
    weights = Learned(weights={"hasty": 0.5, "average": 0.5, "thorough": 1.5})
    assert quality(told, weights).cause > quality(told, Learned()).cause


def test_an_ignored_happening_does_not_alarm_and_the_surest_cause_is_named():
    told = next(h for h in People("usual", 1).happenings(300, 5) if alarms(h, Learned()))
    rule = IgnoreRule("1", told.seen.series_id, "spike", "up", 99.0, 999.0)
    assert not alarms(told, Learned(rules=(rule,)))
    cause, sure = verdict_of(told.opinions[:1], Learned())
    assert (cause, sure) == (told.opinions[0].cause, told.opinions[0].confidence)
