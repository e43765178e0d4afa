"""The rim: where text leaves the program, whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from anomaly_hunter import registry
from anomaly_hunter.model import Hunt
from anomaly_hunter.tell.write import write_whole


def render(hunt: Hunt, output: str, *, color: bool | None = None) -> str:
    """The report of this name; the terminal one fits the terminal it is printed to."""
    report = registry.lookup("reports", output)
    if output == "terminal":
        return str(report(color=_color() if color is None else color).render(hunt))
    return str(report().render(hunt))


def format_of(asked: str | None, configured: str, out: Path | None) -> str:
    """What `-o` asks for; else by the ending of `--out`; else table on a terminal, JSON in a pipe."""
    by_ending = {".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".md": "md", ".html": "html"}
    if asked:
        return "terminal" if asked in ("table", "text") else asked
    if out is not None and out.suffix in by_ending:
        return by_ending[out.suffix]
    return configured or ("terminal" if sys.stdout.isatty() else "json")


def deliver(text: str, out: Path | None) -> None:
    """To the file, whole or not at all, or to standard output."""
    if out is not None:
        write_whole(out, text)
        print(f"wrote {out}", file=sys.stderr)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader went away, as `head` does: the last flush goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def check_format(output: str) -> None:
    """Fail on an unknown format before the work, not after it."""
    registry.lookup("reports", output)


def send(hunt: Hunt, target: str) -> None:
    """Every incident to one sink, NAME:TARGET."""
    name, _, rest = target.partition(":")
    sink = registry.lookup("sinks", name)(rest)
    for incident in hunt.incidents:
        sink.send(incident)
