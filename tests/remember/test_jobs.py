"""Jobs outlive the server, change once, and tell listeners of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.serving.jobs import LEASE, Jobs, left_over
from anomaly_hunter.remember.serving.replies import Asked
from tests.remember.kept import NOON


@pytest.fixture
def store(memory):
    return memory


class Clock:
    """A time that passes when it is told to."""

    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


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


def test_a_job_that_is_asked_for_again_with_its_key_is_the_same_until_it_failed(store):
    jobs, asked = Jobs(store), Asked("a" * 64, "b" * 64)
    job, again = jobs.once(asked, "hunt", "ann", {}, b"given")
    assert (again, jobs.given(job.id)) == (False, b"given")
    assert jobs.once(asked, "hunt", "ann", {}, b"given") == (job, True)
    with pytest.raises(UsageError, match="another request"):
        jobs.once(Asked(asked.key, "c" * 64), "hunt", "ann", {}, b"other")
    assert jobs.fail(job.id, {"detail": "no"})
    other, again = jobs.once(asked, "hunt", "ann", {}, b"given")
    assert (again, other.id == job.id) == (False, False)
    assert jobs.cancel(other.id, "ann")
    assert jobs.once(asked, "hunt", "ann", {}, b"given") == (jobs.find(other.id), True)
    assert len(jobs.page().items) == 2


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
    later = mine.made_at + 2 * LEASE
    assert [(name, job.id) for name, job in left_over(store, later)] == [
        ("default", mine.id),
        ("other", theirs.id),
    ]


def test_a_job_is_held_by_one_server_until_it_gives_no_sign_of_life(store):
    clock = Clock()
    first, second = Jobs(store, "first", clock), Jobs(store, "second", clock)
    job = first.add("hunt", "ann", {}, b"given")
    assert left_over(store, clock.at) == ()
    assert not second.take(job.id)
    clock.at += LEASE // 2
    assert first.renew([job.id, "0" * 12]) == {job.id}
    clock.at += LEASE // 2
    assert left_over(store, clock.at) == ()
    clock.at += LEASE // 2
    assert [found.id for _, found in left_over(store, clock.at)] == [job.id]
    assert second.take(job.id)
    assert not first.take(job.id)
    assert first.renew([job.id]) == frozenset()
    assert second.given(job.id) == b"given"


def test_a_server_that_lost_a_job_changes_nothing_of_it(store):
    clock = Clock()
    first, second = Jobs(store, "first", clock), Jobs(store, "second", clock)
    job = first.add("hunt", "ann", {}, b"")
    assert first.begin(job.id)
    clock.at += LEASE
    assert second.take(job.id)
    assert not first.begin(job.id)
    assert not first.progress(job.id, 1, 2)
    assert not first.fail(job.id, {"detail": "no"})
    assert not first.finish(job.id, {})
    first.release([job.id])
    assert left_over(store, clock.at) == ()
    assert second.begin(job.id)
    assert second.find(job.id).attempts == 2
    assert second.finish(job.id, {})


def test_a_server_that_stops_lets_its_jobs_go_at_once(store):
    clock = Clock()
    first, second = Jobs(store, "first", clock), Jobs(store, "second", clock)
    job, done = (first.add("hunt", "ann", {}, b"") for _ in range(2))
    assert first.finish(done.id, {})
    first.release([job.id, done.id])
    assert [found.id for _, found in left_over(store, clock.at)] == [job.id]
    assert second.take(job.id)
    assert not first.take(job.id)


def test_anybody_cancels_what_another_server_holds(store):
    job = Jobs(store, "first").add("hunt", "ann", {}, b"")
    assert Jobs(store, "second").cancel(job.id, "bob")
    assert Jobs(store, "first").renew([job.id]) == frozenset()
