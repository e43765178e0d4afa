"""`hunter mcp` as an assistant starts it: a process, with the client of the SDK at its standard streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from anomaly_hunter.hunt import hunt
from tests.serve.desks import DATA, SHOP, SPIKE, command, talk, text, worst

pytestmark = pytest.mark.slow


def test_an_assistant_hunts_and_asks_over_standard_input_and_output():
    async def conversation(client):
        tools = (await client.list_tools()).tools
        hunted = await client.call_tool("hunt", SHOP)
        blamed = await client.call_tool("ask_blame", {"incident": worst(hunted)})
        told = await client.call_tool("explain", {"hunt": "hunt-1", "at": "2026-03-03T14:31:00Z"})
        outside = await client.call_tool("hunt", {"path": "../../pyproject.toml"})
        return tools, hunted, blamed, told, outside

    tools, hunted, blamed, told, outside = talk(command("--folder", DATA), conversation)
    assert "feedback" not in {tool.name for tool in tools}
    assert "stock cache ttl" in text(hunted)
    assert "inventory" in blamed.structured_content["evidence"][0]["statement"]
    assert told.structured_content["alarm"]
    assert outside.is_error


def test_a_memory_is_asked_and_answered_where_that_is_allowed(tmp_path):
    (tmp_path / "hunter.yaml").write_text("remember:\n  memory: memory.db\n")
    incident = hunt(SPIKE, memory=tmp_path / "memory.db").incidents[0].id

    async def conversation(client):
        listed = await client.call_tool("incidents", {})
        kept = await client.call_tool("feedback", {"incident": incident, "word": "real"})
        return listed, kept

    listed, kept = talk(command("--allow-feedback", folder=tmp_path), conversation)
    assert listed.structured_content["incidents"][0]["id"] == incident
    assert len(kept.structured_content["answers"]) == 1


LOUD = """
import os, warnings
from anomaly_hunter.model import Finding

class Loud:
    name = "loud"

    async def investigate(self, case):
        print("printed by an agent")
        os.write(1, b"written by an agent\\n")
        warnings.warn("warned by an agent")
        return Finding("Loud", "said nothing", 0.0, ())
"""


@pytest.fixture
def loud(tmp_path):
    """A folder with settings that name an agent which writes to standard output; how to start there."""
    info = tmp_path / "loud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[anomaly_hunter.agents]\nloud = loud:Loud\n")
    (tmp_path / "loud.py").write_text(LOUD)
    (tmp_path / "hunter.yaml").write_text("investigate:\n  agents: [pattern_analyst, loud]\n")
    paths = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    return tmp_path, {**os.environ, "PYTHONPATH": paths}


def test_nothing_but_the_protocol_is_on_standard_output(loud):
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    requests: list[dict[str, Any]] = [
        {"method": "initialize", "id": 1, "params": hello},
        {"method": "notifications/initialized"},
        {"method": "tools/call", "id": 2, "params": {"name": "hunt", "arguments": {"values": SPIKE}}},
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "anomaly_hunter", "mcp"], text=True, cwd=loud[0], env=loud[1],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        for request in requests:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **request}) + "\n")
        process.stdin.flush()
        lines = [process.stdout.readline(), process.stdout.readline()]
        rest, said = process.communicate(timeout=30)
    answers = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert {one["id"] for one in answers} == {1, 2}
    assert "said nothing" in json.dumps(answers[1])
    for what in ("printed", "written", "warned"):
        assert f"{what} by an agent" in said
    assert process.returncode == 0


def test_an_interrupt_ends_it_without_a_traceback():
    with subprocess.Popen(
        [sys.executable, "-m", "anomaly_hunter", "mcp", "--http", "--port", "0"],
        text=True,
        stderr=subprocess.PIPE,
    ) as process:
        said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert "MCP at" in said
    assert "Traceback" not in rest
    assert process.returncode in (0, 130)
