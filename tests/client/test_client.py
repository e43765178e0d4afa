"""The client speaks with the application as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from anomaly_hunter import Client, DataError, Event, UsageError
from anomaly_hunter.client import records
from anomaly_hunter.errors import ConflictError, UnknownError
from anomaly_hunter.feedback import feedback
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.serving.jobs import Jobs
from anomaly_hunter.serve.documents.answer import answer_document
from tests.remember.kept import spike_hunt
from tests.serve.apps import Into, served


@pytest.fixture
def shop(tmp_path):
    """A client, the store of the server, and the id of an incident in it."""
    with served(tmp_path, folders=(str(tmp_path),)) as (http, store):
        (name,) = store.keep(spike_hunt())
        with Client("http://127.0.0.1:8787", transport=Into(http)) as client:
            yield client, store, name


def test_an_incident_lives_from_open_to_reopened(shop):
    client, _, name = shop
    (listed,) = client.incidents()
    assert (listed.id, listed.state, listed.times_kept) == (name, "open", 1)
    assert listed.begin is not None
    assert listed.begin.tzinfo is not None
    assert client.acknowledge(name).state == "acknowledged"
    assert client.assign(name, "ann").owner == "ann"
    assert client.comment(name, "<b>looking</b>").state == "assigned"
    assert client.resolve(name, "rolled back").state == "resolved"
    assert client.reopen(name).state == "reopened"
    until = datetime(2030, 1, 1, tzinfo=UTC)
    assert client.mute(name, until, "known").muted_until == until
    history = client.history(name)
    assert [one.action for one in history] == [
        "opened", "acknowledged", "assigned", "commented", "resolved", "reopened", "muted",
    ]  # fmt: skip
    assert history[3].text == "<b>looking</b>"
    assert [one.id for one in client.incidents(state="muted", search="LATENCY")] == [name]
    assert list(client.incidents(state=["open", "resolved"])) == []


def test_what_does_not_fit_is_an_error_of_ours(shop):
    client, _, name = shop
    client.resolve(name)
    with pytest.raises(ConflictError, match="is resolved"):
        client.acknowledge(name)
    with pytest.raises(UnknownError, match="no incident 'ffffffffffff'") as unknown:
        client.incident("ffffffffffff")
    assert unknown.value.__notes__[0].startswith("status 404, request ")
    with pytest.raises(UsageError, match=r"to"):
        client.assign(name, "")
    with pytest.raises(UsageError, match="an id that a list shows"):
        client.incident("..")
    with pytest.raises(UnknownError):
        client.incident("a/../../settings")
    with pytest.raises(DataError, match="cannot be read"):
        client.hunt("/nothing/here.csv")
    for url in ("127.0.0.1:8787", "ftp://x", ""):
        with pytest.raises(UsageError, match="the server is"):
            Client(url)


def test_one_incident_in_full_is_what_the_store_remembers(shop):
    client, store, name = shop
    full, kept = client.incident(name), store.incident(name)
    assert full.headline == kept.incident.verdict.headline
    assert [one.id for one in full.anomalies] == [one.id for one in kept.incident.anomalies]
    assert full.evidence == client.evidence(name)
    assert full.memory == next(client.incidents())
    assert client.verdicts(name)[-1].headline == full.headline
    assert client.similar(name) == ()


def test_an_answer_is_previewed_given_and_taken_back(shop):
    client, store, name = shop
    would = client.feedback(name, "expected", preview=True)
    assert would.answers == ()
    assert store.feedback() == ()
    did = client.feedback(name, "expected", why="load test")
    assert did.changes == would.changes
    assert client.incident(name).feedback[0].note == "load test"
    assert client.undo_feedback(did.answers[0], preview=True).answers == did.answers
    assert client.undo_feedback(did.answers[0]).answers == did.answers
    assert store.feedback() == ()
    with pytest.raises(UnknownError):
        feedback("ffffffffffff", "real", memory=store)
    with pytest.raises(UsageError, match="says nothing"):
        client.feedback(name)


def test_events_are_told_once_and_come_back_page_by_page(shop):
    client, store, _ = shop
    first = np.datetime64("2026-03-01T00:00", "ns")
    several = [Event(first + np.timedelta64(i % 60, "m"), "deploy", f"v{i}") for i in range(250)]
    kept = Events(store).add(several, source="api", by="ci")
    told = client.add_event("v3", time="2026-03-01T00:03:00Z", kind="deploy", version="3")
    assert told.id == kept[3].id
    found = list(client.events(kind="deploy"))
    assert sorted(one.id for one in found) == sorted(one.id for one in kept)
    assert [one.time for one in found] == sorted((one.time for one in found), reverse=True)
    assert {one.title for one in client.events(until="2026-03-01T00:01:00Z")} == {
        "v0", "v60", "v120", "v180", "v240",
    }  # fmt: skip
    client.remove_event(told.id)
    with pytest.raises(UnknownError):
        client.remove_event(told.id)


def test_what_is_around_is_read_as_records(shop):
    client, _, name = shop
    (series,) = client.series("latency")
    assert series.anomalies == 1
    (seen,) = client.anomalies(series.id)
    assert seen.incident_id == name
    assert isinstance(seen.anomaly, records.Anomaly)
    assert client.stats().incidents == 1
    assert client.views() == ()
    assert [one.name for one in client.datasets()] == ["shop.csv"]


def test_a_watch_is_made_paused_run_and_removed(shop, tmp_path):
    client, _, _ = shop
    (tmp_path / "cpu.csv").write_text("time,cpu\n2026-03-01T00:00:00Z,1\n")
    made = client.make_watch("cpu", files=["cpu.csv"], every="1h", detect={"sensitivity": 2.0})
    assert (made.source, made.looks_at, made.every, made.enabled) == ("files", "cpu.csv", "1h", True)
    assert client.watches()[0].id == made.id
    assert client.pause_watch(made.id).state == "paused"
    assert client.change_watch("cpu", "cpu of all", files=["cpu.csv"], every="2h").every == "2h"
    assert client.resume_watch(made.id).enabled
    assert client.run_watch(made.id).next_at is not None
    assert all(isinstance(one, records.WatchRun) for one in client.watch_runs(made.id))
    assert client.watch("cpu of all").id == made.id
    client.remove_watch(made.id)
    assert client.watches() == ()
    with pytest.raises(UnknownError):
        client.watch(made.id)
    with pytest.raises(UsageError):
        client.make_watch("both", files=["cpu.csv"], sql={"url": "sqlite:///x.db", "query": "SELECT 1"})


def test_a_silence_holds_from_now_until_it_is_ended(shop):
    client, _, name = shop
    until = datetime(2099, 1, 1, tzinfo=UTC)
    made = client.make_silence(until, subject="*latency*", reason="known", kind="maintenance")
    assert (made.active, made.ends_at, made.incidents, made.kind) == (True, until, 1, "maintenance")
    assert made.matcher == records.SilenceMatcher(subject="*latency*")
    assert next(client.incidents(silenced=True)).silenced == made.id
    assert client.silences(active=True) == (made,) == (client.silence(made.id),)
    ended = client.end_silence(made.id)
    assert (ended.active, ended.ended_at is None) == (False, False)
    assert client.silences(active=True) == ()
    assert [one.id for one in client.incidents()] == [name]
    later = client.make_silence(until, begin="2098-12-31T00:00:00Z", labels={"host": "db-*"}, repeat="")
    assert (later.active, later.matcher.labels) == (False, {"host": "db-*"})


def test_jobs_are_listed_looked_at_and_cancelled(shop):
    client, store, _ = shop
    queued = Jobs(store).add("hunt", "ann", {"files": [{"name": "cpu.csv"}]}, b"")
    done = Jobs(store).add("hunt", "ann", {}, b"")
    found = answer_document(spike_hunt())
    Jobs(store).finish(done.id, found)
    assert [one.id for one in client.jobs()] == [done.id, queued.id]
    assert client.job(queued.id).files == ("cpu.csv",)
    result = client.job(done.id).result
    assert result.headline == found["headline"]
    assert result.document["severity"] == result.severity == found["severity"]
    assert client.cancel_job(queued.id).state == "cancelled"
    with pytest.raises(ConflictError, match="is done"):
        client.cancel_job(done.id)
    with pytest.raises(UnknownError):
        client.job("0" * 12)
