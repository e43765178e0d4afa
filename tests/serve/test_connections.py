"""Connections that never finish what they ask."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import httpx
import pytest
import uvicorn

from anomaly_hunter.serve.connections import Connection


class Hasty(Connection):
    head_s = 0.5


async def app(scope, receive, send):
    body = (await receive()).get("body", b"")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok" if len(body) < 2 else b"OK"})


@pytest.fixture
def port():
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=Hasty, lifespan="off", log_level="critical"))
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


def end_of(connection):
    with contextlib.suppress(ConnectionError):
        return connection.recv(100)
    return b""


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


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nx: ", b"GET / HTTP/1.1\r\n\r\nGET"])
def test_a_head_that_does_not_come_is_not_waited_for(port, sent):
    with contextlib.ExitStack() as ends:
        slow = [ends.enter_context(connected(port, sent)) for _ in range(50)]
        assert httpx.get(f"http://127.0.0.1:{port}").text == "ok"
        for one in slow:
            while end_of(one):
                pass


def test_who_asks_well_is_answered_again_and_again(port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for size in (0, 10, 1_000_000, 0):
            asked = client.post("/", content=b"x" * size, headers={"x": "y" * 50_000})
            assert asked.status_code == 200
