"""`hunter mcp --http` at a real port."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.mcp.http import Address, serve_http, token_of
from tests.serve.desks import DATA, SHOP, desk_of, text, worst

TOKEN = "0123456789abcdef-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def url():
    """Where a server answers that wants the token."""
    arguments = ["--folder", str(DATA), "--http", "--port", "0", "--token-env", "HUNTER_TOKEN"]
    with subprocess.Popen(
        [sys.executable, "-m", "anomaly_hunter", "mcp", *arguments],
        env={**os.environ, "HUNTER_TOKEN": TOKEN}, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.fullmatch(r"hunter: MCP at (http://127\.0\.0\.1:\d+/mcp)\n", said)
        assert found, said
        yield found[1]
        process.terminate()
        assert "Traceback" not in process.stderr.read()


async def talked(url, conversation, **how):
    async with (
        httpx2.AsyncClient(headers=HEADERS, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http), **how) as client,
    ):
        return await conversation(client)


async def investigation(client):
    hunted = await client.call_tool("hunt", SHOP)
    return hunted, await client.call_tool("ask_changed_before", {"incident": worst(hunted), "most": 1})


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_hunts_and_asks_over_http(url, mode):
    hunted, changed = asyncio.run(talked(url, investigation, mode=mode))
    assert "stock cache ttl" in text(hunted)
    assert "stock cache ttl" in changed.structured_content["evidence"][1]["statement"]


@pytest.mark.slow
def test_two_assistants_ask_at_once(url):
    async def both():
        return await asyncio.gather(talked(url, investigation), talked(url, investigation))

    (one, _), (other, _) = asyncio.run(both())
    assert one.structured_content["hunt"] != other.structured_content["hunt"]
    assert worst(one) == worst(other)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer wrong-token-wrong-token"}, 401),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": "Bearer \xe9"}, 401),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:8765"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_strangers_are_refused(url, headers, status):
    encoded = {name: value.encode("latin-1") for name, value in (HEADERS | ACCEPT | headers).items()}
    assert httpx2.post(url, json=PING, headers=encoded).status_code == status


@pytest.mark.slow
def test_a_body_that_is_too_large_is_refused(url):
    sent = httpx2.post(url, content=b" " * (4 * 1024 * 1024 + 1), headers=HEADERS | ACCEPT)
    assert sent.status_code == 413


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_another_address_needs_a_token(host):
    with pytest.raises(UsageError, match="no token is set"):
        Address(host)
    assert Address(host, token=TOKEN).host == host


def test_the_token_is_not_shown():
    assert TOKEN not in repr(Address(token=TOKEN))


@pytest.mark.parametrize("token", ["", "short", "with a blank in the token", "x" * 15, "é" * 20])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(UsageError, match="holds no token"):
        token_of("NAME", {"NAME": token})


def test_names_that_were_allowed_pass_and_others_do_not():
    allowed = Address("0.0.0.0", 80, TOKEN, ("hunter.example",)).security(80)
    assert "hunter.example" in allowed.allowed_hosts
    assert "https://hunter.example" in allowed.allowed_origins
    assert "localhost:80" not in allowed.allowed_hosts


def test_a_port_that_is_taken_is_an_error_of_ours():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address(port=taken.getsockname()[1])
        with pytest.raises(UsageError, match="choose another with --port"):
            serve_http(desk_of(), address)
