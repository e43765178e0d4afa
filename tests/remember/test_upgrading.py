"""An older store, with all that is in it, becomes one of this version: whole, or not at all."""

import shutil
import sqlite3
from dataclasses import replace

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from anomaly_hunter.errors import HunterError, StoreReadOnlyError
from anomaly_hunter.model import Spent
from anomaly_hunter.remember import migrating
from anomaly_hunter.remember.records import Change, Feedback
from anomaly_hunter.remember.schema import HEAD
from anomaly_hunter.remember.store import Store
from tests.remember.kept import NOON, spike_hunt

NEW = f"{int(HEAD) + 1:04}"
NEXT = '''"""A step of tomorrow."""
import sqlalchemy as sa
from alembic import op
revision = "{new}"
down_revision = "{head}"
branch_labels = None
depends_on = None

def upgrade():
    op.add_column("incident", sa.Column("colour", sa.Text(), nullable=False, server_default="nobody"))
    {more}

def downgrade():
    op.drop_column("incident", "colour")
'''


@pytest.fixture
def place(tmp_path):
    """A store of this version with an incident, an answer and something learned."""
    place = tmp_path / "memory.db"
    with Store.open(place) as memory:
        (name,) = memory.keep(spike_hunt(), NOON)
        said = memory.add_feedback(Feedback(name, "cause right", NOON, by="ann"))
        memory.learn([Change("series:x", "boundary", None, 1.5, "why", NOON, said)])
    return place


@pytest.fixture
def yesterday(place):
    """The same store before models were asked: of revision 1."""
    with Store.open(place) as memory, memory.engine.connect() as connection:
        steps = ScriptDirectory(str(migrating.FOLDER))
        with connection.begin(), Operations.context(MigrationContext.configure(connection)):
            for step in ("0006", "0005", "0004", "0003", "0002"):
                steps.get_revision(step).module.downgrade()
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    return place


@pytest.fixture
def tomorrow(tmp_path, monkeypatch):
    """A version of ours that knows one more step."""

    def make(more="pass"):
        folder = tmp_path / "migrations"
        shutil.copytree(migrating.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / f"{NEW}_tomorrow.py").write_text(NEXT.format(more=more, new=NEW, head=HEAD))
        monkeypatch.setattr(migrating, "FOLDER", folder)
        monkeypatch.setattr(migrating, "HEAD", NEW)

    return make


def version(place):
    with sqlite3.connect(place) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(incident)")]
    connection.close()
    return found, "colour" in columns


def everything(memory):
    (kept,) = memory.incidents()
    return kept, memory.incident(kept.id), memory.feedback(), memory.learned(), memory.changes()


def test_a_store_of_revision_1_learns_what_models_cost_and_loses_nothing(yesterday):
    with Store.open(yesterday) as memory:
        (kept,) = memory.incidents()
        assert memory.incident(kept.id).incident == replace(spike_hunt().incidents[0], id=kept.id)
        assert memory.incident(kept.id).incident.verdict.reasoned == ()
        assert len(memory.feedback()) == len(memory.changes()) == 1
        memory.spend("2026-11-21", Spent(requests=1))
        assert memory.spent("2026-11-21") == Spent(requests=1)
        assert len(memory.pseudonym_key()) == 32
        memory.keep(spike_hunt(), NOON)
        assert len(memory.incident(kept.id).history) == 1
    assert version(yesterday) == (HEAD, False)


def test_an_older_store_keeps_all_that_is_in_it(place, tomorrow):
    with Store.open(place) as memory:
        before = everything(memory)
    tomorrow()
    with Store.open(place) as memory:
        assert everything(memory) == before
    assert version(place) == (NEW, True)


def test_a_step_that_fails_leaves_the_store_as_it_was(place, tomorrow):
    tomorrow("op.execute('SELECT * FROM nowhere')")
    with pytest.raises((HunterError, DBAPIError)):
        Store.open(place)
    assert version(place) == (HEAD, False)


def test_an_older_store_that_cannot_be_written_says_so(place, tomorrow, monkeypatch):
    tomorrow()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(StoreReadOnlyError, match="older than this version"):
        Store.open(place)
    assert version(place) == (HEAD, False)
