"""The store, in both databases: what is kept comes back, known things keep their ids."""

import math
from dataclasses import replace

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Cause, Evidence
from anomaly_hunter.remember.records import Change, Feedback
from anomaly_hunter.remember.store import Store
from anomaly_hunter.samples import services
from tests.builders import spike_detection, table_hunt
from tests.remember.kept import HOUR, NOON, hunt_of, spike_hunt


def answer(incident, said="cause right", **more):
    return Feedback(incident, said, NOON, **more)


# ------------------------------------------------------------ keeping


def test_what_was_kept_comes_back_whole(memory):
    hunt = spike_hunt()
    (name,) = memory.keep(hunt, NOON)
    found = memory.incident(name)
    assert found.incident == hunt.incidents[0]
    assert (found.kept.first_kept_at, found.kept.times_kept, found.kept.dataset) == (NOON, 1, "shop.csv")
    assert [said.headline for said in found.history] == [hunt.incidents[0].verdict.headline]


def test_a_verdict_comes_back_with_what_speaks_against_it_and_what_else_it_could_be(memory, tmp_path):
    services.write(tmp_path)
    around = {"events": str(tmp_path / "shop-events.json"), "graph": str(tmp_path / "shop-graph.yaml")}
    found = ah.hunt(str(tmp_path / "shop"), **around)
    names = memory.keep(found, NOON)
    worst = memory.incident(names[0]).incident.verdict
    assert worst == found.incidents[0].verdict
    assert worst.runner_up is not None
    assert worst.runner_up.behind
    assert worst.scope


def test_rows_of_a_table_come_back_too(memory):
    hunt = table_hunt()
    names = memory.keep(hunt, NOON)
    assert [memory.incident(name).incident for name in names] == list(hunt.incidents)


def test_numbers_that_json_lacks_and_text_that_no_database_holds_are_kept_as_missing(memory):
    detection = spike_detection()
    anomaly = replace(detection.anomalies[0], actual=math.nan, spread=math.inf)
    hunt = hunt_of(replace(detection, anomalies=(anomaly,)))
    odd = Evidence(
        "expected:x", "q", "half \ud800 and \x00", {"a": math.nan, "b": math.inf, "c": np.float64(2)}
    )
    verdict = replace(hunt.incidents[0].verdict, evidence=(odd,))
    incident = replace(hunt.incidents[0], verdict=verdict)
    (name,) = memory.keep(replace(hunt, incidents=(incident,)))
    back = memory.incident(name).incident
    assert math.isnan(back.lead.actual)
    assert math.isnan(back.lead.spread)
    assert back.verdict.evidence[0].numbers == {"a": None, "b": None, "c": 2.0}
    assert back.verdict.evidence[0].statement == "half ? and "


def test_the_same_hunt_kept_twice_is_one_incident_with_one_verdict(memory):
    hunt = spike_hunt()
    assert memory.keep(hunt, NOON) == memory.keep(hunt, NOON + HOUR)
    (kept,) = memory.incidents()
    assert (kept.first_kept_at, kept.last_kept_at, kept.times_kept) == (NOON, NOON + HOUR, 2)
    assert len(memory.incident(kept.id).history) == 1


def test_a_new_conclusion_joins_the_history(memory):
    hunt = spike_hunt()
    memory.keep(hunt)
    better = hunt_of(spike_detection(), cause=Cause("service", "db", "db carries it", 0.9), name="i-latenc-0")
    memory.keep(better)
    (kept,) = memory.incidents()
    assert kept.cause == ("service", "db")
    history = memory.incident(kept.id).history
    assert [said.cause for said in history] == [("event", "checkout v2.4.1"), ("service", "db")]


def test_a_later_hunt_that_overlaps_keeps_the_ids_also_when_the_onset_moved(memory):
    hunt = spike_hunt()
    (name,) = memory.keep(hunt)
    moved = spike_hunt(hours=3)
    assert moved.incidents[0].id != name
    known = memory.recognise(moved)
    assert known.incidents[0].id == name
    assert known.incidents[0].lead.id == hunt.incidents[0].lead.id
    assert known.detections[0].anomalies[0].id == hunt.incidents[0].lead.id
    assert memory.keep(moved) == (name,)
    kept = memory.incidents()[0]
    assert (kept.begin, kept.end) == (hunt.incidents[0].begin, moved.incidents[0].end)


def test_what_does_not_overlap_is_another_incident(memory):
    assert memory.keep(spike_hunt()) != memory.keep(spike_hunt(hours=48))
    assert len(memory.incidents()) == 2
    assert len(memory.incidents(most=1)) == 1


def test_an_incident_that_spans_two_kept_ones_takes_both_in(memory):
    first, second = spike_detection("a"), spike_detection("b")
    (one,) = memory.keep(hunt_of(first, name="i-a"))
    (two,) = memory.keep(hunt_of(second, name="i-b"))
    memory.add_feedback(answer(two, "cause is", cause_kind="service", cause_name="db"))
    assert memory.keep(hunt_of(first, second, name="i-c")) == (one,)
    (kept,) = memory.incidents()
    assert kept.turned_out == ("service", "db")
    assert memory.incident(two).kept.id == one
    assert len(memory.incident(one).incident.anomalies) == 2


def test_an_incident_is_not_taken_in_while_a_part_of_it_is_elsewhere(memory):
    (one,) = memory.keep(hunt_of(spike_detection("a"), name="i-a"))
    (two,) = memory.keep(hunt_of(spike_detection("b"), spike_detection("c"), name="i-b"))
    memory.keep(hunt_of(spike_detection("a"), spike_detection("b"), name="i-c"))
    assert {kept.id for kept in memory.incidents()} == {one, two}
    assert [a.subject for a in memory.incident(two).incident.anomalies] == ["c"]


def test_two_new_incidents_never_share_a_kept_one(memory):
    both = hunt_of(spike_detection("a"), spike_detection("b"), name="i-c")
    memory.keep(both)
    halves = [hunt_of(spike_detection(name), name=f"i-{name}").incidents[0] for name in "ab"]
    names = memory.keep(replace(both, incidents=tuple(halves)))
    assert len(set(names)) == 2
    assert len(memory.incidents()) == 2


def test_equal_positions_of_other_data_are_another_incident(memory):
    detection = spike_detection()
    bare = replace(detection.anomalies[0], begin=None, end=None)
    other = replace(bare, actual=bare.actual + 5)
    hunts = [hunt_of(replace(detection, anomalies=(a,))) for a in (bare, other, bare)]
    names = [memory.keep(hunt)[0] for hunt in hunts]
    assert names[0] == names[2] != names[1]


def test_organisations_share_a_store_and_never_see_each_other(place):
    with Store.open(place, "a") as ours, Store.open(place, "b") as theirs:
        assert ours.keep(spike_hunt()) == theirs.keep(spike_hunt())
        name = ours.incidents()[0].id
        ours.add_feedback(answer(name))
        assert theirs.feedback() == ()
        assert theirs.incident(name).kept.turned_out is None
        ours.learn([Change("series:x", "factor", None, 2.0, "why", NOON)])
        assert theirs.learned() == {}


# ------------------------------------------------------------ what people say


def test_the_last_word_of_people_counts_and_can_be_taken_back(memory):
    (name,) = memory.keep(spike_hunt())
    deploy = ("event", "checkout v2.4.1")
    first = memory.add_feedback(answer(name, "cause right"))
    assert memory.incident(name).kept.turned_out == deploy
    memory.add_feedback(answer(name, "cause wrong"))
    kept = memory.incident(name).kept
    assert (kept.turned_out, kept.not_it) == (None, (deploy,))
    last = memory.add_feedback(answer(name, "cause is", cause_kind="service", cause_name="db"))
    assert memory.incident(name).kept.turned_out == ("service", "db")
    assert memory.withdraw_feedback(last)
    assert not memory.withdraw_feedback(last)
    assert memory.incident(name).kept.turned_out is None
    assert [said.id for said in memory.feedback(name)] == [first, first + 1]
    assert [said.id for said in memory.feedback(name, withdrawn=True)] == [first, first + 1, last]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer("nowhere"), "no incident 'nowhere'"),
        (answer("i-latenc-0", "perhaps"), "the answer is 'perhaps'"),
        (answer("i-latenc-0", "cause is"), "names no cause"),
        (answer("i-latenc-0", anomaly_id="nothing"), "no anomaly 'nothing'"),
    ],
)
def test_feedback_on_nothing_is_refused(memory, said, words):
    memory.keep(spike_hunt())
    with pytest.raises(UsageError, match=words):
        memory.add_feedback(said)
    assert memory.feedback() == ()


def test_what_is_learned_is_written_down_with_its_reason_and_can_be_undone(memory):
    def step(after):
        return Change("series:x", "factor", None, after, f"to {after}", NOON)

    ids = [memory.learn([step(value)])[0] for value in (1.2, 1.5, 2.0)]
    assert memory.learned() == {("series:x", "factor"): 2.0}
    assert [(c.before, c.after) for c in memory.changes()] == [(None, 1.2), (1.2, 1.5), (1.5, 2.0)]
    assert memory.undo(ids[1])
    assert memory.learned() == {("series:x", "factor"): 1.2}
    assert [c.undone_at is None for c in memory.changes()] == [True, False, False]
    assert not memory.undo(ids[2])
    assert memory.undo(ids[0])
    assert memory.learned() == {}


def test_an_unknown_incident_is_a_clear_error(memory):
    with pytest.raises(UsageError, match="no incident 'nowhere'"):
        memory.incident("nowhere")
