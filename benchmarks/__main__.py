"""`python -m benchmarks [NAME ...]`: all that `hunter bench` measures, then what is not for users."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bench import chosen_whats, found
from anomaly_hunter.bench.what import NAMES as WHATS
from anomaly_hunter.bench.what import load
from benchmarks import record
from benchmarks.data import find_data

RUNNERS = ("vus_check", "works", "timing", "reasoning")
NAMED = {"ranking": "series_ranking"}
"""Results that are called something else than what is measured."""


def run(arguments: Sequence[str] | None = None, call: Callable[..., Any] = subprocess.run) -> None:
    """Every measurement that the folder has data for, with the same options for all."""
    parser = record.options("__main__", "all benchmarks")
    parser.prog = "python -m benchmarks"
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these, of {', '.join(WHATS)}")
    given = parser.parse_args(arguments)
    asked = found(find_data(given.data), Asked(quick=given.quick, jobs=given.jobs, told=True))
    for name in chosen_whats(asked, given.names):
        record.write(load(name).measure(asked), given.out, arguments, NAMED.get(name, name))
    if given.names:
        return
    codes = []
    for name in RUNNERS:
        command = [
            sys.executable,
            "-m",
            f"benchmarks.{name}",
            *(sys.argv[1:] if arguments is None else arguments),
        ]
        codes.append(call(command, check=False).returncode)
    if any(codes):
        sys.exit(max(codes))


if __name__ == "__main__":
    record.main(run)
