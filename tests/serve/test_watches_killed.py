"""kill -9 of the server while its workers hunt windows of watches: none is left out, none is hunted twice."""

from __future__ import annotations

import json
import signal
import time
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import func, select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Runs
from anomaly_hunter.remember.watches.watching import Watches
from tests.remember.conftest import new_database, place, postgres
from tests.serve.started import server

__all__ = ["new_database", "place", "postgres"]
pytestmark = pytest.mark.slow

WATCH = {"files": "metrics.csv", "every": "1s", "history": "1d", "delay": "0s"}
POINTS = 40_000
"""A hunt in so many takes long enough to be killed in."""
PATIENCE_S = 120


@pytest.fixture
def folder(place, tmp_path):
    settings = {
        "remember": {"memory": place},
        "serve": {"workers": 3},
        "watches": {"a": WATCH, "b": WATCH},
    }
    (tmp_path / "hunter.yaml").write_text(json.dumps(settings))
    times = np.datetime64("now", "s") - np.arange(POINTS, 0, -1)
    values = 100 + np.random.default_rng(7).normal(0, 2, POINTS)
    values[-300:-200] += 60
    rows = [f"{at}Z,{value:.3f}" for at, value in zip(times, values, strict=True)]
    (tmp_path / "metrics.csv").write_text("\n".join(["time,value", *rows]) + "\n")
    return tmp_path


def runs_of(store):
    """The runs of each watch, the first first."""
    return {one.name: tuple(reversed(Runs(store).of(one.id, 500))) for one in Watches(store).all()}


def waited(condition):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def left(store):
    """Names of the watches of which a window is held."""
    return {name for name, runs in runs_of(store).items() if runs and runs[-1].state == "running"}


def test_no_window_is_left_out_or_hunted_twice_when_the_server_is_killed(folder, place):
    with Store.open(place) as store:
        for _ in range(20):
            with server(folder, signal.SIGKILL) as (_, process):
                waited(lambda: left(store))
                process.kill()
                process.wait(20)
            if gone := left(store):
                break
        assert gone, "it was killed in the middle of a window"
        killed = {name: runs_of(store)[name][-1] for name in gone}
        with server(folder):
            ends = {name: run.end for name, run in killed.items()}
            waited(lambda: all(done_after(store, name, end) >= 2 for name, end in ends.items()))
        for name, run in killed.items():
            again = next(one for one in runs_of(store)[name] if one.id == run.id)
            assert (again.begin, again.end, again.state) == (run.begin, run.end, "done")
            assert again.attempts == run.attempts + 1
        check(store)


def done_after(store, name, end):
    return sum(run.state == "done" and run.end > end for run in runs_of(store)[name])


def check(store):
    """Windows meet, and each that was hunted was kept once and told once."""
    hunted = []
    for runs in runs_of(store).values():
        assert {run.state for run in runs[:-1]} == {"done"}, [run.error for run in runs]
        assert all(one.end == other.begin for one, other in pairwise(runs)), "no gap, no overlap"
        hunted += [run.hunt_id for run in runs if run.state == "done"]
    with store.reading() as (connection, _):
        ran = connection.execute(select(func.count()).where(schema.happening.c.kind == "watch.ran")).scalar()
        kept = connection.execute(select(schema.hunt.c.id)).scalars().all()
    assert len(hunted) == ran, "each was told once"
    assert sorted(hunted) == sorted(kept), "each was kept once"
