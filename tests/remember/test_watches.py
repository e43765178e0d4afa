"""Watches in the store: who made them, who holds a run, what listeners are told."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from anomaly_hunter.errors import StoreBusyError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.watches.runs import KEPT_RUNS, Runs
from anomaly_hunter.remember.watches.watching import Watches, organisations
from tests.watch.watching import FILES, NOON, later

WINDOW = (later(minutes=-5), NOON)


@pytest.fixture
def store(memory):
    return memory


def told(store):
    with store.reading() as (connection, owner):
        table = schema.happening
        rows = connection.execute(select(table.c.kind, table.c.data).where(table.c.organisation_id == owner))
        return [(kind, data.get("what") or data.get("state")) for kind, data in rows]


def claimed(store, watch, window=WINDOW, holder="a", at=NOON, seconds=60):
    return Runs(store).claim(watch.id, window, holder, at, at + np.timedelta64(seconds, "s"))


def test_nothing_is_watched_before_anything_was_kept(store):
    assert Watches(store).all() == () == Watches(store).due(NOON)
    assert organisations(store) == () == Runs(store).of("none")


def test_a_watch_that_people_made_is_due_at_once_and_can_be_changed(store):
    watches = Watches(store)
    made = watches.make("  checkout   latency ", FILES, "ann", NOON)
    assert (made.name, made.origin, made.by, made.last) == ("checkout latency", "people", "ann", None)
    assert watches.due(NOON) == (made,)
    changed = watches.change(made.id, "bob", NOON, name="latency", definition=FILES | {"every": "1m"})
    assert (changed.name, changed.definition["every"]) == ("latency", "1m")
    assert not watches.change(made.id, "bob", NOON, enabled=False).enabled
    assert watches.due(NOON) == ()
    with pytest.raises(UsageError, match="pauses"):
        watches.run_now(made.id, "bob", NOON)
    watches.remove(made.id, "bob", NOON)
    assert watches.all() == ()
    assert [what for _, what in told(store)] == ["made", "changed", "paused", "removed"]
    assert watches.make("latency", FILES, "ann", NOON).id != made.id, "the name is free again"


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\x07b"])
def test_a_name_is_short_and_printable(store, name):
    with pytest.raises(UsageError, match="is called"):
        Watches(store).make(name, FILES, "ann", NOON)


def test_a_name_is_taken_once_in_an_organisation_and_free_in_another(store):
    Watches(store).make("a", FILES, "ann", NOON)
    with pytest.raises(UsageError, match="already"):
        Watches(store).make("a", FILES, "ann", NOON)
    other = replace(store, organisation="other")
    theirs = Watches(other).make("a", FILES, "eve", NOON)
    assert Watches(store).find(theirs.id) is None
    assert organisations(store) == ("default", "other")


def test_watches_of_the_file_follow_it_and_keep_what_they_saw(store):
    watches = Watches(store)
    assert watches.settle({"a": FILES, "b": FILES}, NOON) == ()
    before = watches.one("a")
    run = claimed(store, before)
    Runs(store).done(run, NOON, later(minutes=5), took_ms=1.0, points=3, incident_ids=())
    watches.settle({"b": FILES | {"every": "1h"}}, NOON)
    assert [one.name for one in watches.all()] == ["b"]
    assert watches.one("b").definition["every"] == "1h"
    watches.settle({"a": FILES, "b": FILES}, NOON)
    assert watches.one("a").id == before.id
    assert watches.one("a").seen_until == NOON
    happened = len(told(store))
    watches.settle({"a": FILES, "b": FILES}, later(minutes=1))
    assert len(told(store)) == happened, "nothing changed, nothing is told"


def test_what_stands_in_the_file_is_changed_there(store):
    watches = Watches(store)
    watches.make("mine", FILES, "ann", NOON)
    assert watches.settle({"a": FILES, "mine": FILES}, NOON) == ("mine",)
    one = watches.one("a")
    for forbidden in (
        lambda: watches.remove(one.id, "ann", NOON),
        lambda: watches.change(one.id, "ann", NOON, name="c"),
    ):
        with pytest.raises(UsageError, match=r"stands in hunter\.yaml"):
            forbidden()
    assert not watches.change(one.id, "ann", NOON, enabled=False).enabled
    watches.settle({"a": FILES}, NOON)
    assert not watches.one("a").enabled, "a pause outlasts a restart"


def test_a_window_is_held_by_one_program_and_taken_over_when_it_does_not_come_back(store):
    watch = Watches(store).make("a", FILES, "ann", NOON)
    first = claimed(store, watch)
    assert (first.state, first.attempts, first.begin, first.end) == ("running", 1, *WINDOW)
    assert claimed(store, watch, holder="b", at=later(seconds=59)) is None
    assert Runs(store).renew(first, later(seconds=120))
    assert claimed(store, watch, holder="b", at=later(seconds=119)) is None
    second = claimed(store, watch, (WINDOW[0], later(minutes=5)), "b", later(seconds=120))
    assert (second.id, second.attempts, second.end) == (first.id, 2, NOON), "the window as it was"
    assert not Runs(store).renew(first, later(seconds=999))
    assert not Runs(store).failed(first, NOON, NOON, "too late")
    with pytest.raises(StoreBusyError, match="taken over"):
        Runs(store).done(first, NOON, NOON, took_ms=1, points=1, incident_ids=())
    Runs(store).done(second, NOON, later(minutes=5), took_ms=1, points=1, incident_ids=("0a",))
    assert claimed(store, watch, at=later(minutes=10)) is None, "it was hunted"
    last = Watches(store).one("a").last
    assert (last.state, last.incident_ids, Watches(store).one("a").seen_until) == ("done", ("0a",), NOON)


def test_what_is_not_done_with_the_transaction_of_the_hunt_is_not_done(store):
    watch = Watches(store).make("a", FILES, "ann", NOON)
    run = claimed(store, watch)

    def broken_off():
        with store.at_once() as one:
            Runs(one).done(run, NOON, NOON, took_ms=1, points=1, incident_ids=())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert Watches(store).one("a").last.state == "running"


def test_a_failed_run_leaves_its_window_to_the_next(store):
    watch = Watches(store).make("a", FILES, "ann", NOON)
    assert Runs(store).failed(claimed(store, watch), NOON, later(minutes=10), "no such table")
    now = Watches(store).one("a")
    assert (now.failures, now.seen_until, now.last.error) == (1, None, "no such table")
    assert [one.id for one in Watches(store).due(later(minutes=10))] == [watch.id]
    again = claimed(store, watch, at=later(minutes=10))
    assert (again.attempts, again.error, again.id) == (1, "", now.last.id)
    Runs(store).done(again, NOON, later(minutes=15), took_ms=1, points=1, incident_ids=())
    assert Watches(store).one("a").failures == 0
    assert [kind for kind, _ in told(store)] == ["watch.changed", "watch.failed", "watch.ran"]


def test_old_runs_are_forgotten(store):
    watch = Watches(store).make("a", FILES, "ann", NOON)
    with store.at_once() as one:
        for minute in range(KEPT_RUNS + 3):
            run = claimed(one, watch, (later(minutes=minute), later(minutes=minute + 1)))
            Runs(one).done(run, NOON, NOON, took_ms=1, points=1, incident_ids=())
    runs = Runs(store).of(watch.id, 10_000)
    assert len(runs) == KEPT_RUNS
    page = Runs(store).of(watch.id, 2, runs[1].id)
    assert [one.id for one in page] == [runs[2].id, runs[3].id]
