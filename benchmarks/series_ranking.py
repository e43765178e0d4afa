"""How well the score ranks points of series: `hunter bench ranking`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import record


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the result."""
    record.measured("ranking", "series_ranking", "series", arguments)


if __name__ == "__main__":
    record.main(run)
