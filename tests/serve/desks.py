"""A desk for tests, and how to talk to it with a real client."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

from anomaly_hunter.config import Settings
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.folders import Folders

DATA = Path(__file__).parents[2] / "examples" / "data"
SHOP = {"path": "shop", "events": "shop-events.json", "graph": "shop-graph.yaml"}
SPIKE = [10.0, 11, 10, 9] * 3 + [60.0] + [10.0, 11, 10, 9, 10, 11, 10]


def desk_of(folder=DATA, *, memory="", limits=None, may_answer=False):
    """A desk that reads below one folder."""
    settings = Settings(remember=RememberOptions(str(memory)))
    return Desk(settings, Folders.of([folder], limits), limits=limits, may_answer=may_answer)


def talk(server, conversation, **how):
    """Run ``await conversation(client)`` with the client of the SDK and give back what it gives."""

    async def run():
        async with Client(server, read_timeout_seconds=60, **how) as client:
            return await conversation(client)

    return asyncio.run(run())


def command(*arguments, folder=None):
    """`hunter mcp` as a client starts it."""
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    given = ["-m", "anomaly_hunter", "mcp", *map(str, arguments)]
    return StdioServerParameters(command=sys.executable, args=given, env=environment, cwd=folder)


def worst(hunted):
    """The id of the worst incident of a hunt."""
    return hunted.structured_content["verdict"]["incidents"][0]["id"]


def text(result):
    """What an assistant reads."""
    return "".join(part.text for part in result.content)
