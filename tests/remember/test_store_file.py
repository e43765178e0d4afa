"""The store as a file: nothing is lost or overwritten, errors say what to do."""

import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from anomaly_hunter.errors import StoreBusyError, StoreError, StoreReadOnlyError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.migrating import FOLDER
from anomaly_hunter.remember.store import Store
from tests.remember.kept import spike_hunt


@pytest.fixture
def place(tmp_path):
    return tmp_path / "new" / "memory.db"


def test_looking_writes_nothing(place):
    Store.open(place).close()
    before = place.read_bytes()
    with Store.open(place) as memory:
        hunt = spike_hunt()
        assert memory.recognise(hunt) is hunt
        assert not memory.incidents()
        assert not memory.feedback()
        assert not memory.changes()
    assert place.read_bytes() == before


def test_the_migrations_make_the_tables_of_the_schema_and_drop_them_again(memory):
    with memory.engine.connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        steps = ScriptDirectory(str(FOLDER))
        assert steps.get_current_head() == schema.HEAD
        with Operations.context(context):
            for step in steps.walk_revisions():
                step.module.downgrade()
        assert set(sqlite_tables(connection)) == {"alembic_version"}


def sqlite_tables(connection):
    return connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()


def test_many_programs_may_open_a_new_store_at_once(place):
    place.parent.mkdir()
    failed = []

    def keep(name):
        try:
            with Store.open(place, wait_s=60) as memory:
                memory.keep(spike_hunt(name=name))
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=keep, args=(f"metric{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store.open(place) as memory:
        assert len(memory.incidents()) == 6


def test_a_locked_store_is_waited_for_and_then_said(place):
    with Store.open(place, wait_s=0.05) as memory:
        memory.keep(spike_hunt())
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert len(memory.incidents()) == 1  # reading goes on
        with pytest.raises(StoreBusyError, match="locked by another program"):
            memory.keep(spike_hunt(hours=48))
        other.execute("ROLLBACK")
        other.close()
        memory.keep(spike_hunt(hours=48))
        assert len(memory.incidents()) == 2


def test_a_store_from_a_newer_version_is_refused_and_left_alone(place):
    Store.open(place).close()
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match=r"newer version.*9999.*pip install --upgrade"):
        Store.open(place)
    with sqlite3.connect(place) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


@pytest.mark.parametrize(
    "content", [b"these are my notes, not a database" * 40, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_store_is_refused_and_not_overwritten(place, content):
    place.parent.mkdir()
    place.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged.*left as it is.*mv "):
        Store.open(place)
    assert place.read_bytes() == content


def test_a_store_whose_pages_are_torn_says_so_when_they_are_read(place):
    with Store.open(place) as memory:
        for day in range(40):
            memory.keep(spike_hunt(hours=48 * day))
    torn = bytearray(place.read_bytes())
    torn[8192 : len(torn) - 4096] = b"\xa5" * (len(torn) - 12288)
    place.write_bytes(torn)
    with pytest.raises(StoreError, match="damaged"), Store.open(place) as memory:
        memory.incidents()
    assert place.read_bytes() == bytes(torn)


def test_a_database_of_something_else_is_refused(place):
    place.parent.mkdir()
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="holds recipes and no version"):
        Store.open(place)


def test_a_read_only_store_is_read_and_not_written(place, monkeypatch):
    with Store.open(place) as memory:
        memory.keep(spike_hunt())
    before = place.read_bytes()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with Store.open(place) as memory:
        assert len(memory.incidents()) == 1
        assert memory.recognise(spike_hunt()).incidents[0].id == memory.incidents()[0].id
        with pytest.raises(StoreReadOnlyError, match="cannot be written"):
            memory.keep(spike_hunt(hours=48))
    assert place.read_bytes() == before
    assert [file.name for file in place.parent.iterdir()] == ["memory.db"]


def test_a_place_that_cannot_be_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(tmp_path / "file" / "memory.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path)
    with pytest.raises(UsageError, match="begins with 'mysql'"):
        Store.open("mysql://me@db/x")
    with pytest.raises(UsageError, match="cannot be read"):
        Store.open("://")
