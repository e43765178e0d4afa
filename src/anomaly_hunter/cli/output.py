"""The rim: where text leaves the program, whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from anomaly_hunter import registry
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Hunt
from anomaly_hunter.read.paths import expand
from anomaly_hunter.tell.contract import Sink
from anomaly_hunter.tell.write import write_whole

_BY_ENDING: Final = {
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".md": "md", ".html": "html",
    ".htm": "html", ".txt": "terminal",
}  # fmt: skip


def render(hunt: Hunt, output: str, *, color: bool | None = None) -> str:
    """The report of this name; the terminal one fits the terminal it is printed to."""
    report = registry.lookup("reports", output)
    if output == "terminal":
        return str(report(color=_color() if color is None else color).render(hunt))
    return str(report().render(hunt))


def format_of(asked: str | None, configured: str, out: Path | None) -> str:
    """What `-o` asks for; else by the ending of `--out`; else table on a terminal, JSON in a pipe."""
    if asked:
        return "terminal" if asked in ("table", "text") else asked
    if out is not None and out.suffix.lower() in _BY_ENDING:
        return _BY_ENDING[out.suffix.lower()]
    return configured or ("terminal" if sys.stdout.isatty() else "json")


def deliver(text: str, out: Path | None, *, quiet: bool = False) -> None:
    """To the file, whole or not at all, or to standard output; ``quiet`` does not say "wrote"."""
    if out is not None:
        write_whole(out, text)
        if not quiet:
            print(f"wrote {out}", file=sys.stderr)
        return
    _encode_all(text)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader went away, as `head` does: the last flush goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encode_all(text: str) -> None:
    """Where the terminal's own encoding lacks a character, UTF-8: a report is not cut for an "é"."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def spare(out: Path | None, inputs: Iterable[str | None]) -> None:
    """Refuse to write the report over a file that the hunt reads."""
    if out is None or not os.path.isfile(out):  # noqa: PTH113 - Path.is_file fails on impossible names
        return
    for given in inputs:
        if given and given != "-" and any(out.samefile(path) for path in expand(given)):
            raise UsageError(
                f"--out {out} is a file that is read", "another name", "the report would take its place"
            )


def _color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def check(output: str, sinks: Iterable[str]) -> None:
    """Fail on an unknown format or sink before the work, not after it."""
    registry.lookup("reports", output)
    for target in sinks:
        _sink(target)


def send(hunt: Hunt, target: str) -> None:
    """Every incident to one sink, NAME:TARGET."""
    sink = _sink(target)
    for incident in hunt.incidents:
        sink.send(incident)


def _sink(target: str) -> Sink:
    name, _, rest = target.partition(":")
    made: Sink = registry.lookup("sinks", name)(rest)
    return made
