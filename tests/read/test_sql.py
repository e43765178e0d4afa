"""SQL: the rows of one SELECT become series; whatever is more than reading is refused."""

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read import databases
from anomaly_hunter.read.databases import Limits
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.sources.sql import Sql, SqlQuery
from tests.remember.servers import server

BEGIN = np.datetime64("2026-04-01T06:00:00", "ns")
END = np.datetime64("2026-04-01T18:00:00", "ns")
ROWS = [
    (f"2026-04-01 {minute // 60:02}:{minute % 60:02}:00", service, 10.0 + minute % 3 + (minute == 700) * 90)
    for minute in range(0, 1440, 5)
    for service in ("api", "db")
]
BETWEEN = "SELECT moment, service, ms FROM latency WHERE moment >= :begin AND moment < :end"


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory):
    path = tmp_path_factory.mktemp("sql") / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE latency (moment TEXT, service TEXT, ms REAL)")
        connection.executemany("INSERT INTO latency VALUES (?, ?, ?)", ROWS)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def duckdb_url(tmp_path_factory):
    path = tmp_path_factory.mktemp("sql") / "shop.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE TABLE latency (moment TIMESTAMP, service VARCHAR, ms DECIMAL(8, 2))")
        connection.executemany("INSERT INTO latency VALUES (?, ?, ?)", ROWS)
    return f"duckdb:///{path}"


@pytest.fixture(params=["sqlite", "duckdb"])
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


def read(url, query=BETWEEN, **more):
    return Sql(SqlQuery(url, query, **more), ReadOptions()).read()


def check_both_services(found):
    assert [one.title for one in found.series] == ["ms{service=api}", "ms{service=db}"]
    first = found.series[0]
    assert (first.time[0], first.time[-1]) == (BEGIN, END - np.timedelta64(5, "m"))
    assert len(first) == 144
    assert (found.name, first.source) == ("checkout", "checkout")


def test_the_rows_of_a_time_become_series(url):
    check_both_services(read(url, begin=BEGIN, end=END, name="checkout"))


def test_without_a_time_everything_there_is_is_read(url):
    assert len(read(url).series[0]) == 288


def test_series_of_other_queries_are_other_series_even_if_they_are_called_the_same(url):
    one = read(url, "SELECT moment, ms FROM latency WHERE service = 'api'")
    other = read(url, "SELECT moment, ms FROM latency WHERE service = 'db'")
    assert one.series[0].id != other.series[0].id


def test_a_hunt_takes_it_as_text_too(url):
    found = ah.hunt(f"sql:{url}?query=SELECT moment, ms FROM latency WHERE service = 'api'")
    assert len(found.dataset.series[0]) == 288
    with pytest.raises(UsageError, match="write the query last"):
        ah.hunt(f"sql:{url}")


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM latency",
        "DROP TABLE latency",
        "SELECT 1; DELETE FROM latency",
        "ATTACH 'other.db' AS other",
        "CREATE TABLE t (x INTEGER)",
        "PRAGMA table_info(latency)",
        "SELECT * FROM nothing",
        "SELEC 1",
        "SELECT writefile('x', 'y')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY latency TO '/tmp/x.csv'",
        "",
        "-- nothing",
    ],
)
def test_whatever_is_not_one_select_is_refused(url, query):
    with pytest.raises((DataError, UsageError)) as caught:
        read(url, query)
    assert caught.value.cure
    assert len(read(url).series[0]) == 288, "nothing was changed"


def test_no_rows_are_said(url):
    with pytest.raises(DataError, match="no rows"):
        read(url, begin=END + np.timedelta64(30, "D"), end=END + np.timedelta64(31, "D"))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:///nowhere.db", "there is no sqlite database"),
        ("duckdb:///nowhere.db", "there is no duckdb database"),
        ("sqlite://", "there is no sqlite database"),
        ("mysql://me:secret@db/shop", "mysql://me:***@db/shop"),
    ],
)
def test_a_database_that_is_none_is_said_without_its_password(url, says):
    with pytest.raises((DataError, UsageError)) as caught:
        read(url)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_said(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"this is text, not a database" * 100)
    for scheme in ("sqlite", "duckdb"):
        with pytest.raises(DataError, match="answered"):
            read(f"{scheme}:///{path}", "SELECT * FROM t")


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT {} FROM n"


def test_a_query_without_an_end_is_broken_off(sqlite_url):
    began = time.monotonic()
    with pytest.raises(DataError, match="interrupted"):
        databases.answer(SqlQuery(sqlite_url, ENDLESS.format("count(*)")), Limits(seconds=0.05))
    assert time.monotonic() - began < 10


def test_an_answer_without_an_end_is_broken_off(sqlite_url):
    with pytest.raises(DataError, match="more than 20,000 rows"):
        databases.answer(SqlQuery(sqlite_url, ENDLESS.format("x")), Limits(rows=20_000))


def test_places_inside_texts_comments_and_casts_are_left_alone():
    query = (
        "SELECT ':begin', \":end\" -- :begin\n, x::end /* :end */ FROM t WHERE a >= :begin AND b < :begins"
    )
    text, names = databases.placed(query, lambda name: f"<{name}>")
    assert text == query.replace(">= :begin ", ">= <begin> ")
    assert names == ("begin",)


@pytest.mark.slow
def test_postgresql_answers_alike_and_changes_nothing(tmp_path_factory):
    psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with tempfile.TemporaryDirectory(prefix="hunter-pg-") as folder, server(Path(folder)) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE latency (moment TIMESTAMP, service TEXT, ms NUMERIC)")
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO latency VALUES (%s, %s, %s)", ROWS)
        check_both_services(read(url, begin=BEGIN, end=END, name="checkout"))
        zoned = (
            "SELECT moment AT TIME ZONE 'UTC' AS moment, ms % 50 AS ms FROM latency WHERE service LIKE 'a%'"
        )
        assert len(read(url, zoned).series[0]) == 288
        for query in (
            "DELETE FROM latency",
            "SELECT 1; DELETE FROM latency",
            "SELECT pg_sleep(9)",
            "SELEC 1",
        ):
            with pytest.raises((DataError, UsageError)):
                databases.answer(SqlQuery(url, query), Limits(seconds=0.1))
        for more in ("&options=-c%20default_transaction_read_only%3Doff", "&passfile=/etc/passwd"):
            with pytest.raises(UsageError, match="the database URL says"):
                read(url + more)
        assert len(read(url).series[0]) == 288
        with pytest.raises(DataError, match="leads to a link-local"):
            read("postgresql://me:secret@0.0.0.0/shop")
