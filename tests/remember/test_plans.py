"""What is asked at every hunt takes as long with a million anomalies as with ten."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from tests.remember.kept import spike_hunt
from tests.stores import new_store


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "memory.db") as store:
        yield store


def test_keeping_looks_at_the_anomalies_of_its_series_and_no_others(store):
    asked = []

    def hear(connection, cursor, statement, parameters, *_):
        if statement.startswith("SELECT") and "FROM anomaly" in statement:
            asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", hear)
    store.keep(spike_hunt())
    event.remove(store.engine, "before_cursor_execute", hear)
    assert asked
    with store.reading() as (connection, _):
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [step for *_, step in plan if "anomaly" in step]
            assert all("(organisation_id=? AND " in step for step in steps), (statement, steps)
