"""Listening ends with what let somebody in."""

from __future__ import annotations

import asyncio

import pytest

from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import People
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.lasting import EVERY_S, Pass
from tests.serve.guard.calling import DOER


class Ticks:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def pass_of(place, client, caller, ticks):
    headers = [(b"host", b"localhost:8787")]
    if "hunter" in client.cookies:
        headers.append((b"cookie", f"hunter={client.cookies['hunter']}".encode()))
    if "authorization" in client.headers:
        headers.append((b"authorization", client.headers["authorization"].encode()))
    scope = {"type": "http", "path": "/api/v1/live", "method": "GET", "headers": headers}
    return Pass(place.entrance, scope, caller, ticks)


def person(place, name, ticks):
    client = place.browser(name)
    found = People(place.store).named(name)
    return client, pass_of(place, client, Caller(name, found.role, "default", "session", id=found.id), ticks)


def later(ticks, found):
    ticks.now += EVERY_S
    return asyncio.run(found.lasts())


@pytest.mark.parametrize("end", ["sign out", "disable", "leave it for a day"])
def test_a_listening_browser_is_let_go_with_its_session(place, end):
    ticks = Ticks()
    client, found = person(place, "vic", ticks)
    assert later(ticks, found)
    if end == "sign out":
        assert client.post("/sign-out").status_code == 303
    elif end == "disable":
        People(place.store).change(People(place.store).named("vic").id, DOER, disabled=True)
    else:
        place.clock.go_on(hours=13)
    assert not later(ticks, found)


def test_a_listening_program_is_let_go_with_its_key(place):
    ticks, client = Ticks(), place.program("read")
    (key,) = Keys(place.store).all()
    found = pass_of(place, client, Caller("program", "viewer", "default", "key", id=key.id), ticks)
    assert later(ticks, found)
    Keys(place.store).revoke(key.id, DOER)
    assert asyncio.run(found.lasts()), "not asked at each event"
    assert not later(ticks, found)


def test_without_sign_in_there_is_nothing_to_end(place):
    ticks = Ticks()
    assert later(ticks, pass_of(place, place.client(), Caller("local", "admin", "default", "local"), ticks))
