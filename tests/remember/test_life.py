"""Incidents among people: what one can do in which state, and what hunts change about it."""

from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import FROM, MOST_TEXT, Life
from anomaly_hunter.remember.records import ACTIVE, STATES, Feedback
from anomaly_hunter.remember.store import Store
from tests.builders import spike_detection, verdict
from tests.remember.kept import HOUR, NOON, hunt_of, later, spike_hunt

DO = {
    "acknowledge": lambda life, name: life.acknowledge(name, "ann"),
    "assign": lambda life, name: life.assign(name, "team", "ann"),
    "resolve": lambda life, name: life.resolve(name, "ann", "rolled back"),
    "reopen": lambda life, name: life.reopen(name, "ann", "it is back"),
    "mute": lambda life, name: life.mute(name, "ann"),
}
BECOMES = {
    "acknowledge": "acknowledged", "assign": "assigned", "resolve": "resolved", "reopen": "reopened",
    "mute": "muted",
}  # fmt: skip
TO = {
    "open": (), "acknowledged": ("acknowledge",), "assigned": ("assign",), "resolved": ("resolve",),
    "reopened": ("resolve", "reopen"), "muted": ("mute",),
}  # fmt: skip


@pytest.fixture
def name(memory):
    return memory.keep(spike_hunt(), NOON)[0]


@pytest.fixture
def life(memory):
    return Life(memory, lambda: NOON + HOUR)


def actions(life, name):
    return [one.action for one in life.history(name)]


def longer(hunt, hours):
    """The same incident, its data going on for so many hours more."""
    (incident,) = hunt.incidents
    lead = replace(incident.anomalies[0], end=incident.anomalies[0].end + hours * HOUR)
    incident = replace(incident, anomalies=(lead,), end=lead.end)
    return replace(hunt, incidents=(incident,))


def graver(hunt, by):
    (incident,) = hunt.incidents
    said = replace(incident.verdict, severity=incident.verdict.severity + by)
    return replace(hunt, incidents=(replace(incident, verdict=said),))


@pytest.mark.parametrize("state", TO)
@pytest.mark.parametrize("verb", DO)
def test_what_fits_the_state_is_done_and_what_does_not_is_refused_by_its_name(life, name, state, verb):
    for step in TO[state]:
        DO[step](life, name)
    before = life.history(name)
    if state in FROM[verb]:
        kept = DO[verb](life, name)
        assert kept.state == BECOMES[verb]
        last = life.history(name)[-1]
        assert (last.by, last.at) == ("ann", NOON + HOUR)
        assert len(life.history(name)) == len(before) + 1
    else:
        with pytest.raises(UsageError, match=f"is {state}, one cannot {verb} it"):
            DO[verb](life, name)
        assert life.history(name) == before


def test_every_state_but_merged_can_be_reached_and_left():
    assert {*BECOMES.values(), "open", "merged"} == set(STATES)
    assert set(ACTIVE) < set(STATES)


def test_the_history_says_who_did_what_and_why(life, name):
    DO["assign"](life, name)
    life.comment(name, "  looking at it\x00 ", "bob")
    DO["mute"](life, name)
    DO["reopen"](life, name)
    DO["resolve"](life, name)
    told = [(one.action, one.by, one.before, one.after, one.text) for one in life.history(name)]
    assert told == [
        ("opened", "", None, "open", ""),
        ("assigned", "ann", None, "team", ""),
        ("commented", "bob", None, None, "looking at it"),
        ("muted", "ann", "assigned", "", ""),
        ("unmuted", "ann", "muted", "reopened", "it is back"),
        ("resolved", "ann", "reopened", "resolved", "rolled back"),
    ]


def test_what_is_done_is_told_to_those_who_listen(memory, life, name):
    feed = Happenings(memory)
    last = feed.last_id()
    life.assign(name, "team", "ann")
    (one,) = feed.since(last)
    assert (one.kind, one.about) == ("incident.assigned", name)
    assert one.data == {
        "id": name, "headline": verdict().headline, "severity": verdict().severity, "state": "assigned",
        "owner": "team", "by": "ann", "subject": "latency_ms", "silenced": None,
    }  # fmt: skip
    assert feed.since(feed.last_id()) == ()


def test_an_answer_is_part_of_the_history(memory, life, name):
    said = memory.add_feedback(Feedback(name, "real", NOON, "ann", note="it hurt"))
    memory.withdraw_feedback(said, NOON)
    told = [(one.action, one.before, one.after, one.text) for one in life.history(name)[1:]]
    assert told == [("feedback", None, "real", "it hurt"), ("feedback", "real", None, "taken back")]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda life, name: life.assign(name, " ", "ann"), "to be assigned to ''"),
        (lambda life, name: life.comment(name, " \x00", "ann"), "comment is empty"),
        (lambda life, name: life.comment(name, "x" * (MOST_TEXT + 1), "ann"), "10,001 characters"),
        (lambda life, name: life.mute(name, "ann", NOON), "muted until"),
        (lambda life, name: life.resolve("nowhere", "ann"), "no incident 'nowhere'"),
        (lambda life, name: life.history("\x00\ud800"), "no incident"),
    ],
)
def test_what_makes_no_sense_is_refused(life, name, call, words):
    with pytest.raises(UsageError, match=words):
        call(life, name)
    assert actions(life, name) == ["opened"]


@pytest.mark.parametrize("verbs", [(), ("acknowledge",), ("assign",), ("resolve",), ("mute",)])
def test_late_data_and_restarts_change_an_incident_and_never_double_it(memory, life, name, verbs):
    for verb in verbs:
        DO[verb](life, name)
    state = memory.incidents()[0].state
    memory.keep(spike_hunt(), NOON + 2 * HOUR)  # the same once more: a restart
    memory.keep(spike_hunt(hours=-2), NOON + 3 * HOUR)  # earlier data, come late
    (kept,) = memory.incidents()
    assert (kept.id, kept.state, kept.times_kept) == (name, state, 3)


def test_a_resolved_incident_reopens_only_when_its_data_go_on(memory, life, name):
    DO["resolve"](life, name)
    memory.keep(spike_hunt(), NOON + 2 * HOUR)
    assert memory.incidents()[0].state == "resolved"
    memory.keep(longer(spike_hunt(), 1), NOON + 3 * HOUR)
    assert memory.incidents()[0].state == "reopened"
    last = life.history(name)[-1]
    assert (last.action, last.by, last.text) == ("reopened", "", "it went on")
    memory.keep(longer(spike_hunt(), 2), NOON + 4 * HOUR)
    assert actions(life, name).count("reopened") == 1


def test_a_muted_incident_stays_quiet_until_the_time_is_over_and_it_goes_on(memory, life, name):
    end = memory.incidents()[0].end
    early = Life(memory, lambda: end - HOUR)
    early.mute(name, "ann", end + 2 * HOUR)
    memory.keep(longer(spike_hunt(), 2), NOON + HOUR)
    assert memory.incidents()[0].state == "muted"
    memory.keep(longer(spike_hunt(), 3), NOON + 2 * HOUR)
    kept = memory.incidents()[0]
    assert (kept.state, kept.muted_until) == ("reopened", None)


def test_a_muted_incident_is_heard_when_it_is_two_severity_worse_also_step_by_step(memory, life, name):
    DO["mute"](life, name)
    memory.keep(graver(spike_hunt(), 1.2), NOON + 2 * HOUR)
    assert memory.incidents()[0].state == "muted"
    memory.keep(graver(spike_hunt(), 2.1), NOON + 3 * HOUR)
    assert memory.incidents()[0].state == "reopened"
    assert life.history(name)[-1].text == "it is 2.1 worse than when it was muted"


def test_a_new_conclusion_is_a_line_of_the_history_and_the_same_one_is_not(memory, life, name):
    memory.keep(spike_hunt(), NOON + HOUR)
    assert actions(life, name) == ["opened"]
    memory.keep(graver(spike_hunt(), 0.5), NOON + 2 * HOUR)
    assert actions(life, name) == ["opened", "verdict"]


def merged(memory, first_does, second_does):
    """Two incidents in which somebody did something, then found to be one."""
    life = Life(memory)
    (one,) = memory.keep(hunt_of(spike_detection("a"), name="i-a"), NOON)
    (two,) = memory.keep(hunt_of(spike_detection("b"), name="i-b"), NOON + HOUR)
    for name, verbs in ((one, first_does), (two, second_does)):
        for verb in verbs:
            DO[verb](life, name)
    whole = hunt_of(spike_detection("a"), spike_detection("b"), name="i-c")
    assert memory.keep(whole, NOON + 2 * HOUR) == (one,)
    return one, two


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ((), (), "open"),
        ((), ("acknowledge",), "acknowledged"),
        (("acknowledge",), ("assign",), "assigned"),
        (("resolve",), (), "reopened"),
        (("resolve",), ("resolve",), "resolved"),
        (("mute",), ("acknowledge",), "muted"),
        (("assign",), ("resolve",), "assigned"),
    ],
)
def test_an_incident_that_takes_another_in_has_the_state_that_needs_somebody(memory, first, second, state):
    one, _ = merged(memory, first, second)
    assert [(kept.id, kept.state) for kept in memory.incidents()] == [(one, state)]


def test_an_incident_that_takes_another_in_has_its_owner_history_and_comments(memory):
    life = Life(memory)
    (two,) = memory.keep(hunt_of(spike_detection("b"), name="i-b"), NOON)
    life.assign(two, "team", "ann")
    life.comment(two, "mine", "ann")
    memory.add_feedback(Feedback(two, "cause is", NOON, cause_kind="service", cause_name="db"))
    (one,) = memory.keep(hunt_of(spike_detection("a"), name="i-a"), NOON + HOUR)
    whole = hunt_of(spike_detection("a"), spike_detection("b"), name="i-c")
    assert memory.keep(whole, NOON + 2 * HOUR) == (one,)
    (kept,) = memory.incidents()
    assert (kept.owner, kept.state, kept.first_kept_at) == ("team", "assigned", NOON)
    assert kept.turned_out == ("service", "db")
    told = life.history(one)
    assert [one.text for one in told if one.action == "commented"] == ["mine"]
    assert [(one.before, one.after) for one in told if one.action == "merged"] == [(two, one)]
    assert life.comment(two, "under its old id", "bob").id == one
    assert life.history(two) == life.history(one)
    assert life.resolve(two, "ann").state == "resolved"


def test_incidents_that_were_taken_in_one_after_the_other_end_in_one(memory):
    one, two = merged(memory, (), ())
    (three,) = memory.keep(hunt_of(later(spike_detection("c"), 0), name="i-d"), NOON)
    Life(memory).comment(three, "third", "ann")
    whole = hunt_of(*(spike_detection(name) for name in "cab"), name="i-e")
    assert memory.keep(whole, NOON + 3 * HOUR) == (three,)
    assert {memory.incident(name).kept.id for name in (one, two)} == {three}
    assert [one.before for one in Life(memory).history(two) if one.action == "merged"] == [two, one]


def test_two_people_at_once_one_is_told_that_the_other_was_faster(place):
    with Store.open(place) as mine, Store.open(place) as yours:
        (name,) = mine.keep(spike_hunt(), NOON)
        Life(mine).acknowledge(name, "ann")
        with pytest.raises(UsageError, match="is acknowledged, one cannot acknowledge it"):
            Life(yours).acknowledge(name, "bob")


def test_rows_without_a_clock_have_a_life_too(memory):
    detection = spike_detection()
    bare = replace(detection.anomalies[0], begin=None, end=None)
    hunt = hunt_of(replace(detection, anomalies=(bare,)))
    (name,) = memory.keep(hunt, NOON)
    Life(memory).resolve(name, "ann")
    memory.keep(hunt, NOON + np.timedelta64(1, "D"))
    assert memory.incidents()[0].state == "resolved"
