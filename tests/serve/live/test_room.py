"""There is room for many who listen, and nobody takes all of it."""

from __future__ import annotations

import asyncio

import pytest

from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.api import live
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.live.broker import Broker, Wanted
from anomaly_hunter.serve.rest.problem import Problem

ANN = Caller("ann", "viewer", "default", "session", id="a")
BOB = Caller("bob", "viewer", "default", "session", id="b")
LOCAL = Caller("local", "admin", "default", "local")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "memory.db") as opened:
        yield opened


def come(store, *callers):
    """What each of them is told where all come at once: nothing, or that there is no room."""

    async def run():
        feeding = Broker(store)
        try:
            coming = (live._listener(feeding, one, Wanted(), "") for one in callers)
            found = await asyncio.gather(*coming, return_exceptions=True)
            return found, feeding.listeners
        finally:
            feeding.close()

    found, listeners = asyncio.run(run())
    refused = [one for one in found if isinstance(one, BaseException)]
    assert all(isinstance(one, Problem) and one.status == 429 for one in refused)
    return len(refused), listeners


def test_one_who_comes_very_often_at_once_leaves_room_for_others(store):
    refused, listeners = come(store, *[ANN] * (live.MOST_OF_ONE + 50), BOB)
    assert refused >= 50
    assert 1 <= listeners <= live.MOST_OF_ONE + 1


def test_without_sign_in_everybody_is_the_same_one(store):
    assert come(store, *[LOCAL] * (live.MOST_OF_ONE + 50)) == (0, live.MOST_OF_ONE + 50)
