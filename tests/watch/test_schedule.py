"""The schedule: no window twice, none left out, whatever stops in between."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.config import Settings, override, watch_of
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Event
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from anomaly_hunter.watch.data import Rules
from anomaly_hunter.watch.hunting import KeptRun
from anomaly_hunter.watch.people import Allowed
from anomaly_hunter.watch.schedule import MOST_ATTEMPTS, Outcome, Schedule, in_process
from tests.stores import new_store
from tests.watch.watching import NOON, Clock, later, write_metrics

EVERY = {"every": "5m", "history": "1d", "delay": "0s"}


@pytest.fixture
def folder(tmp_path):
    write_metrics(tmp_path / "metrics.csv", NOON)
    return tmp_path


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "memory.db") as opened:
        yield opened


@pytest.fixture
def clock():
    return Clock()


class Counting:
    """Instead of a hunt: marks the run as done, or fails as long as it is told to."""

    def __init__(self):
        self.hunted = []
        self.error = None

    async def __call__(self, data, around, settings, store, origin):
        run = origin.run
        if self.error is not None:
            raise self.error
        self.hunted.append((run.watch_id, run.begin, run.end))
        with store.at_once() as one:
            Runs(one).done(run, origin.at, origin.next_at, took_ms=1.0, points=5, incident_ids=())
        return KeptRun(5, (), 0, "", 0.0, 1.0)


def schedule_of(store, folder, clock, hunts=in_process, watches=None, **more):
    given = {"shop": {"files": str(folder / "metrics.csv"), **EVERY}} if watches is None else watches
    settings = replace(Settings(), watches={name: watch_of(name, one) for name, one in given.items()})
    made = Schedule(settings, store, Rules({}, Allowed.of([str(folder)])), hunts, clock=clock, **more)
    made.settle()
    return made


def once(schedule):
    return asyncio.run(schedule.once())


def windows(runs):
    return [(run.begin, run.end, run.state) for run in reversed(runs)]


def test_windows_meet_without_gap_or_overlap_also_after_downtime(store, folder, clock):
    hunts = Counting()
    schedule = schedule_of(store, folder, clock, hunts)
    assert len(once(schedule)) == 1
    assert once(schedule) == (), "the next one is not complete yet"
    clock.move(minutes=5)
    once(schedule)
    clock.move(hours=3, minutes=2)
    once(schedule_of(store, folder, clock, hunts))
    clock.move(days=9)
    once(schedule)
    ends = [(begin, end) for _, begin, end in hunts.hunted]
    assert ends == [
        (later(days=-1), NOON),
        (NOON, later(minutes=5)),
        (later(minutes=5), later(hours=3, minutes=5)),
        (later(days=8, hours=3, minutes=5), later(days=9, hours=3, minutes=5)),  # no longer than the history
    ]


def test_a_failing_source_backs_off_shows_its_error_and_recovers(store, folder, clock):
    hunts = Counting()
    schedule = schedule_of(store, folder, clock, hunts)
    hunts.error = DataError("no such table", "one", "mend it")
    waits = []
    for _ in range(4):
        assert "no such table" in once(schedule)[0].error
        watch = Watches(store).one("shop")
        waits.append(float((watch.next_at - clock()) / np.timedelta64(1, "s")))
    assert (watch.failures, watch.seen_until, watch.last.state) == (4, None, "failed")
    assert [round(wait / 600) for wait in waits] == [1, 2, 4, 6]
    assert waits[3] <= 3_600 * 1.1
    hunts.error = None
    clock.move(minutes=30)
    once(schedule)
    watch = Watches(store).one("shop")
    assert (watch.failures, watch.last.state, watch.last.error) == (0, "done", "")
    assert watch.last.begin == later(minutes=30, days=-1)


def test_what_other_peoples_code_raises_is_an_error_of_the_run(store, folder, clock):
    hunts = Counting()
    hunts.error = ZeroDivisionError("in a plug-in")
    assert once(schedule_of(store, folder, clock, hunts))[0].error == "ZeroDivisionError: in a plug-in"


def run_for(schedule, looks):
    """So many looks at what is due; the time between them passes by itself."""
    left = looks

    async def pause(seconds):
        nonlocal left
        left -= 1
        if left < 0:
            raise asyncio.CancelledError
        for _ in range(1_000):  # what runs comes to its end before the next look
            if not schedule._running:
                break
            await asyncio.sleep(0.001)
        schedule.clock.move(seconds=60)

    schedule.pause = pause
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(schedule.run())


def test_the_schedule_runs_each_watch_in_its_own_time(store, folder, clock):
    file = str(folder / "metrics.csv")
    given = {
        "often": {"files": file, **EVERY, "every": "1m"},
        "seldom": {"files": file, **EVERY, "every": "10m"},
        "never": {"files": file, **EVERY, "enabled": False},
    }
    hunts = Counting()
    schedule = schedule_of(store, folder, clock, hunts, given, at_once=2)
    run_for(schedule, 20)
    names = {one.id: one.name for one in Watches(store).all()}
    counted = [names[watch_id] for watch_id, _, _ in hunts.hunted]
    assert (counted.count("often"), counted.count("seldom"), counted.count("never")) == (20, 2, 0)


def test_watches_of_every_organisation_run_and_keep_apart(store, folder, clock):
    other = replace(store, organisation="other")
    Watches(other).make("theirs", {"files": ["metrics.csv"], **EVERY}, "eve", NOON)
    hunts = Counting()
    run_for(schedule_of(store, folder, clock, hunts), 2)
    assert len(hunts.hunted) == 2
    assert Watches(other).one("theirs").seen_until == NOON
    assert [one.name for one in Watches(store).all()] == ["shop"]


def test_a_program_that_is_stopped_gives_its_window_back(store, folder, clock):
    began = asyncio.Event

    async def stopped():
        started = began()

        async def never(*_):
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(schedule_of(store, folder, clock, never).run())
        await started.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stopped())
    assert Watches(store).one("shop").last.state == "running"
    hunts = Counting()
    outcomes = once(schedule_of(store, folder, clock, hunts))
    assert [one.run.attempts for one in outcomes] == [2]
    assert [(begin, end) for _, begin, end in hunts.hunted] == [(later(days=-1), NOON)]


def test_a_window_in_which_programs_die_again_and_again_is_a_failure(store, folder, clock):
    schedule = schedule_of(store, folder, clock, Counting())
    watch = Watches(store).one("shop")
    for attempt in range(MOST_ATTEMPTS):
        window = (later(days=-1), NOON)
        run = Runs(store).claim(
            watch.id, window, f"died-{attempt}", clock(), clock() + np.timedelta64(10, "s")
        )
        assert run.attempts == attempt + 1
        clock.move(seconds=11)
    assert "3 programs stopped in the middle of it" in once(schedule)[0].error
    assert once(schedule)[0].kept, "tried again, it has its three attempts"


def test_the_lease_is_renewed_as_long_as_a_hunt_takes(store, folder, clock):
    async def slow(data, around, settings, store, origin):
        for _ in range(500):
            await asyncio.sleep(0.002)
            held = Watches(store).one("shop").last.held_until
            if held > origin.run.held_until:
                break
            clock.move(seconds=1)
        return await Counting()(data, around, settings, store, origin)

    assert once(schedule_of(store, folder, clock, slow, lease_s=0.03))[0].kept


# ------------------------------------------------------------------ with real hunts


def test_an_incident_is_found_told_once_and_keeps_its_id_while_it_goes_on(store, folder, clock):
    begin = later(minutes=6)
    write_metrics(folder / "metrics.csv", later(minutes=10), spikes=[begin])
    told: list[Outcome] = []
    schedule = schedule_of(store, folder, clock, told=told.append)
    clock.move(minutes=10)
    (first,) = once(schedule)
    assert (first.error, len(first.kept.incident_ids)) == ("", 1)
    assert first.kept.points == 1440
    write_metrics(folder / "metrics.csv", later(minutes=20), spikes=[begin])
    clock.move(minutes=10)
    (second,) = once(schedule)
    assert second.kept.incident_ids == first.kept.incident_ids
    assert (second.kept.points, second.run.begin) == (10, later(minutes=10))
    write_metrics(folder / "metrics.csv", later(minutes=60), spikes=[begin])
    clock.move(minutes=40)
    (third,) = once(schedule)
    assert (third.kept.incident_ids, third.kept.known) == ((), 1), "it lies before the window: nothing new"
    assert [one.id for one in store.incidents()] == list(first.kept.incident_ids)
    assert told == [first, second, third]
    runs = Runs(store).of(Watches(store).one("shop").id)
    assert [run.hunt_id for run in reversed(runs)] == [one.kept.hunt_id for one in told]


def test_late_data_are_read_and_tell_of_what_was_missed(store, folder, clock):
    begin = later(minutes=-30)
    hidden = set(np.arange(begin, NOON, np.timedelta64(60, "s")).tolist())
    late = {np.datetime64(one, "ns") for one in hidden}
    write_metrics(folder / "metrics.csv", NOON, spikes=[begin], skip=late)
    schedule = schedule_of(store, folder, clock)
    assert once(schedule)[0].kept.incident_ids == ()
    write_metrics(folder / "metrics.csv", later(minutes=5), spikes=[begin])
    clock.move(minutes=5)
    (after,) = once(schedule)
    assert len(after.kept.incident_ids) == 1
    write_metrics(folder / "metrics.csv", later(minutes=10), spikes=[begin])
    clock.move(minutes=5)
    assert once(schedule)[0].kept.incident_ids == (), "not told again"


def test_points_after_the_window_wait_for_theirs(store, folder, clock):
    write_metrics(folder / "metrics.csv", later(hours=1), spikes=[later(minutes=30)])
    schedule = schedule_of(store, folder, clock)
    assert once(schedule)[0].kept.incident_ids == ()
    clock.move(hours=1)
    assert len(once(schedule)[0].kept.incident_ids) == 1


def test_nothing_new_in_the_data_is_quiet_and_no_data_at_all_is_a_failure(store, folder, clock):
    schedule = schedule_of(store, folder, clock)
    once(schedule)
    clock.move(minutes=5)
    assert once(schedule)[0].kept.points == 0
    clock.move(days=3)
    error = once(schedule)[0].error
    assert "its last moment is 2026-04-01 11:59" in error
    (folder / "metrics.csv").unlink()
    assert "metrics.csv" in once(schedule)[0].error


def test_deploys_that_were_told_to_the_server_count_beside_those_of_the_file(store, folder, clock):
    begin = later(minutes=-30)
    write_metrics(folder / "metrics.csv", NOON, spikes=[begin])
    Events(store).add([Event(begin, "deploy", "checkout v2", "checkout")], source="api", by="ci")
    (folder / "deploys.json").write_text('[{"time": "2026-04-01T02:00:00Z", "title": "night job"}]')
    file = str(folder / "metrics.csv")
    for events in ("", str(folder / "deploys.json")):
        given = {f"shop{bool(events)}": {"files": file, **EVERY, "events": events}}
        (outcome,) = once(schedule_of(store, folder, clock, watches=given))
        verdict = store.incident(outcome.kept.incident_ids[0] if not events else store.incidents()[0].id)
        assert "checkout v2" in str(verdict.incident.verdict)


def test_secrets_are_filled_in_for_the_source_and_never_told(store, folder, clock):
    seen = []

    async def asked(data, around, settings, store, origin):
        seen.append(data.data)
        raise DataError(f"cannot reach {data.data.url} with {data.data.token}", "x", "y")

    url, token = "http://me:${SHOP_PASSWORD}@127.0.0.1:9", "${SHOP_TOKEN}"
    given = {"shop": {"prometheus": {"url": url, "query": "up", "token": token}, **EVERY}}
    schedule = schedule_of(store, folder, clock, asked, given)
    schedule.rules = Rules({"SHOP_PASSWORD": "s3cr3t", "SHOP_TOKEN": "t0ken-t0ken"}, schedule.rules.allowed)
    (outcome,) = once(schedule)
    assert (seen[0].url, seen[0].token) == ("http://me:s3cr3t@127.0.0.1:9", "t0ken-t0ken")
    whole = outcome.error + str(Watches(store).all()) + str(Runs(store).of(Watches(store).one("shop").id))
    assert "s3cr3t" not in whole
    assert "t0ken-t0ken" not in whole
    schedule.rules = Rules({}, schedule.rules.allowed)
    assert "SHOP_PASSWORD}, which is not set" in once(schedule)[0].error


def test_a_link_that_was_laid_after_the_watch_was_made_does_not_lead_out(
    store, folder, clock, tmp_path_factory
):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    write_metrics(outside, NOON)
    Watches(store).make("theirs", {"files": ["metrics.csv"], **EVERY}, "eve", NOON)
    (folder / "metrics.csv").unlink()
    (folder / "metrics.csv").symlink_to(outside)
    outcomes = {one.watch: one for one in once(schedule_of(store, folder, clock))}
    assert "no file below the folders" in outcomes["theirs"].error
    assert outcomes["shop"].error == "", "who writes the settings file may"


def test_a_definition_that_no_version_of_ours_understands_is_an_error_of_the_run(store, folder, clock):
    Watches(store).make("odd", {"files": ["metrics.csv"], "colour": "red"}, "eve", NOON)
    outcomes = {one.watch: one for one in once(schedule_of(store, folder, clock, Counting()))}
    assert "unknown key" in outcomes["odd"].error


@pytest.mark.parametrize(("points", "whole"), [(2_000_000, True), (10, False)])
def test_what_a_watch_hunted_is_kept_as_its_own_and_as_whole_as_is_allowed(
    store, folder, clock, points, whole
):
    schedule = schedule_of(store, folder, clock)
    schedule.settings = override(schedule.settings, record_points=points)
    (outcome,) = once(schedule)
    recordings = Recordings(store)
    kept = recordings.hunt(outcome.kept.hunt_id)
    assert kept.origin == f"watch:{outcome.run.watch_id}"
    assert [one.whole for one in recordings.subjects(kept.id)] == [whole]
