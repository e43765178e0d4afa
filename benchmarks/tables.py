"""How well the rows of tables are ranked: `hunter bench tables`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import record


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the result."""
    record.measured("tables", "tables", "tables", arguments)


if __name__ == "__main__":
    record.main(run)
