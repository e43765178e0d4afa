"""The store in both databases: a test that asks for `place` or `memory` runs on SQLite and on PostgreSQL."""

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from anomaly_hunter.remember.engine import url_of
from anomaly_hunter.remember.store import Store
from tests.remember.servers import binary, server
from tests.stores import new_store

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres():
    """The URL of a real PostgreSQL server."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if binary("initdb") is None:
        missing = "there is no PostgreSQL server here: apt-get install postgresql"
        (pytest.fail if os.environ.get("HUNTER_TEST_POSTGRES") == "required" else pytest.skip)(missing)
    # Not pytest's own folder: that one is closed to other accounts, and too long for a socket.
    with tempfile.TemporaryDirectory(prefix="hunter-pg-") as folder, server(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def new_database(postgres):
    """Make an empty database and get its URL, as often as one likes; its tables are there already."""
    Store.open(postgres.replace("/postgres?", "/template1?")).close()
    engine = create_engine(url_of(postgres), isolation_level="AUTOCOMMIT")

    def make():
        name = f"store{next(_NUMBERS)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return postgres.replace("/postgres?", f"/{name}?")

    yield make
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request, tmp_path):
    """Where a new store can be: a file, or an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "new" / "memory.db")
    return request.getfixturevalue("new_database")()


@pytest.fixture
def memory(place):
    """An empty store."""
    with Store.open(place) if "://" in str(place) else new_store(Path(place)) as store:
        yield store
