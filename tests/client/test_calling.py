"""The client asks again where that helps, and says what the server said."""

from __future__ import annotations

import httpx
import pytest

from anomaly_hunter.client.calling import Calls
from anomaly_hunter.client.client import Client
from anomaly_hunter.errors import DataError, ServerError, UsageError


class Answers:
    """A server that gives these answers, one after the other; remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def calls_of(server, retries=3):
    slept: list[float] = []
    http = httpx.Client(base_url="http://hunter/api/v1/", transport=httpx.MockTransport(server))
    return Calls(http, retries, slept.append), slept


def problem(status, **more):
    headers = more.pop("headers", {})
    document = {"status": status, "title": "T", "detail": "it broke; expected luck. Cure: rest.",
                "expected": "luck", "cure": "rest", "request_id": "r1", **more}  # fmt: skip
    return httpx.Response(status, json=document, headers=headers)


def test_a_busy_server_is_asked_again_after_the_time_that_it_says_and_with_the_same_key():
    server = Answers(problem(429, headers={"retry-after": "7"}), problem(503), httpx.Response(200, json=[1]))
    calls, slept = calls_of(server)
    assert calls.json("POST", "events", json={}) == [1]
    assert slept == [7.0, 0.5]
    assert len({request.headers["idempotency-key"] for request in server.asked}) == 1


@pytest.mark.parametrize(
    "url", ["http://hunter", "http://hunter/", "http://hunter/api/v1", "http://hunter/api/v1/"]
)
def test_the_address_may_hold_the_path_of_the_api(url):
    server = Answers(httpx.Response(200, json={"items": []}))
    with Client(url, transport=httpx.MockTransport(server)) as client:
        assert client.watches() == ()
    assert str(server.asked[0].url) == "http://hunter/api/v1/watches"


def test_a_request_that_changes_nothing_carries_no_key():
    server = Answers(httpx.Response(200, json={}), httpx.Response(204))
    calls, _ = calls_of(server)
    assert calls.json("GET", "events") == {}
    assert calls.json("DELETE", "events/a") is None
    assert ["idempotency-key" in request.headers for request in server.asked] == [False, True]


def test_a_server_that_is_not_there_is_tried_again_and_then_said_so():
    server = Answers(*[httpx.ConnectError("refused")] * 3)
    calls, slept = calls_of(server, retries=2)
    with pytest.raises(ServerError, match=r"http://hunter/api/v1/ cannot be reached .*refused"):
        calls.json("GET", "events")
    assert slept == [0.25, 0.5]


@pytest.mark.parametrize(
    ("status", "title", "kind"),
    [
        (400, "Not JSON", UsageError),
        (422, "Data cannot be used", DataError),
        (401, "Not signed in", ServerError),
        (403, "Not allowed", ServerError),
        (500, "Failed", ServerError),
    ],
)
def test_a_problem_is_an_error_of_ours_with_its_cure(status, title, kind):
    calls, slept = calls_of(Answers(problem(status, title=title)))
    with pytest.raises(kind) as found:
        calls.json("GET", "events")
    assert str(found.value) == "it broke; expected luck. Cure: rest."
    assert found.value.__notes__ == [f"status {status}, request r1"]
    assert slept == []


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(404, text="no"),
                                    httpx.Response(404, json=[])])  # fmt: skip
def test_an_answer_of_another_server_is_named(answer):
    calls, _ = calls_of(Answers(answer))
    with pytest.raises(ServerError, match="JSON of a server of ours"):
        calls.json("GET", "events")
