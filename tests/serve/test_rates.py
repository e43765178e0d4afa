"""How many requests one caller may make."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.rest.rates import Bucket, Rates


class Clock:
    """A clock that stands still until it is moved."""

    now = 100.0

    def __call__(self):
        return self.now


class As:
    """A door that takes everybody for who the header says."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        name = dict(scope["headers"]).get(b"who", b"ann").decode()
        scope.setdefault("state", {})["caller"] = Caller(name, "viewer", "shop", "key")
        await self.app(scope, receive, send)


def client(per_minute, clock, *, door=True, **more):
    app = FastAPI()

    @app.get("/healthz")
    @app.get("/one")
    def one() -> int:
        return 1

    app.add_middleware(Rates, per_minute=per_minute, clock=clock, **more)
    if door:
        app.add_middleware(As)
    return TestClient(app, client=("10.0.0.2", 50_000))


def test_who_asks_for_too_much_is_told_when_to_come_back_and_others_are_not():
    clock = Clock()
    asked = client(3, clock)
    assert [asked.get("/one").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = asked.get("/one")
    assert refused.headers["retry-after"] == "20"
    assert refused.headers["content-type"] == "application/problem+json"
    assert asked.get("/one", headers={"who": "bob"}).status_code == 200
    assert asked.get("/healthz").status_code == 200
    clock.now += 20
    assert [asked.get("/one").status_code for _ in range(2)] == [200, 429]


def test_behind_a_known_proxy_each_address_has_its_own_share():
    asked = client(1, Clock(), door=False, proxies=("10.0.0.2",))
    addresses = ("203.0.113.9", "203.0.113.8", "6.6.6.6, 203.0.113.9")
    answers = [asked.get("/one", headers={"x-forwarded-for": one}).status_code for one in addresses]
    assert answers == [200, 200, 429]


def test_what_nobody_vouches_for_gives_no_share_of_its_own():
    asked = client(1, Clock(), door=False)
    addresses = ("203.0.113.9", "203.0.113.8")
    assert [asked.get("/one", headers={"x-forwarded-for": one}).status_code for one in addresses] == [
        200,
        429,
    ]


def test_without_a_limit_everything_passes():
    asked = client(0, Clock())
    assert {asked.get("/one").status_code for _ in range(50)} == {200}


def test_the_book_of_callers_does_not_grow_forever():
    bucket = Bucket(10)
    for who in range(20_000):
        bucket.wait(who, 0.0)
    assert len(bucket._free_at) == 10_000
