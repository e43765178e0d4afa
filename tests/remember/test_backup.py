"""Backup and restore: between databases, whole or not at all; retention; the check."""

import gzip
import hashlib
import json
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from anomaly_hunter.errors import DataError, StoreError, UsageError
from anomaly_hunter.model import Event, Spent
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.life.views import Views
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import Doer, People, to_sign_in
from anomaly_hunter.remember.people.sessions import Sessions
from anomaly_hunter.remember.records import Change, Feedback, Matcher, Silence, View
from anomaly_hunter.remember.serving.jobs import Jobs
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.backup import TABLES, backup, read
from anomaly_hunter.remember.upkeep.checking import check
from anomaly_hunter.remember.upkeep.restoring import restore
from anomaly_hunter.remember.upkeep.retention import Retention
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from tests.builders import table_hunt
from tests.remember.kept import HOUR, NOON, spike_hunt
from tests.stores import new_store

DAY = 24 * HOUR
DOER = Doer("cli:root")


def lived_in(place):
    """A store of two organisations in which much was done."""
    for name in ("default", "ours \u00e4"):
        with Store.open(place, name) as memory:
            (one,) = memory.keep(spike_hunt(), NOON)
            memory.keep(table_hunt(), NOON)
            Life(memory).assign(one, "team", "ann")
            Life(memory).comment(one, "<b>\u2028 \U0001f600", "ann")
            said = memory.add_feedback(Feedback(one, "real", NOON))
            memory.learn([Change("series:x", "factor", None, {"a": 1.5}, "why", NOON, said)])
            Silences(memory).add(Silence(Matcher(labels={"a": "*"}), NOON, NOON + HOUR))
            Views(memory).add(View("mine", "incidents", "a=b"))
            memory.spend("2026-11-21", Spent(requests=1, usd=0.5))
            memory.keep_answer("ab" * 32, '{"claim": 1}')
            memory.pseudonym_key()
            served(memory, name)


def served(memory, name):
    """What a server adds: people, keys, watches and their runs, events, jobs, sessions, replies."""
    ann = People(memory).add(f"ann of {name}", "admin", DOER, password="$argon2id$hash")
    Keys(memory).add("ci", ["detect"], DOER)
    Sessions(memory).begin(ann, name.encode().hex().ljust(64, "0"), "token", NOON, address="", agent="")
    watch = Watches(memory).make("shop", {"files": ["a.csv"], "every": "5m"}, "ann", NOON)
    Runs(memory).claim(watch.id, (NOON - HOUR, NOON), "server", NOON, NOON + HOUR)
    Events(memory).add([Event(NOON, "deploy", "v1", "shop")], source="api", by="ci")
    Jobs(memory).add("hunt", "ann", {"files": []}, b"\x00given")
    Replies(memory).keep(Asked("a" * 64, "b" * 64), Reply(200, {}, b"{}"))


def everything(place):
    with Store.open(place) as memory, memory.engine.connect() as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key.columns)).all()
            for table in TABLES
        }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def elsewhere(request, tmp_path):
    """Another empty place: of both databases too."""
    if request.param == "sqlite":
        return str(tmp_path / "elsewhere.db")
    return request.getfixturevalue("new_database")()


def test_everything_comes_back_from_either_database(place, elsewhere, tmp_path):
    lived_in(place)
    file = tmp_path / "all.gz"
    with Store.open(place) as memory:
        made = backup(memory, file)
        assert check(memory).wrong == ()
    assert read(file) == made
    assert made.rows["incident"] == len(everything(place)["incident"]) > 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Store.open(elsewhere) as memory:
        assert restore(memory, file) == made
        assert check(memory).wrong == ()
    assert everything(elsewhere) == everything(place)
    with Store.open(elsewhere) as memory:  # and it lives on
        assert Life(memory).resolve(memory.keep(spike_hunt(), NOON)[0], "ann").state == "resolved"


def test_a_backup_of_a_file_goes_into_any_empty_database_and_numbers_go_on(place, tmp_path):
    source = str(tmp_path / "source.db")
    lived_in(source)
    with Store.open(source) as memory:
        backup(memory, tmp_path / "all.gz")
    with Store.open(place) as memory:
        restore(memory, tmp_path / "all.gz")
    assert everything(place) == everything(source)
    with Store.open(place) as memory:
        last = Happenings(memory).last_id()
        memory.keep(spike_hunt(hours=100), NOON + DAY)
        assert memory.add_feedback(Feedback(memory.incidents()[0].id, "real", NOON)) > 0
        assert Happenings(memory).last_id() > last
    with Store.open(place, "a third") as memory:
        assert memory.keep(spike_hunt(), NOON)


def test_nothing_is_mixed_into_what_is_there(place, tmp_path):
    lived_in(place)
    with Store.open(place) as memory:
        backup(memory, tmp_path / "all.gz")
        before = everything(place)
        with pytest.raises(UsageError, match="is not empty"):
            restore(memory, tmp_path / "all.gz")
        with pytest.raises(UsageError, match="already"):
            backup(memory, tmp_path / "all.gz")
    assert everything(place) == before


def test_people_watches_silences_and_recordings_come_back_and_sessions_do_not(place, elsewhere, tmp_path):
    lived_in(place)
    with Store.open(place, "ours \u00e4") as memory:
        made = backup(memory, tmp_path / "all.gz")
        hunts = Recordings(memory).hunts().items
        subject = Recordings(memory).subjects(hunts[0].id)[0].id
        before = Recordings(memory).detection(hunts[0].id, subject)
        (watch,), (key,), (ann,) = Watches(memory).all(), Keys(memory).all(), People(memory).all()
        silences, job = Silences(memory).all(), Jobs(memory).page().items
    assert {"session", "reply"}.isdisjoint(made.rows)
    assert (
        min(made.rows[name] for name in ("member", "api_key", "audit", "watch", "run", "event", "job")) >= 2
    )
    with Store.open(elsewhere, "ours \u00e4") as memory:
        restore(memory, tmp_path / "all.gz")
        assert Recordings(memory).hunts().items == hunts
        again = Recordings(memory).detection(hunts[0].id, subject)
        assert np.array_equal(again.score, before.score, equal_nan=True)
        assert (Watches(memory).all(), Keys(memory).all()) == ((watch,), (key,))
        assert to_sign_in(memory, ann.name) == (ann, "$argon2id$hash")
        assert (Silences(memory).all(), Jobs(memory).page().items) == (silences, job)
        assert Jobs(memory).given(job[0].id) == b"\x00given"
        assert Audit(memory).verify().broken_at is None
        assert Audit(memory).verify().entries == 2
        assert Sessions(memory).of(ann.id, NOON) == ()
        assert Replies(memory).before(Asked("a" * 64, "b" * 64)) is None
        Audit(memory).record("ann", "it.goes.on")
        assert Audit(memory).verify().entries == 3


def lines_of(file):
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def without_a_row(lines):
    return [line for line in lines if not line.startswith(b'[1,"default"')]


BROKEN = {
    "half": lambda lines: lines[: len(lines) // 2],
    "without its end": lambda lines: lines[:-1],
    "a row less": without_a_row,
    "a row twice": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "something behind it": lambda lines: [*lines, b"[]\n"],
    "another table": lambda lines: [lines[0], b'{"table":"recipes","columns":["id"]}\n', *lines[1:]],
    "no json": lambda lines: [lines[0], b"{\n"],
    "deep": lambda lines: [lines[0], b"[" * 100_000 + b"\n"],
    "another thing": lambda lines: [b'{"format":"recipes"}\n'],
    "nothing": lambda lines: [],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The lines of a backup of a store in which much was done."""
    folder = tmp_path_factory.mktemp("whole")
    lived_in(str(folder / "source.db"))
    with Store.open(folder / "source.db") as memory:
        backup(memory, folder / "all.gz")
    return tuple(lines_of(folder / "all.gz"))


@pytest.mark.parametrize("how", BROKEN)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_kept_of_it(tmp_path, how, whole):
    file = tmp_path / "all.gz"
    file.write_bytes(gzip.compress(b"".join(BROKEN[how](list(whole)))))
    with new_store(tmp_path / "new.db") as memory, pytest.raises(DataError, match="no whole backup"):
        restore(memory, file)
    assert not any(everything(tmp_path / "new.db").values())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", gzip.compress(b"x" * 99, mtime=0)[:20]])
def test_other_files_are_no_backups(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    for path in (tmp_path / "x", tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError):
            read(path)


def test_a_backup_of_another_version_says_how_it_is_restored(tmp_path):
    head = {"format": "anomaly-hunter store", "version": 1, "revision": "0009", "made_by": "9.1"}
    (tmp_path / "x").write_bytes(gzip.compress(json.dumps(head).encode()))
    with pytest.raises(StoreError, match=r"anomaly-hunter==9\.1"):
        read(tmp_path / "x")


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path):
    with Store.open(tmp_path / "a.db") as memory, pytest.raises(StoreError, match="cannot be written"):
        backup(memory, tmp_path / "nowhere" / "all.gz")
    assert not list(tmp_path.glob("**/*.part"))


def test_the_check_says_what_is_wrong(place):
    lived_in(place)
    with Store.open(place) as memory:
        (one, *_) = memory.incidents()
        with memory.writing() as (connection, owner):
            table = schema.incident
            here = (table.c.organisation_id == owner, table.c.id == one.id)
            connection.execute(table.update().where(*here).values(silence_id="nothing"))
        assert check(memory).wrong == (f"incidents quiet by a silence that is not there: {one.id}",)


def test_the_check_finds_an_audit_log_that_was_changed_past_its_triggers(tmp_path):
    with Store.open(tmp_path / "memory.db") as memory:
        for organisation in ("default", "other"):
            log = Audit(replace(memory, organisation=organisation))
            for action in ("key.added", "key.revoked"):
                log.record("ann", action)
        assert check(memory).wrong == ()
        with memory.engine.begin() as connection:
            for what in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_refuses_{what}")
            connection.exec_driver_sql("UPDATE audit SET \"by\" = 'bob' WHERE id = 4")
        gone = "the triggers that keep the audit log as it is"
        assert check(memory).wrong == ("the audit log of other from entry 4 on", gone)


def test_a_backup_that_was_tampered_with_shows_after_it_is_restored(tmp_path):
    with Store.open(tmp_path / "source.db") as memory:
        Audit(memory).record("ann", "key.added")
        backup(memory, tmp_path / "all.gz")
    lines = [line.replace(b'"ann"', b'"bob"') for line in lines_of(tmp_path / "all.gz")]
    last = json.loads(lines[-1])
    last["sha256"] = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = json.dumps(last, separators=(",", ":")).encode() + b"\n"
    (tmp_path / "all.gz").write_bytes(gzip.compress(b"".join(lines)))
    with Store.open(tmp_path / "new.db") as memory:
        restore(memory, tmp_path / "all.gz")
        assert check(memory).wrong == ("the audit log of default from entry 1 on",)


# ------------------------------------------------------------ retention


def filled(memory):
    """Ten incidents, one a day; the last is 100 days old."""
    names = [memory.keep(spike_hunt(hours=48 * i), NOON + i * DAY)[0] for i in range(10)]
    return names, NOON + 110 * DAY


def left(memory):
    return {kept.id for kept in memory.incidents()}


def prune(memory, at, **limits):
    none = {"keep_days": 0, "keep_incidents": 0, "keep_hunts": 0, "keep_mb": 0}
    return Retention(memory, RememberOptions(**(none | limits)), lambda: at).prune()


def test_what_is_old_goes_and_what_people_care_for_stays(memory):
    names, at = filled(memory)
    life = Life(memory)
    life.acknowledge(names[0], "ann")
    life.resolve(names[1], "ann")
    memory.add_feedback(Feedback(names[2], "real", NOON))
    gone = prune(memory, at, keep_days=105)
    assert left(memory) == {names[0], names[2], *names[5:]}
    assert (gone.incidents, gone.hunts, gone.happenings) == (3, 3, 11)  # hunts of what stays are needed
    assert check(memory).wrong == ()
    assert prune(memory, at, keep_days=105).incidents == 0
    assert life.history(names[0])[-1].action == "acknowledged"


def test_at_most_so_many_stay(memory):
    names, at = filled(memory)
    assert prune(memory, at, keep_incidents=4, keep_hunts=2).hunts == 6  # two of the four are needed
    assert left(memory) == set(names[6:])


def test_recordings_take_at_most_so_much_room(memory):
    _, at = filled(memory)
    with memory.writing() as (connection, _):
        connection.execute(schema.hunt.update().values(bytes=400_000))
    gone = prune(memory, at, keep_mb=1)
    assert (gone.hunts, gone.mb, gone.incidents) == (8, 3.2, 0)
    assert [kept.hunt_id is None for kept in memory.incidents()] == [False] * 2 + [True] * 8


def test_what_was_taken_in_goes_with_the_incident(memory):
    names, at = filled(memory)
    with memory.writing() as (connection, _):
        table = schema.incident
        connection.execute(
            table.update().where(table.c.id == names[1]).values(state="merged", merged_into=names[0])
        )
    prune(memory, at, keep_incidents=8)
    assert left(memory) == set(names[2:])
    assert check(memory).wrong == ()


def test_no_limit_keeps_everything_but_the_old_feed(memory):
    names, at = filled(memory)
    assert prune(memory, at).incidents == 0
    assert left(memory) == set(names)
    assert prune(memory, NOON + np.timedelta64(1, "s")).happenings == 0
    with pytest.raises(UsageError, match="keep_days is -1"):
        RememberOptions(keep_days=-1)


def test_the_memory_is_its_owners_alone(tmp_path):
    place = Path(tmp_path / "memory.db")
    with Store.open(place) as memory:
        memory.keep(spike_hunt())
        assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
