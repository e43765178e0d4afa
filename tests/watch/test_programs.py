"""Programs beside each other, and programs that are killed: each window is hunted exactly once."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from tests.remember.servers import binary, server
from tests.watch.programs import schedule_of
from tests.watch.watching import NOON, Clock, later, write_metrics

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    if request.param == "sqlite":
        yield str(tmp_path_factory.mktemp("store") / "memory.db")
        return
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if binary("initdb") is None:
        missing = "there is no PostgreSQL server here: apt-get install postgresql"
        (pytest.fail if os.environ.get("HUNTER_TEST_POSTGRES") == "required" else pytest.skip)(missing)
    with tempfile.TemporaryDirectory(prefix="hunter-pg-") as folder, server(Path(folder)) as url:
        yield url


@pytest.fixture(autouse=True)
def emptied(place):
    """Each test begins without watches, runs and incidents."""
    with Store.open(place) as store, store.writing() as (connection, _):
        for table in reversed(schema.metadata.sorted_tables):
            if table.name != "organisation":
                connection.execute(table.delete())


@pytest.fixture
def folder(tmp_path):
    write_metrics(tmp_path / "metrics.csv", NOON, spikes=[later(minutes=-30)])
    return tmp_path


def started(*arguments):
    command = [sys.executable, "-m", "tests.watch.programs", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_programs_side_by_side_hunt_every_window_once(place, folder):
    with Store.open(place):
        programs = [started("walk", place, folder, 25) for _ in range(3)]
    for program in programs:
        assert "Traceback" not in program.communicate()[1]
        assert program.returncode == 0
    with Store.open(place) as store:
        runs = list(reversed(Runs(store).of(Watches(store).one("shop").id)))
        with store.reading() as (connection, _):
            ran = connection.execute(
                select(func.count()).where(schema.happening.c.kind == "watch.ran")
            ).scalar()
    assert [run.state for run in runs] == ["done"] * len(runs)
    assert len(runs) == ran, "each was told once"
    assert all(a.end == b.begin for a, b in pairwise(runs)), "no gap, no overlap"
    assert runs[-1].end == later(minutes=5 * 24)


@pytest.mark.parametrize("where", ["hunting", "keeping"])
def test_a_program_that_is_killed_in_the_middle_leaves_its_window_to_the_next(place, folder, where):
    program = started("hang", place, folder, where)
    while not (folder / "begun").exists():
        assert program.poll() is None, program.stderr.read()
        time.sleep(0.005)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    clock = Clock(NOON)
    schedule = schedule_of(place, folder, clock)
    store = schedule.store
    assert Watches(store).one("shop").last.state == "running"
    assert store.incidents() == ()
    assert asyncio.run(schedule.once()) == (), "nobody knows yet that it is gone"
    clock.move(seconds=11)
    (outcome,) = asyncio.run(schedule.once())
    assert (outcome.error, outcome.run.attempts) == ("", 2)
    assert (outcome.run.begin, outcome.run.end) == (later(days=-1), NOON)
    assert asyncio.run(schedule.once()) == ()
    with store.reading() as (connection, _):
        hunts = connection.execute(select(func.count()).select_from(schema.hunt)).scalar()
    assert hunts == 1
    assert [kept.times_kept for kept in store.incidents()] == [1]
    assert Watches(store).one("shop").seen_until == NOON
    store.close()


def test_who_comes_back_after_another_took_over_keeps_nothing(place, folder):
    clock = Clock(NOON)
    schedule = schedule_of(place, folder, clock)
    kept = schedule.hunts

    async def overtaken(data, around, settings, store, origin):
        clock.move(seconds=11)
        other = schedule_of(place, folder, clock)
        assert len(await other.once()) == 1
        other.store.close()
        return await kept(data, around, settings, store, origin)

    schedule.hunts = overtaken
    (outcome,) = asyncio.run(schedule.once())
    assert "taken over by another program" in outcome.error
    (run,) = Runs(schedule.store).of(Watches(schedule.store).one("shop").id)
    assert (run.state, run.attempts, run.error) == ("done", 2, "")
    assert [one.times_kept for one in schedule.store.incidents()] == [1]
    schedule.store.close()


def test_ten_hours_off_are_one_window(place, folder):
    clock = Clock(NOON)
    schedule = schedule_of(place, folder, clock)
    asyncio.run(schedule.once())
    write_metrics(folder / "metrics.csv", later(hours=10), spikes=[later(hours=4)])
    clock.move(hours=10)
    (outcome,) = asyncio.run(schedule.once())
    assert (outcome.run.begin, outcome.run.end) == (NOON, later(hours=10))
    assert outcome.kept.points == 600
    assert len(outcome.kept.incident_ids) == 1
    schedule.store.close()
