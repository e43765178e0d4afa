"""`hunter feedback` and `hunter stats` as a person calls them."""

from __future__ import annotations

import json

import pytest

from anomaly_hunter.cli.stats import bar


@pytest.fixture
def incident(hunter, latency):
    """An incident that is remembered in this folder."""
    assert hunter("init").code == 0
    assert hunter("detect", latency, "-q").code == 0
    [found, *_] = json.loads(hunter("incidents", "list", "--json").out)
    return found["id"]


def test_an_answer_is_previewed_kept_and_taken_back(hunter, latency, incident):
    would = hunter("feedback", "--preview", incident, "ignore")
    assert "Nothing was kept" in would.out
    assert "Past alarms that would go: 1" in would.out
    ran = hunter("feedback", incident, "ignore", "--why", "load test")
    assert ran.code == 0
    assert "Kept as answer 1." in ran.out
    assert "Take it back: hunter feedback undo 1" in ran.out
    assert json.loads(hunter("detect", latency, "-o", "json").out)["incident_count"] == 0
    assert "Past alarms that would come back: 1" in hunter("feedback", "--preview", "undo").out
    assert json.loads(hunter("detect", latency, "-o", "json").out)["incident_count"] == 0
    assert "Past alarms that are back: 1" in hunter("feedback", "undo").out
    assert json.loads(hunter("detect", latency, "-o", "json").out)["incident_count"] == 1


def test_an_answer_may_tell_the_cause_alone(hunter, incident):
    ran = hunter("feedback", incident, "--cause", "disk swap", "--acted")
    assert ran.code == 0
    assert "disk swap" in hunter("incidents", "show", incident).out


def test_the_figures_are_printed_for_people_and_programs(hunter, incident):
    assert "No answers yet" in hunter("stats").out
    hunter("feedback", incident, "real", "--acted")
    text = hunter("stats").out
    assert "Incidents remembered: 1, answered on: 1" in text
    assert "real alarms by week of the answer (Monday)" in text
    found = json.loads(hunter("stats", "-o", "json").out)
    assert found["real"]["hits"] == found["acted"]["hits"] == 1
    assert found["cause"]["share"] is None
    assert found["calibration"] == []


def test_calibration_is_drawn_where_causes_were_answered_on(hunter, latency, tmp_path):
    hunter("init")
    (tmp_path / "events.csv").write_text("time,kind,title\n2026-03-17T15:50:00Z,deploy,api v3\n")
    hunter("detect", latency, "--events", tmp_path / "events.csv", "-q")
    [found, *_] = json.loads(hunter("incidents", "list", "--json").out)
    ran = hunter("feedback", found["id"], "real", "--cause", "right")
    assert "confidence:" in ran.out
    assert "weight of Change Detective:" in ran.out
    assert "| stated confidence, o causes that were right" in hunter("stats").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("undo",), "no answer to take back"),
        (("undo", "x"), "the number of an answer"),
        (("nobody", "real"), "no incident 'nobody'"),
        (("nobody", "real", "too"), "one word too many"),
        (("undo", "--cause", "right"), "came with something to say"),
        (("history", "real"), "one word too many"),
    ],
)
def test_wrong_calls_end_with_2_and_say_the_cure(hunter, arguments, said):
    hunter("init")
    ran = hunter("feedback", *arguments)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize("command", [("stats",), ("feedback", "x", "real")])
def test_without_a_memory_there_is_nothing_to_say(hunter, command):
    ran = hunter(*command)
    assert ran.code == 2
    assert "nothing is remembered here" in ran.err


def test_a_bar_shows_interval_stated_and_right():
    assert bar(0.0, 0.0, 0.1, 1.0) == "o----" + " " * 35 + "|"
