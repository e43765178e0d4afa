"""What a server tells is heard once and in order, also when the line breaks."""

from __future__ import annotations

import httpx
import pytest

from anomaly_hunter.client.calling import Calls
from anomaly_hunter.client.listening import listen
from anomaly_hunter.errors import ServerError


def event(number, kind="incident.opened"):
    data = f'{{"id":{number},"at":"2026-03-01T00:00:00Z","kind":"{kind}","about":"a","data":{{"x":1}}}}'
    return f"id: {number}\nevent: {kind}\ndata: {data}\n\n"


def heard(*bodies, many, **asked):
    requests, left = [], list(bodies)

    def server(request):
        requests.append(request)
        if not left:
            raise httpx.ConnectError("gone")
        return httpx.Response(200, text=left.pop(0), headers={"content-type": "text/event-stream"})

    http = httpx.Client(base_url="http://hunter/api/v1/", transport=httpx.MockTransport(server))
    stream = listen(Calls(http, 0), asked.get("kinds", ()), "", asked.get("after"), lambda _: None)
    return [next(stream) for _ in range(many)], requests


def test_a_line_that_breaks_is_taken_up_after_the_last_event():
    told, requests = heard(
        "retry: 2000\n: listening\n\n" + event(3) + event(4), ": beat\n\n" + event(5), many=3
    )
    assert [one.id for one in told] == [3, 4, 5]
    assert told[0].data == {"x": 1}
    assert "last-event-id" not in requests[0].headers
    assert requests[1].headers["last-event-id"] == "4"


def test_who_asks_for_kinds_and_a_place_to_go_on_from_says_so():
    _, requests = heard(event(9), many=1, kinds=("incident", "job.done"), after=8)
    assert requests[0].url.params["kinds"] == "incident,job.done"
    assert requests[0].headers["last-event-id"] == "8"


def test_a_server_that_was_never_there_is_an_error():
    with pytest.raises(ServerError, match="cannot be reached"):
        heard(many=1)
