"""Silences and maintenance windows: what they mean, when they hold, what they do."""

import time
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.matching import holds, matches
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.life.views import Views
from anomaly_hunter.remember.lists.listing import Listing
from anomaly_hunter.remember.records import Matcher, Silence, View
from tests.builders import spike_detection
from tests.remember.kept import HOUR, NOON, hunt_of, spike_hunt

LATENCY = Silence(Matcher("latency*"), NOON - HOUR, NOON + 3 * HOUR, by="ann", reason="deploy")


def silences(memory, at=NOON - 30 * HOUR):
    return Silences(memory, lambda: at)


def test_what_fits_is_kept_counted_and_said_to_be_quiet(memory):
    made = silences(memory).add(LATENCY)
    quiet, heard = spike_hunt(), spike_hunt(name="errors")
    (one,) = memory.keep(quiet, NOON)
    memory.keep(heard, NOON)
    assert memory.incident(one).kept.silenced == made.id
    assert Listing(memory).counts()["silenced"] == silences(memory).counted(made.id) == 1
    told = {h.about: h.data["silenced"] for h in Happenings(memory).since(0) if h.kind == "incident.opened"}
    assert sorted(told.values(), key=str) == sorted([made.id, None], key=str)
    assert [line.action for line in Life(memory).history(one)] == ["opened", "silenced"]


def test_what_goes_on_after_the_silence_is_heard_again(memory):
    made = silences(memory).add(LATENCY)
    (one,) = memory.keep(spike_hunt(), NOON)
    memory.keep(spike_hunt(), NOON + 2 * HOUR)
    assert memory.incident(one).kept.silenced == made.id
    memory.keep(spike_hunt(), NOON + 3 * HOUR)
    assert memory.incident(one).kept.silenced is None
    assert [line.action for line in Life(memory).history(one)] == ["opened", "silenced", "unsilenced"]
    assert silences(memory).counted(made.id) == 1


def test_adding_and_ending_one_counts_at_once(memory):
    (one,) = memory.keep(spike_hunt(), NOON - 2 * HOUR)
    during = silences(memory, NOON)
    first, second = during.add(LATENCY), during.add(replace(LATENCY, matcher=Matcher()))
    assert memory.incident(one).kept.silenced == first.id
    assert during.end(first.id, "bob").ended_at == NOON
    assert memory.incident(one).kept.silenced == second.id
    during.end(second.id, "bob")
    assert memory.incident(one).kept.silenced is None
    assert during.active(NOON) == ()
    assert [one.id for one in during.active(NOON - HOUR)] == sorted([first.id, second.id])
    assert {one.id for one in during.all()} == {first.id, second.id}
    with pytest.raises(UsageError, match="ended already"):
        during.end(first.id, "bob")


def test_labels_of_the_series_that_leads_can_be_meant(memory):
    detection = spike_detection("cpu")
    assert detection.series is not None
    series = replace(detection.series, labels={"host": "db-1"})
    lead = replace(detection.anomalies[0], subject_id=series.id)
    detection = replace(detection, series=series, anomalies=(lead,))
    silences(memory).add(replace(LATENCY, matcher=Matcher(labels={"host": "DB-?"})))
    (one,) = memory.keep(hunt_of(detection), NOON)
    (two,) = memory.keep(spike_hunt(name="other"), NOON)
    assert memory.incident(one).kept.silenced is not None
    assert memory.incident(two).kept.silenced is None


def fits(glob, value):
    return matches(Matcher(glob), subject=value, dataset="", labels={}, severity=5.0)


@pytest.mark.parametrize(
    ("glob", "value", "fit"),
    [
        ("*", "", True), ("", "x", True), ("a*", "abc", True), ("a*", "bac", False), ("*c", "abc", True),
        ("a?c", "aBc", True), ("a?c", "ac", False), ("[ab]", "a", False), ("[ab]", "[AB]", True),
        ("a*b*c", "aXbXc", True), ("a*b*c", "acb", False), ("*b*", "abc", True), ("a*a", "a", False),
        ("a*b*b", "ab", False), ("**x**", "axb", True), ("a.c", "abc", False), ("a\n*", "a\nb", True),
        ("*ab*ab", "abab", True), ("*ab*ab", "ab", False),
    ],
)  # fmt: skip
def test_stars_and_question_marks_stand_for_characters_and_nothing_else_does(glob, value, fit):
    assert fits(glob, value) is fit


def test_no_glob_is_slow():
    started = time.process_time()
    assert not fits("a*" * 99 + "b", "a" * 20_000)
    assert not fits("*a?" * 60 + "b", "a" * 20_000)
    assert time.process_time() - started < 5


def test_severity_bounds_are_part_of_the_matcher():
    bounded = Matcher(least_severity=2.0, most_severity=6.0)
    fit = [
        matches(bounded, subject="", dataset="", labels={}, severity=severity)
        for severity in (1.9, 2.0, 6.0, 6.1)
    ]
    assert fit == [False, True, True, False]


@pytest.mark.parametrize(
    ("repeat", "hours", "held"),
    [
        ("", 0, True), ("", 4, False), ("", 24, False),
        ("daily", 24 * 40 + 1, True), ("daily", 24 * 40 + 5, False),
        ("weekly", 24, False), ("weekly", 24 * 7 * 9 + 3, True), ("daily", -24, False),
    ],
)  # fmt: skip
def test_a_window_comes_again_every_day_or_week(repeat, hours, held):
    window = Silence(Matcher(), NOON, NOON + 4 * HOUR, repeat=repeat)
    assert holds(window, NOON + hours * HOUR) is held


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": NOON - 2 * HOUR}, {"kind": "pause"}, {"repeat": "hourly"},
        {"repeat": "daily", "ends_at": NOON + 30 * HOUR}, {"matcher": Matcher("x" * 201)},
        {"matcher": Matcher(least_severity=7, most_severity=3)},
        {"matcher": Matcher(labels={str(i): "x" for i in range(21)})},
        {"ends_at": np.datetime64("NaT", "ns")},
    ],
)  # fmt: skip
def test_a_silence_that_makes_no_sense_is_refused(memory, wrong):
    with pytest.raises(UsageError):
        silences(memory).add(replace(LATENCY, **wrong))
    assert silences(memory).all() == ()


def test_what_was_kept_comes_back(memory):
    given = Silence(
        Matcher("a*", "b?", {"k": "v"}, 1.0, 9.0), NOON, NOON + HOUR, "maintenance", "weekly", "why", "ann"
    )
    made = silences(memory).add(given)
    assert silences(memory).one(made.id) == made
    assert replace(made, id="", made_at=None) == given
    with pytest.raises(UsageError, match="no silence 'nowhere'"):
        silences(memory).counted("nowhere")


def test_views_are_kept_by_page_and_name(memory):
    views = Views(memory)
    first = views.add(View("mine", "incidents", "state=open", "ann"))
    second = views.add(View("mine", "incidents", "state=muted", "bob"))
    other = views.add(View("mine", "watches", "", "bob"))
    assert views.all() == (second, other)
    assert views.all("watches") == (other,)
    with pytest.raises(UsageError, match="no view"):
        views.remove(first.id)
    assert views.remove(second.id) == second
    with pytest.raises(UsageError):
        views.add(View(" ", "incidents", ""))
