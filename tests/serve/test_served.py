"""A server as a user starts it: it starts, tells what happens, stops, and goes on where it was killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import time

import httpx
import pytest
from websockets.asyncio.client import connect

from anomaly_hunter.remember.life import feed
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.store import Store
from tests.serve.started import server

pytestmark = pytest.mark.slow

VALUES = [*[10.0, 11, 10, 9] * 3, 60.0, 10, 11, 10, 9, 10, 11, 10]


def listener(address, path="/api/v1/live"):
    """A raw connection that listens, after it was told that it does."""
    host, _, port = address.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)), 20)
    connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n".encode())
    read_until(connection, b": listening")
    return connection


def read_until(connection, word):
    got = b""
    while word not in got:
        piece = connection.recv(65_536)
        assert piece, got
        got += piece
    return got


def tell(folder, about):
    """As another program would: a change of the store and what is told of it."""
    with (
        Store.open(folder / ".hunter" / "memory.db") as store,
        store.writing() as (connection, owner),
    ):
        feed.tell(connection, owner, now(), "incident.opened", about, {"severity": 7.0})


def test_what_other_programs_do_reaches_every_listener_and_a_stop_lets_them_go(tmp_path):
    with server(tmp_path) as (address, process), contextlib.ExitStack() as ends:
        held = [ends.enter_context(listener(address)) for _ in range(60)]
        tell(tmp_path, "0a1b2c3d4e5f")
        for connection in held:
            assert b"event: incident.opened" in read_until(connection, b"0a1b2c3d4e5f")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130, -signal.SIGINT)
        assert time.monotonic() - began < 10


def test_a_web_socket_hears_the_same(tmp_path):
    async def hear(address):
        async with connect(f"{address.replace('http', 'ws')}/api/v1/live/ws?kinds=incident") as opened:
            await asyncio.to_thread(tell, tmp_path, "0a1b2c3d4e5f")
            return json.loads(await asyncio.wait_for(opened.recv(), 10))

    with server(tmp_path) as (address, _):
        heard = asyncio.run(hear(address))
        assert "hunter_listeners 0" in until(address, "hunter_listeners 0")
    assert heard["about"] == "0a1b2c3d4e5f"
    assert heard["data"] == {"severity": 7.0}


def test_a_job_goes_on_after_the_server_was_killed_and_nothing_is_doubled(tmp_path):
    many = {f"s{i}": [float((i + j) * j % 101) for j in range(1_000)] for i in range(60)}
    many["s0"] = [float(j % 4) for j in range(999)] + [500.0]
    (tmp_path / "hunter.yaml").write_text("serve:\n  wait_seconds: 0\n")
    with server(tmp_path, signal.SIGKILL) as (address, process):
        answer = httpx.post(f"{address}/api/v1/hunts", json={"data": many}, timeout=30)
        process.kill()
    assert answer.status_code == 202
    place = answer.headers["location"]
    with server(tmp_path) as (address, _):
        for _ in range(600):
            job = httpx.get(f"{address}{place}").json()
            if job["state"] not in ("queued", "running"):
                break
            time.sleep(0.1)
        assert job["state"] == "done", job
        hunts = httpx.get(f"{address}/api/v1/hunts").json()["items"]
        assert [one["id"] for one in hunts] == [job["result"]["hunt_id"]]


def until(address, words):
    """The figures once they hold these words, or as they are after a while."""
    for _ in range(200):
        text = httpx.get(f"{address}/metrics").text
        if words in text:
            break
        time.sleep(0.05)
    return text


def test_a_server_that_nobody_can_sign_in_to_says_so_at_its_start(tmp_path):
    with server(tmp_path, options=("--sign-in",)) as (_, process):
        assert process.stderr.readline() == (
            b"hunter: warning: nobody can sign in yet: hunter users add NAME --role admin\n"
        )
