"""`hunter serve` on PostgreSQL, as a user starts it; two servers share one database."""

from __future__ import annotations

import json
import signal
import time

import httpx
import pytest

from anomaly_hunter.remember.store import Store
from tests.remember.conftest import new_database, postgres
from tests.serve.started import server
from tests.serve.test_served import VALUES, listener, read_until

__all__ = ["new_database", "postgres"]
pytestmark = pytest.mark.slow

STAMPS = [f"2026-03-01T10:{minute:02}:00Z" for minute in range(len(VALUES))]


@pytest.fixture
def url(new_database, tmp_path):
    """An empty database; the settings of this folder name it."""
    made = new_database()
    settings = {"remember": {"memory": made}, "serve": {"wait_seconds": 0, "workers": 1}}
    (tmp_path / "hunter.yaml").write_text(json.dumps(settings))
    return made


def api(address, **more):
    return httpx.Client(base_url=f"{address}/api/v1", headers={"Origin": address}, timeout=60, **more)


def test_what_is_hunted_there_is_listed_acknowledged_and_heard(tmp_path, url):
    with server(tmp_path) as (address, _), api(address) as client:
        live = listener(address, "/api/v1/live?kinds=incident")
        found = client.post("/detect?save=true", json={"data": VALUES, "timestamps": STAMPS})
        assert found.status_code == 200, found.text
        (one,) = client.get("/incidents").json()["items"]
        assert one["hunt_id"] == found.json()["hunt_id"]
        assert read_until(live, one["id"].encode()).count(b"event: incident.opened") == 1
        answered = client.post(f"/incidents/{one['id']}/acknowledge")
        assert (answered.status_code, answered.json()["state"]) == (200, "acknowledged")
        assert b"local" in read_until(live, b"incident.acknowledged") + read_until(live, b"\n\n")
        live.close()
        page = httpx.get(f"{address}/incidents/{one['id']}")
        assert (page.status_code, one["id"] in page.text) == (200, True)
        assert httpx.get(f"{address}/readyz").status_code == 200
    with Store.open(url) as store:
        assert [kept.state for kept in store.incidents()] == ["acknowledged"]


def test_a_job_of_a_server_that_was_killed_is_done_by_the_other_one_once(tmp_path, url):
    many = {f"s{i}": [float((i + j) * j % 101) for j in range(1_000)] for i in range(300)}
    with server(tmp_path) as (second, _), api(second) as there:
        with server(tmp_path, signal.SIGKILL) as (first, process), api(first) as here:
            job = here.post("/hunts", json={"data": many}).json()
            assert there.get(f"/jobs/{job['id']}").json()["state"] in ("queued", "running")
            process.kill()
        for _ in range(600):
            found = there.get(f"/jobs/{job['id']}").json()
            if found["state"] not in ("queued", "running"):
                break
            time.sleep(0.1)
        assert found["state"] == "done", found
        assert [one["id"] for one in there.get("/hunts").json()["items"]] == [found["result"]["hunt_id"]]
