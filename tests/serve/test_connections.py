"""Connections that never finish what they ask."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import threading
import time

import httpx
import pytest
import uvicorn

from anomaly_hunter.serve.connections import Connection


class Hasty(Connection):
    head_s = 0.5
    body_s = 1.0
    most = 20


async def app(scope, receive, send):
    if scope["path"] == "/deaf":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"deaf"})
        return
    body, more = b"", scope["path"] == "/read"
    while more:
        message = await receive()
        more = message.get("more_body", False)
        body += message.get("body", b"")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok" if len(body) < 2 else b"OK"})


@pytest.fixture
def port():
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, http=Hasty, lifespan="off", log_level="critical", timeout_keep_alive=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


def connected(port, sent):
    connection = socket.create_connection(("127.0.0.1", port), 20)
    connection.sendall(sent)
    return connection


def all_of(connection):
    """What is said until the connection is closed."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(10_000):
            said += piece
    return said


def ended(connection):
    """Whether there is something to read: an answer, or the end."""
    return bool(select.select([connection], [], [], 0)[0])


def flood(connection):
    """How much it takes before it is closed."""
    for size in range(0, 100_000_000, 10_000):
        try:
            connection.sendall(b"x" * 10_000)
        except ConnectionError:
            return size
    return None


def test_a_head_without_end_is_cut_off(port):
    for begin in (b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ", b"GET /"):
        with connected(port, begin) as endless:
            assert flood(endless) is not None


@pytest.mark.parametrize(
    ("sent", "said"),
    [(b"", []), (b"GET / HTTP/1.1\r\nx: ", [b"408"]), (b"GET / HTTP/1.1\r\n\r\nGET", [b"200"])],
)
def test_a_head_that_does_not_come_is_not_waited_for(port, sent, said):
    with contextlib.ExitStack() as ends:
        slow = [ends.enter_context(connected(port, sent)) for _ in range(10)]
        assert httpx.get(f"http://127.0.0.1:{port}").text == "ok"
        for one in slow:
            assert re.findall(rb"HTTP/1.1 (\d+)", all_of(one)) == said


POST = b"POST /%s HTTP/1.1\r\ncontent-length: 100000\r\n\r\n"


@pytest.mark.parametrize("trickle", [b"", b"x"])
def test_a_body_that_does_not_come_along_is_refused_and_others_are_answered(port, trickle):
    with contextlib.ExitStack() as ends:
        slow = [ends.enter_context(connected(port, POST % b"read")) for _ in range(10)]
        while not all(map(ended, slow)):
            assert httpx.get(f"http://127.0.0.1:{port}").text == "ok"
            for one in slow:
                with contextlib.suppress(ConnectionError):
                    one.sendall(trickle)
        for one in slow:
            head, _, body = all_of(one).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 408 ")
            assert b"connection: close" in head
            assert b"content-type: application/problem+json" in head
            problem = json.loads(body)
            assert (problem["status"], problem["title"]) == (408, "Too slow")


def test_a_body_that_nobody_wants_is_not_waited_for_either(port):
    with connected(port, POST % b"deaf") as one:
        assert all_of(one).count(b"HTTP/1.1") == 1, "which was answered at once, and not again"


def test_a_large_body_that_comes_slowly_but_comes_is_read(port):
    with connected(port, b"POST /read HTTP/1.1\r\ncontent-length: 60000\r\nconnection: close\r\n\r\n") as one:
        for _ in range(30):
            time.sleep(0.05)  # longer in all than a body may stand still
            one.sendall(b"x" * 2_000)
        assert all_of(one).endswith(b"OK")


def test_of_too_many_connections_those_that_ask_nothing_give_way(port):
    with contextlib.ExitStack() as ends:
        idle = [ends.enter_context(connected(port, b"")) for _ in range(Hasty.most)]
        reading = ends.enter_context(connected(port, POST % b"read"))
        for _ in range(3):
            with connected(port, b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n") as one:
                assert all_of(one).endswith(b"ok")
        assert idle[0].recv(1) == b"", "the oldest went first"
        reading.sendall(b"x" * 100_000)
        assert b"HTTP/1.1 200" in reading.recv(100), "who sends something stays"


def test_who_asks_well_is_answered_again_and_again(port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for size in (0, 10, 1_000_000, 0):
            asked = client.post("/", content=b"x" * size, headers={"x": "y" * 50_000})
            assert asked.status_code == 200
