"""Jobs outlive the server, change once, and tell listeners of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.serving.jobs import Jobs, left_over
from anomaly_hunter.remember.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "memory.db") as opened:
        yield opened


def test_a_job_is_kept_with_what_came_until_it_is_done(store):
    jobs = Jobs(store)
    job = jobs.add("hunt", "ann", {"files": []}, b"given")
    assert jobs.find(job.id) == job
    assert jobs.given(job.id) == b"given"
    assert jobs.begin(job.id)
    assert jobs.progress(job.id, 3, 10)
    assert jobs.finish(job.id, {"severity": 5.0, "hunt_id": "0a"})
    done = jobs.find(job.id)
    assert (done.state, done.done, done.of, done.attempts) == ("done", 10, 10, 1)
    assert done.result == {"severity": 5.0, "hunt_id": "0a"}
    assert jobs.given(job.id) == b""


def test_what_comes_too_late_changes_nothing(store):
    jobs = Jobs(store)
    job = jobs.add("hunt", "ann", {}, b"")
    assert jobs.cancel(job.id, "bob")
    assert not jobs.begin(job.id)
    assert not jobs.progress(job.id, 1, 2)
    assert not jobs.finish(job.id, {})
    assert not jobs.fail(job.id, {"detail": "no"})
    assert not jobs.cancel(job.id, "ann")
    assert jobs.find(job.id).state == "cancelled"


def test_every_change_is_told(store):
    jobs = Jobs(store)
    job = jobs.add("hunt", "ann", {}, b"")
    jobs.begin(job.id)
    jobs.progress(job.id, 1, 2)
    jobs.fail(job.id, {"detail": "the data are empty"})
    told = Happenings(store).since(0)
    assert [one.kind for one in told] == ["job.queued", "job.running", "job.progress", "job.failed"]
    assert {one.about for one in told} == {job.id}
    assert told[2].data == {"id": job.id, "done": 1, "of": 2}


def test_pages_hold_every_job_once_the_newest_first(store):
    jobs = Jobs(store)
    made = [jobs.add("hunt", "ann", {}, b"").id for _ in range(7)]
    seen, after = [], ""
    while True:
        page = jobs.page(after, 3)
        seen += [one.id for one in page.items]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == 7


def test_a_cursor_of_another_list_is_refused(store):
    with pytest.raises(UsageError, match="the cursor"):
        Jobs(store).page("bm8")


def test_jobs_of_another_organisation_do_not_exist(store):
    jobs = Jobs(store)
    job = jobs.add("hunt", "ann", {}, b"secret")
    others = Jobs(replace(store, organisation="other"))
    assert others.find(job.id) is None
    assert others.given(job.id) == b""
    assert not others.cancel(job.id, "eve")
    assert others.page().items == ()


def test_unfinished_jobs_of_all_organisations_are_left_over(store):
    mine = Jobs(store).add("hunt", "ann", {}, b"")
    theirs = Jobs(replace(store, organisation="other")).add("hunt", "bob", {}, b"")
    done = Jobs(store).add("hunt", "ann", {}, b"")
    Jobs(store).cancel(done.id, "ann")
    Jobs(store).begin(mine.id)
    assert [(name, job.id) for name, job in left_over(store)] == [("default", mine.id), ("other", theirs.id)]
