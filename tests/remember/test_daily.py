"""Once a day what is old goes, of every organisation, by one server of several."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.remember.people.sessions import Sessions
from anomaly_hunter.remember.serving.jobs import Jobs
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.daily import DAY, prune_due
from anomaly_hunter.remember.upkeep.retention import Pruned
from tests.remember.kept import HOUR, NOON, spike_hunt

LIMITS = RememberOptions(keep_days=30)
TABLES = ("incident", "hunt", "recording", "happening", "job", "reply", "session")


def lived_in(store, at):
    """One of everything that grows old."""
    store.keep(spike_hunt(), at)
    jobs = Jobs(store, clock=lambda: at)
    job = jobs.add("hunt", "ann", {}, b"")
    jobs.finish(job.id, {})
    Replies(store, lambda: at).keep(Asked("a" * 64, "b" * 64), Reply(200, {}, b"{}"))
    ann = People(store).add(f"ann of {store.organisation}", "admin", Doer("cli:root"))
    Sessions(store).begin(ann, store.organisation.ljust(64, "0"), "token", at, address="", agent="")


def rows(store):
    with store.reading() as (connection, owner):
        return {
            name: connection.execute(
                select(func.count()).select_from(table).where(table.c.organisation_id == owner)
            ).scalar_one()
            for name in TABLES
            if (table := schema.metadata.tables[name]) is not None
        }


@pytest.fixture(params=["default", "another"])
def store(memory, request):
    return replace(memory, organisation=request.param)


def test_what_is_old_goes_in_every_organisation(memory, store):
    lived_in(store, NOON)
    assert min(rows(store).values()) >= 1
    (gone,) = prune_due(memory, LIMITS, lambda: NOON + 31 * DAY).values()
    assert (gone.incidents, gone.hunts, gone.jobs, gone.replies, gone.sessions) == (1, 1, 1, 1, 1)
    assert set(rows(store).values()) == {0}
    assert People(store).all()


def test_what_is_young_stays(memory, store):
    lived_in(store, NOON)
    before = rows(store)
    prune_due(memory, LIMITS, lambda: NOON + HOUR)
    assert rows(store) == before


@pytest.mark.parametrize(
    ("hours", "left"),
    [(13, {"session": 0, "reply": 1}), (25, {"reply": 0, "happening": 3}), (169, {"happening": 0, "job": 1})],
)
def test_each_has_its_own_time(memory, store, hours, left):
    lived_in(store, NOON)
    prune_due(memory, LIMITS, lambda: NOON + hours * HOUR)
    assert rows(store).items() >= left.items()


def test_it_is_done_once_a_day_whoever_asks(place, memory):
    lived_in(memory, NOON)
    with Store.open(place) as other:
        assert list(prune_due(memory, LIMITS, lambda: NOON)) == ["default"]
        assert prune_due(other, LIMITS, lambda: NOON + DAY - HOUR) == {}
        assert list(prune_due(other, LIMITS, lambda: NOON + DAY)) == ["default"]
        assert prune_due(memory, LIMITS, lambda: NOON + DAY) == {}


def test_of_servers_that_ask_at_the_same_moment_one_does_it(place, memory):
    memory.keep(spike_hunt(), NOON)
    started = threading.Barrier(4)
    found: list[tuple[str, Pruned]] = []

    def ask():
        with Store.open(place) as mine:
            started.wait()
            found.extend(prune_due(mine, LIMITS, lambda: NOON + 40 * DAY).items())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(name, gone.incidents) for name, gone in found] == [("default", 1)]


def test_an_empty_store_has_nothing_to_do(memory):
    assert prune_due(memory, LIMITS, lambda: NOON) == {}
    assert Happenings(memory).last_id() == 0
    assert np.timedelta64(1, "D") == DAY
