"""The server as a user starts it, which kills itself (as kill -9 does) at a chosen moment of one write."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from anomaly_hunter.config import load_settings, override
from anomaly_hunter.serve.start import serve

ARMED = Path("armed")
"""While this file is there, the next write is the last; it holds what the statements of that write name."""

_written: list[object] = []


def die() -> None:
    ARMED.unlink()
    os.kill(os.getpid(), signal.SIGKILL)


def install(moment: str) -> None:
    """Die just before or just after that write is committed, its answer not sent."""
    mark = "writes"

    @event.listens_for(Engine, "before_cursor_execute")
    def _(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if ARMED.exists() and statement.startswith("INSERT") and ARMED.read_text() in statement:
            connection.info[mark] = True

    @event.listens_for(Engine, "commit")
    def _(connection: Connection) -> None:
        if connection.info.get(mark):
            if moment == "before":
                die()
            _written.append(connection.connection.dbapi_connection)

    @event.listens_for(Pool, "checkin")
    def _(given_back: object, record: object) -> None:
        if given_back in _written:
            die()


if __name__ == "__main__":
    install(sys.argv[1])
    serve(override(load_settings(), port=0))
