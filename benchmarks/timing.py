"""How long and how much: cold start, a warm hunt, detection by length, a million rows, install.

Whole processes are timed by wall clock from outside, with median, fastest and slowest run; load
on the machine shows as spread. Everything is generated here: no benchmark data is needed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from anomaly_hunter.bench.what.speed import daily_load
from benchmarks import product, record

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = {
    "what": ("what", ""),
    "unit": ("unit", ""),
    "median": ("median", ".3g"),
    "fastest": ("fastest", ".3g"),
    "slowest": ("slowest", ".3g"),
    "runs": ("runs", "d"),
    "limit": ("limit", "g"),
}


def write_load(path: Path, n: int) -> Path:
    """That load as a CSV of timestamp and value."""
    value, time_s = daily_load(n)
    stamps = np.datetime_as_string(time_s.astype("datetime64[s]"), timezone="UTC")
    lines = "\n".join(f"{stamp},{v:.4f}" for stamp, v in zip(stamps, value, strict=True))
    path.write_text(f"timestamp,value\n{lines}\n")
    return path


def row(what: str, unit: str, times: Sequence[float], limit: float | None = None) -> dict[str, Any]:
    """A line of the result."""
    numbers = {"median": statistics.median(times), "fastest": min(times), "slowest": max(times)}
    return {"what": what, "unit": unit, **numbers, "runs": len(times), "limit": limit, "all": list(times)}


@dataclass(frozen=True, slots=True)
class Process:
    """A process that has ended: wall seconds, CPU seconds, peak resident MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run_process(command: Sequence[str], folder: Path) -> Process:
    """Run it to its end, output thrown away.

    Raises
    ------
    RuntimeError
        It ends with another code than 0; the message holds the end of its stderr.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said}")
    peak_mb = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return Process(wall_s, usage.ru_utime + usage.ru_stime, peak_mb)


def hunter() -> list[str]:
    """The command line of the installed program of this Python."""
    program = Path(sys.executable).parent / "hunter"
    return [str(program)] if program.exists() else [sys.executable, "-m", "anomaly_hunter.cli.app"]


def cold_start(folder: Path, runs: int) -> list[dict[str, Any]]:
    """`hunter detect` on 500 rows, from process start to exit; the first run compiles and is apart."""
    path = write_load(folder / "load500.csv", 500)
    rows = []
    for form in ("table", "json"):
        command = [*hunter(), "detect", str(path), "-o", form]
        run_process(command, folder)
        times = [run_process(command, folder).wall_s for _ in range(runs)]
        rows.append(row(f"cold `hunter detect` on a 500-row CSV, -o {form}", "s", times, 0.6))
    for what, code in (("numpy", "import numpy"), ("nothing", "pass")):
        times = [run_process([sys.executable, "-c", code], folder).wall_s for _ in range(runs)]
        rows.append(row(f"for comparison: Python that imports {what}", "s", times))
    return rows


def warm_hunt(runs: int, hunt: product.HuntCall = product.hunt) -> list[dict[str, Any]]:
    """`hunt()` on 500 points in this process, with and without an incident."""
    with_incident, _ = daily_load(500)
    quiet = 100 + np.random.default_rng(1).normal(0, 2, 500)
    cases = (("one incident", with_incident), ("nothing abnormal", quiet))
    return [
        row(f"warm `hunt()` on 500 points, {name}", "ms", timed(partial(hunt, value), runs), 6)
        for name, value in cases
    ]


def timed(call: Callable[[], object], runs: int) -> list[float]:
    """Wall milliseconds of each of ``runs`` calls, after three that are not counted."""
    times = []
    for _ in range(runs + 3):
        started = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - started))
    return times[3:]


def detection_cpu(
    lengths: Sequence[int], runs: int, detect: product.Detect = product.detect
) -> list[dict[str, Any]]:
    """CPU seconds of detection alone, by length."""
    rows = []
    for n in lengths:
        value, time_s = daily_load(n)
        times = []
        for _ in range(runs):
            started = time.process_time()
            detect(value, time_s)
            times.append(time.process_time() - started)
        rows.append(row(f"detection, {n:,} points", "CPU s", times))
    return rows


def million_rows(folder: Path, n: int = 1_000_000) -> list[dict[str, Any]]:
    """`hunter detect` on a CSV of a million rows: wall time and peak memory of the process."""
    path = write_load(folder / "load.csv", n)
    rows = []
    for form in ("json", "html"):
        out = folder / f"load.{form}"
        done = run_process([*hunter(), "detect", str(path), "-o", form, "--out", str(out)], folder)
        name = f"`hunter detect` on a {n:,}-row CSV, -o {form}"
        rows.append(row(name, "s", [done.wall_s], 10))
        rows.append(row(f"{name}: peak memory", "MB", [done.peak_mb], 1000))
        rows.append(row(f"{name}: size of the output", "MB", [out.stat().st_size / 1e6]))
    return rows


def install(folder: Path) -> list[dict[str, Any]]:
    """The core in a fresh environment, nothing from pip's cache: seconds and megabytes added."""
    place = folder / "fresh"
    run_process([sys.executable, "-m", "venv", str(place)], folder)
    before = megabytes(place)
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-cache-dir", str(ROOT)]
    done = run_process(pip, folder)
    after = megabytes(place)
    return [
        row("install of the core (download included)", "s", [done.wall_s], 60),
        row("installed size of the core (without Python and pip)", "MB", [after - before], 250),
        row("size of the whole environment", "MB", [after]),
    ]


def megabytes(folder: Path) -> float:
    """Size of all files under a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the result. ``--data`` and ``--jobs`` change nothing here."""
    parser = record.options("timing", "cold start, warm hunt, detection, a million rows, install")
    parser.add_argument("--runs", type=int, default=0, help="runs of each (default 15, quick 5)")
    parser.add_argument("--install", action="store_true", help="also install the core afresh (needs pip)")
    given = parser.parse_args(arguments)
    runs = given.runs or (5 if given.quick else 15)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = cold_start(folder, runs)
        rows += warm_hunt(10 * runs)
        rows += detection_cpu((10_000, 100_000) if given.quick else (10_000, 100_000, 1_000_000), 3)
        rows += [] if given.quick else million_rows(folder)
        rows += install(folder) if given.install else []
    load = f"{os.getloadavg()[0]:.1f}"
    notes = ["Wall time of whole processes unless the unit says CPU. A busy machine shows as spread."]
    result = record.Result(
        "timing", "Time and size", [record.Table("Time and size", COLUMNS, rows)], notes, rows, {"load": load}
    )
    record.write(result, given.out, arguments)


if __name__ == "__main__":
    record.main(run)
