"""Alarms at default settings on real series: `hunter bench alarms`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import record


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the result."""
    record.measured("alarms", "alarms", "series", arguments)


if __name__ == "__main__":
    record.main(run)
