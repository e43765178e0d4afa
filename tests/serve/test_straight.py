"""What is asked most goes straight to its endpoint; what asks for more takes the described way."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from anomaly_hunter.serve.api import detect
from anomaly_hunter.serve.rest import problem
from anomaly_hunter.serve.rest.straight import Straight


async def straight(_: Request) -> Response:
    return PlainTextResponse("straight")


def asked() -> TestClient:
    app = FastAPI(openapi_url="/openapi.json")
    app.router.routes.append(Straight("/hunt", straight))

    @app.post("/hunt")
    def hunt(save: bool = False) -> str:
        return f"described, save={save}"

    return TestClient(app)


def test_a_post_without_parameters_goes_straight():
    assert asked().post("/hunt").text == "straight"


def test_parameters_are_read_where_they_are_described():
    assert asked().post("/hunt?save=true").json() == "described, save=True"
    assert asked().post("/hunt?save=perhaps").status_code == 422


def test_other_methods_are_refused_as_they_were():
    refused = asked().get("/hunt")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_it_is_described_once():
    described = asked().get("/openapi.json").json()["paths"]["/hunt"]["post"]
    assert described["summary"] == "Hunt"


def test_who_may_not_look_is_refused_on_the_short_way_too():
    app = FastAPI()
    app.state.site = None
    problem.install(app)
    app.router.routes.append(Straight("/detect", detect.straight))

    @app.middleware("http")
    async def nobody(request, call_next):
        request.state.caller = None
        return await call_next(request)

    assert TestClient(app).post("/detect", json={"data": [1]}).status_code == 401
