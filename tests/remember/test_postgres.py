"""What is particular to PostgreSQL: a server, its locks, its migrations."""

import multiprocessing
import threading
from dataclasses import replace

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from anomaly_hunter.errors import StoreBusyError, StoreError
from anomaly_hunter.model import Spent
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.fingerprint import fingerprint
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.records import Change, Feedback
from anomaly_hunter.remember.store import Store
from tests.builders import table_hunt
from tests.remember.kept import NOON, spike_hunt
from tests.remember.test_recorded import HUNTS, assert_same
from tests.remember.test_spending import DAY, spend_often

pytestmark = pytest.mark.slow


@pytest.fixture
def place(postgres):
    return postgres


def test_what_was_kept_comes_back_whole(place):
    with Store.open(place, "whole") as memory:
        for hunt in (spike_hunt(), table_hunt()):
            names = memory.keep(hunt, NOON)
            assert memory.keep(hunt, NOON) == names
            assert [memory.incident(name).incident for name in names] == list(hunt.incidents)
        assert {kept.times_kept for kept in memory.incidents()} == {2}
        later = spike_hunt(hours=72)
        prints = [fingerprint(later, later.incidents[0])]
        assert memory.past([later.incidents[0].anomalies], prints)[0][0].similarity > 0.9


def test_answers_and_changes_work_as_in_sqlite(place):
    with Store.open(place, "answers") as memory:
        (name,) = memory.keep(spike_hunt())
        said = memory.add_feedback(Feedback(name, "cause right", NOON, by="ann"))
        assert memory.incident(name).kept.turned_out == ("event", "checkout v2.4.1")
        (change,) = memory.learn([Change("series:x", "factor", None, {"a": 1.5}, "why", NOON, said)])
        assert memory.learned() == {("series:x", "factor"): {"a": 1.5}}
        assert memory.undo(change)
        assert memory.learned() == {}
        assert memory.withdraw_feedback(said)


def test_the_migrations_make_the_tables_of_the_schema(place):
    with Store.open(place) as memory, memory.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_many_writers_at_once_lose_nothing(place):
    failed = []

    def keep(number):
        try:
            with Store.open(place, "many") as memory:
                memory.keep(spike_hunt(hours=48 * number), NOON + np.timedelta64(number, "s"))
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store.open(place, "many") as memory:
        assert len(memory.incidents()) == 6


def test_what_models_answered_and_cost_is_kept_as_in_sqlite(place):
    with Store.open(place, "models") as memory, Store.open(place, "others") as others:
        memory.keep_answer("ab" * 32, "first")
        memory.keep_answer("ab" * 32, '{"claim": "\u00e4"}')
        assert (memory.answer("ab" * 32), others.answer("ab" * 32)) == ('{"claim": "\u00e4"}', None)
        assert memory.pseudonym_key() == memory.pseudonym_key() != others.pseudonym_key()


def test_several_programs_lose_no_cent(place):
    programs = multiprocessing.get_context("spawn")
    running = [programs.Process(target=spend_often, args=(place, 10)) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    with Store.open(place) as memory:
        assert memory.spent(DAY) == Spent(requests=30, tokens=300, usd=15.0)


def test_a_locked_store_and_a_server_that_is_not_there_are_said(place):
    with Store.open(place, "locked") as memory, Store.open(place, "locked", wait_s=0.2) as waiting:
        memory.keep(spike_hunt())
        with memory.writing(), pytest.raises(StoreBusyError, match="locked by another program"):
            waiting.keep(spike_hunt(hours=48))
    with pytest.raises(StoreError, match="does not answer"):
        Store.open("postgresql://hunter:secret@/postgres?host=/nowhere", wait_s=1)
    with pytest.raises(StoreError) as error:
        Store.open("postgresql://hunter:secret@/postgres?host=/nowhere", wait_s=1)
    assert "secret" not in str(error.value)


def test_hunts_are_kept_as_in_sqlite(place):
    with Store.open(place, "recorded") as memory:
        recordings = Recordings(memory)
        for number, name in enumerate(("series", "table", "channels", "gaps", "extreme")):
            found, hunt_id = HUNTS[name](), f"0123456789{number:02}"
            memory.keep(found, NOON, hunt_id=hunt_id)
            for subject, detection in zip(recordings.subjects(hunt_id), found.detections, strict=True):
                assert subject.whole
                assert_same(detection, recordings.detection(hunt_id, subject.id))
                assert recordings.overview(hunt_id, subject.id).total == subject.points
        unfriendly = replace(spike_hunt(), dataset=HUNTS["hostile"]().dataset)
        memory.keep(unfriendly, NOON, hunt_id="ffffffffffff")
        assert recordings.dataset("ffffffffffff").notes == unfriendly.dataset.notes
        assert len(recordings.hunts(most=3).items) == 3
