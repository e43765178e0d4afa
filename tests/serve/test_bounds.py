"""What a request may be: size, depth, length, and JSON as it is defined."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from fastapi import FastAPI, Form, Request
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from anomaly_hunter.serve.rest import problem
from anomaly_hunter.serve.rest.bounds import Bounds, Most, check_json
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.rest.request_ids import RequestIds

SMALL = Most(body_bytes=10_000, values=1_000, depth=8, text_bytes=500, query_bytes=200)


@pytest.fixture
def client():
    app = FastAPI()
    problem.install(app)

    @app.post("/echo")
    def echo(body: dict[str, object]) -> object:
        return body

    @app.post("/form")
    def form(a: Annotated[int, Form()]) -> object:
        return a

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.get("/fails")
    def fails() -> None:
        raise RuntimeError("secret place /etc/passwd")

    app.add_middleware(Bounds, most=SMALL)
    app.add_middleware(RequestIds)
    return TestClient(app, raise_server_exceptions=False)


def told(answer, status):
    """The problem of an answer, which is a whole one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert {"type", "title", "detail", "instance", "request_id"} <= set(found)
    assert found["request_id"] == answer.headers["x-request-id"]
    return found


def post(client, body, content_type="application/json", path="/echo"):
    return client.post(path, content=body, headers={"content-type": content_type})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": NaN}', 400),
        (b'{"a": Infinity}', 400),
        (b'{"a": -Infinity}', 400),
        (b'{"a": "\\ud800"}', 400),
        (b'{"a": "\\udc00\\ud800"}', 400),
        (b'{"a": ', 400),
        (b'{"a": "\xff"}', 400),
        (b"", 422),
        (b"[" * 9 + b"]" * 9, 413),
        (b"[" * 9_000, 413),
        (b'{"a":' * 2_000, 413),
        (b'{"a": "' + b"x" * 501 + b'"}', 413),
        (b'{"a": [' + b"1," * 1_500 + b"1]}", 413),
        (b'{"a": "' + b"x" * 20_000 + b'"}', 413),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400),
        (b"null", 422),
        (b"[1]", 422),
    ],
)
def test_a_body_that_is_too_much_or_no_json_is_refused_before_it_is_parsed(client, body, status):
    told(post(client, body), status)


def test_a_body_within_the_bounds_arrives_as_it_was_sent(client):
    body = {"a": 'NaN "[[[[[[[[[[[[" \\', "b": [[1, 2.5, None]], "smile": "😀"}
    assert post(client, json.dumps(body)).json() == body
    assert post(client, json.dumps(body), "application/vnd.api+json; charset=utf-8").json() == body


def test_a_long_body_without_a_length_is_refused_while_it_comes(client):
    for path in ("/echo", "/raw"):
        for content_type in ("application/json", "text/csv", "multipart/form-data; boundary=x"):
            parts = (b"x" * 1_000 for _ in range(50))
            told(client.post(path, content=parts, headers={"content-type": content_type}), 413)
    assert post(client, b"x" * 9_000, "text/csv", "/raw").json() == 9_000


@pytest.mark.parametrize("length", ["10001", "99999999999999999999999", "1" * 4_000])
def test_an_announced_length_beyond_the_bound_is_refused_at_once(client, length):
    told(client.post("/raw", content=b"x", headers={"content-length": length}), 413)


def test_a_body_of_another_type_is_named(client):
    kinds = ("text/plain", "application/xml", "", "application/x-www-form-urlencoded")
    for content_type in (*kinds, "multipart/form-data; boundary=x"):
        told(post(client, b'{"a": 1}', content_type), 415)
    for content_type in ("application/json", "text/plain"):
        told(post(client, b'{"a": 1}', content_type, "/form"), 415)
    told(post(client, b"b=1", "application/x-www-form-urlencoded", "/form"), 422)
    assert post(client, b"a=1", "application/x-www-form-urlencoded", "/form").json() == 1


def test_an_address_is_neither_endless_nor_holds_nul(client):
    told(client.get("/echo?a=" + "x" * 300), 414)
    told(client.get("/echo/%00"), 400)
    told(client.get("/echo?a=%00"), 400)


def test_what_is_not_there_and_what_is_not_done_are_problems(client):
    told(client.get("/nothing"), 404)
    wrong = client.get("/echo")
    told(wrong, 405)
    assert wrong.headers["allow"] == "POST"


def test_a_fault_tells_its_id_and_nothing_else(client):
    answer = client.get("/fails", headers={"x-request-id": "mine-1"})
    assert told(answer, 500)["request_id"] == "mine-1"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("given", ["x" * 65, "a b", "<script>", "", "ä".encode("latin-1")])
def test_an_id_that_is_not_plain_is_replaced(client, given):
    found = client.get("/nothing", headers={"x-request-id": given}).headers["x-request-id"]
    assert len(found) == 16


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)  # fmt: skip


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(JSON, st.booleans())
def test_every_json_text_passes_and_its_depth_is_exact(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    check_json(body, Most())
    deep = depth(value)
    if deep:
        with pytest.raises(Problem, match="levels deep"):
            check_json(body, Most(depth=deep - 1))
    check_json(body, Most(depth=deep))
