"""kill -9 at the worst moment of a request with an `Idempotency-Key`: sent again, it is done exactly once."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from anomaly_hunter.remember.store import Store
from tests.remember.conftest import new_database, place, postgres
from tests.remember.kept import spike_hunt
from tests.serve.started import server
from tests.serve.test_durable import VALUES, all_of

__all__ = ["new_database", "place", "postgres"]
pytestmark = pytest.mark.slow

DYING = ("-m", "tests.serve.dying")
OURS = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")))}
KEY = {"idempotency-key": "6f1c"}
WATCH = {"name": "shop", "files": ["a.csv"], "every": "1h", "history": "1d"}


@pytest.fixture
def incident(place, tmp_path):
    settings = {"remember": {"memory": place}, "serve": {"wait_seconds": 0, "workers": 1}}
    (tmp_path / "hunter.yaml").write_text(json.dumps(settings))
    (tmp_path / "a.csv").write_text("time,value\n2026-03-01T12:00:00Z,1\n")
    with Store.open(place) as store:
        return store.keep(spike_hunt())[0]


def asked(address, path, body):
    return httpx.post(f"{address}/api/v1{path}", json=body, headers=KEY, timeout=60)


def killed_in(folder, moment, table, path, body):
    """Ask a server that dies when it writes to this table."""
    with server(folder, signal.SIGKILL, program=(*DYING, moment), more=OURS) as (address, process):
        assert httpx.get(f"{address}/api/v1/incidents", timeout=60).status_code == 200
        (folder / "armed").write_text(f"INTO {table} ")
        with pytest.raises(httpx.TransportError):
            asked(address, path, body)
        assert process.wait(20) == -signal.SIGKILL
    assert not (folder / "armed").exists()


@pytest.mark.parametrize(
    ("moment", "what"), [("before", "comment"), ("after", "comment"), ("after", "watch"), ("after", "hunt")]
)
def test_what_was_asked_when_the_server_was_killed_is_done_once(tmp_path, incident, moment, what):
    comments = f"incidents/{incident}/comments"
    path, body, table, listed = {
        "comment": (f"/{comments}", {"text": "hm"}, "history", comments),
        "watch": ("/watches", WATCH, "watch", "watches"),
        "hunt": ("/hunts", {"data": VALUES}, "job", "jobs"),
    }[what]
    killed_in(tmp_path, moment, table, path, body)
    with server(tmp_path) as (address, _):
        answers = [asked(address, path, body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202 if what == "hunt" else 201] * 2
        replayed = ["idempotency-replayed" in answer.headers for answer in answers]
        assert replayed == [moment == "after", True], "in seconds it is known which"
        assert answers[0].json()["id"] == answers[1].json()["id"]
        (one,) = all_of(address, listed)
        if what != "comment":
            assert one["id"] == answers[0].json()["id"]
        if what == "hunt":
            assert ended(address, one["id"])["state"] == "done"
            assert len(all_of(address, "hunts")) == 2, "the one that was there, and this one"


def test_a_hunt_whose_answer_was_lost_is_not_hunted_again(tmp_path, incident):
    path, body = "/detect?save=true", {"data": {"answer": VALUES}}
    killed_in(tmp_path, "before", "audit", path, body)  # which the server writes when the worker is done
    with server(tmp_path) as (address, _):
        before = all_of(address, "hunts")
        assert len(before) == 2
        answers = [asked(address, path, body) for _ in range(2)]
        assert {answer.headers["idempotency-replayed"] for answer in answers} == {"true"}
        assert answers[0].content == answers[1].content
        assert answers[0].json()["hunt_id"] in [one["id"] for one in before]
        assert all_of(address, "hunts") == before


def ended(address, job):
    for _ in range(600):
        found = httpx.get(f"{address}/api/v1/jobs/{job}").json()
        if found["state"] not in ("queued", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError("it does not end")
