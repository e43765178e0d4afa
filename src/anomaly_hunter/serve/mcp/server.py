"""The server: its tools, its one prompt, and standard input and output as its wire."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from pydantic import Field

from anomaly_hunter import __version__
from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.hunting import hunting_tools
from anomaly_hunter.serve.mcp.memory import memory_tools
from anomaly_hunter.serve.mcp.questions import question_tools
from anomaly_hunter.serve.mcp.wording import INSTRUCTIONS, investigation


def server_of(desk: Desk) -> MCPServer[None]:
    """A server that answers at this desk; nothing is opened yet."""
    server: MCPServer[None] = MCPServer(
        "anomaly-hunter",
        title="Anomaly Hunter",
        instructions=INSTRUCTIONS,
        version=__version__,
        tools=[*hunting_tools(desk), *question_tools(desk), *memory_tools(desk)],
        log_level="WARNING",
        subscriptions=False,
    )

    def investigate(incident: Annotated[str, Field(description="Its id, as `hunt` gives it.")]) -> str:
        """Investigate one incident and write to the engineer on call."""
        return investigation(incident[:100])

    server.add_prompt(Prompt.from_function(investigate, title="Investigate an incident"))
    return server


def serve_stdio(desk: Desk) -> None:
    """Answer on standard input and output until the input ends.

    Nothing but the protocol is written to standard output: while it runs, what anything else prints
    goes to standard error.
    """
    try:
        server_of(desk).run("stdio")
    finally:
        desk.close()
