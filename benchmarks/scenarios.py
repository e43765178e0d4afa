"""The scenarios, the demo sets and the clean series: `hunter bench scenarios`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import record


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the result."""
    record.measured("scenarios", "scenarios", "scenarios/truth.json", arguments)


if __name__ == "__main__":
    record.main(run)
