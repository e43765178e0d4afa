"""A server runs watches in its worker processes, from the settings file and from people."""

import time

import httpx
import numpy as np
import pytest

from tests.serve.running import PATIENCE_S, running
from tests.watch.watching import write_metrics

pytestmark = pytest.mark.slow


def waited(ask):
    """What comes in the end; a worker needs its time to start."""
    until = time.monotonic() + 2 * PATIENCE_S
    while (found := ask()) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def test_a_watch_that_people_make_runs_at_once_and_shows_what_it_found_and_what_failed(tmp_path):
    until = np.datetime64("now", "ns").astype("datetime64[m]").astype("datetime64[ns]")
    write_metrics(tmp_path / "metrics.csv", until, spikes=[until - np.timedelta64(3, "h")])
    with (
        running(tmp_path, folders=(str(tmp_path),)) as (url, _),
        httpx.Client(base_url=f"{url}/api/v1") as asked,
    ):
        headers = {"Origin": url}
        wanted = {"files": ["metrics.csv"], "every": "1h", "history": "1d", "delay": "0s"}
        made = asked.post("/watches", json={"name": "shop", **wanted}, headers=headers).json()
        gone = {"prometheus": {"url": "http://127.0.0.1:9", "query": "up"}, "every": "1h", "history": "1d"}
        other = asked.post("/watches", json={"name": "gone", **gone}, headers=headers).json()

        def last(watch):
            run = asked.get(f"/watches/{watch['id']}").json()["last_run"]
            return run if run and run["state"] != "running" else None

        run = waited(lambda: last(made))
        assert (run["state"], run["error"], run["attempts"]) == ("done", "", 1)
        assert run["incidents"] == [one["id"] for one in asked.get("/incidents").json()["items"]]
        assert f"watch:{made['id']}" in asked.get("/hunts").text
        assert asked.get(f"/hunts/{run['hunt_id']}").status_code == 200
        failed = waited(lambda: last(other))
        assert "does not answer (ConnectionRefusedError" in failed["error"]
        assert asked.get(f"/watches/{other['id']}").json()["state"] == "failing"
        assert "hunter_hunts_total 1" in httpx.get(f"{url}/metrics").text
