"""Routes below a prefix are loaded when they are first asked for, and once."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from anomaly_hunter.serve.rest.below import Below


class Loading:
    """Gives the routers, and counts how often."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        router = APIRouter()

        @router.get("/things/{name}")
        def thing(name: str) -> str:
            return name

        return [router]


def served():
    loading = Loading()
    app, below = FastAPI(), Below("/api", loading)
    app.include_router(below, prefix="/api")

    @app.get("/")
    def page() -> str:
        return "page"

    return TestClient(app), below, loading


def test_a_page_loads_no_operation():
    client, _, loading = served()
    assert client.get("/").json() == "page"
    assert client.get("/nothing").status_code == 404
    assert loading.times == 0


def test_the_first_operation_loads_them_all_once():
    client, below, loading = served()
    assert [client.get(f"/api/things/{name}").json() for name in ("a", "b")] == ["a", "b"]
    below.load()
    assert client.get("/api/other").status_code == 404
    assert loading.times == 1


def test_below_a_proxy_s_path_they_are_found_too():
    client, _, _ = served()
    behind = TestClient(client.app, root_path="/hunter")
    assert behind.get("/hunter/api/things/a").json() == "a"
    assert behind.get("/hunter/").json() == "page"
