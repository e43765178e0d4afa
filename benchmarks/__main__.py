"""`python -m benchmarks`: every runner, one after the other; options are handed to each."""

from __future__ import annotations

import subprocess
import sys

RUNNERS = ("vus_check", "scenarios", "series_ranking", "alarms", "tables", "works", "forecasting", "timing")


def main() -> int:
    """The worst exit code of the runners."""
    codes = []
    for name in RUNNERS:
        print(f"\n=== python -m benchmarks.{name} {' '.join(sys.argv[1:])}", flush=True)
        codes.append(
            subprocess.run(
                [sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], check=False
            ).returncode
        )
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
