"""Our detectors beside other packages: quality and speed in one table, ``docs/comparison.md``.

Rows of other methods are kept in ``results/comparison.json``, by their version and the files; they are run
again with ``--refresh`` or when one of the two has changed. Our own row is always run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anomaly_hunter import __version__
from anomaly_hunter.bench import others
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.folder import Part, find_series
from anomaly_hunter.bench.result import Result, Row, Table, as_json, facts_of, markdown, mean
from anomaly_hunter.bench.side_by_side import against
from anomaly_hunter.bench.what.ranking import measure, parts_to_rank
from anomaly_hunter.errors import HunterError
from anomaly_hunter.tell.write import write_whole
from benchmarks.data import find_data
from benchmarks.record import NO_DATA, RESULTS

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 30.0
BASELINE = "kmeans10"
METHODS = {
    "auto": "**Anomaly Hunter**, automatic choice",
    BASELINE: "k-means on windows, ten centres",
    "isolation_forest": "scikit-learn IsolationForest on windows",
    "knn": "PyOD KNN on windows",
    "loda": "PyOD LODA on windows",
    "pyod_spectral_residual": "PyOD SpectralResidual",
    "pyod_matrix_profile": "PyOD MatrixProfile",
    "halfspace_trees": "river HalfSpaceTrees (streaming)",
    "stl": "statsmodels STL remainder",
    "prophet": "Prophet residual",
    "absdiff": "absolute difference",
    "random": "random numbers",
}
PACKAGES = {"isolation_forest": "scikit-learn", "knn": "pyod", "loda": "pyod"}
PAGE = """# Side by side

How well the score ranks abnormal points, and what that costs, beside other packages at their own defaults.
One run, the same files, the same protocol, one thread each; written by `python -m benchmarks.comparison`.

{table}

{files} VUS-PR and AUC-PR: mean over the sources, each counting the same; then VUS-PR per source. Against
k-means: difference in VUS-PR with a 95% interval, paired bootstrap over the files within each source. CPU
seconds of one thread per 10,000 points; memory: the most that one file added. Failed: files on which the
method raised an error or needed more than {limit:g} CPU seconds (Prophet: 60 s of fitting); it scores 0
there.

Protocol: the quick subset of `series/baselines.csv` (see [Benchmarks](benchmarks.md)): a method reads the
history up to the end of the part that counts, without a label; VUS over 250 thresholds. On windows: the
window is the highest maximum of the autocorrelation, at most 4,000 random windows are fitted, a point
scores the mean of the windows that cover it. Prophet is fitted on at most 5,000 evenly spaced points. STL
and the series detectors of PyOD get the same window as period or length. Our settings were chosen on a part
of these files; the others were not tuned at all. PyOD KShape and SAND are left out: they need about 18
CPU seconds per 10,000 points (`--detector pyod_kshape`). Figures on files that nobody tuned on: `hunter bench
FOLDER ranking --part held`.

Versions: {versions}.

To repeat: `pip install 'anomaly-hunter[bench]'`, then
`hunter bench FOLDER ranking --quick {names}`, or
`python -m benchmarks.comparison --refresh` in a clone.
"""


def fingerprint(name: str, parts: Sequence[Part]) -> str:
    """What a kept row belongs to: the method's version, the limit, and the parts."""
    text = [
        version_of(name),
        str(LIMIT_S),
        *(f"{p.source}/{p.name}:{p.start}:{p.stop}:{p.window}" for p in parts),
    ]
    return hashlib.blake2b("\n".join(text).encode(), digest_size=8).hexdigest()


def version_of(name: str) -> str:
    """The package and version that a method comes from; ours for a method of ours."""
    if name in PACKAGES:
        return f"{PACKAGES[name]} {version(PACKAGES[name])}"
    return (others.version(name) if name in others.names() else "") or f"anomaly-hunter {__version__}"


def rows_of(name: str, asked: Asked) -> list[Row]:
    """One method on every part; without the numbers that the data bring along."""
    result = measure(
        Asked(**{field: getattr(asked, field) for field in asked.__slots__} | {"detectors": (name,)})
    )
    return [row for row in result.single if row["method"] == name]


def line(name: str, rows: Sequence[Row], sources: Sequence[str]) -> dict[str, Any]:
    """One row of the table."""
    mine = [row for row in rows if row["method"] == name]
    means = {
        key: [mean([row for row in mine if row["source"] == source], key) for source in sources]
        for key in ("vus_pr", "auc_pr")
    }
    done = [row for row in mine if not row["error"] and not math.isnan(row["cpu_s"])]
    points = sum(row["points"] for row in done)
    interval = against(rows, name, BASELINE, "vus_pr") if name != BASELINE else None
    return {
        "what": METHODS[name],
        "vus": sum(means["vus_pr"]) / len(sources),
        "auc": sum(means["auc_pr"]) / len(sources),
        "difference": str(interval) if interval else None,
        **dict(zip(sources, means["vus_pr"], strict=True)),
        "s_per_10k": sum(row["cpu_s"] for row in done) / points * 1e4 if points else math.nan,
        "peak_mb": max((row["peak_mb"] for row in done), default=math.nan),
        "failed": sum(bool(row["error"]) for row in mine),
    }


def page(kept: Mapping[str, Any], asked: Asked) -> str:
    """The whole page."""
    rows = [_numbers(row) for name in METHODS if name in kept for row in kept[name]["rows"]]
    sources = list(dict.fromkeys(row["source"] for row in rows))
    lines = sorted(
        (line(name, rows, sources) for name in METHODS if name in kept), key=lambda one: -one["vus"]
    )
    columns = {
        "what": ("method", ""),
        "vus": ("VUS-PR", ".3f"),
        "auc": ("AUC-PR", ".3f"),
        "difference": ("against k-means [95%]", "s"),
        **{source: (source, ".3f") for source in sources},
        "s_per_10k": ("CPU s/10k", ".3f"),
        "peak_mb": ("peak MB", ".0f"),
        "failed": ("failed", "d"),
    }
    table = markdown(Table("", columns, lines)).split("\n", 2)[2]
    counts = ", ".join(
        f"{source} {len({row['series'] for row in rows if row['source'] == source})}" for source in sources
    )
    facts = facts_of(Result("comparison", "", []), "")
    versions = list(dict.fromkeys(kept[name]["version"] for name in METHODS if name in kept))
    versions += [
        f"Python {facts['python']}",
        f"numpy {facts['numpy']}",
        f"{facts['machine']}, {facts['cores']} cores",
    ]
    names = " ".join(f"--detector {name}" for name in METHODS if name in kept)
    return PAGE.format(
        table=table, files=f"Files: {counts}.", limit=LIMIT_S, versions=", ".join(versions), names=names
    )


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row out of JSON: null is a number that does not exist."""
    return {key: math.nan if value is None else value for key, value in row.items()}


def run(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing or changed, keep it, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparison", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="the benchmark data (else HUNTER_BENCH_DATA)")
    parser.add_argument("--method", action="append", choices=METHODS, help="only these (repeatable)")
    parser.add_argument("--refresh", action="store_true", help="run the other methods again too")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side (default 2)")
    parser.add_argument("--kept", type=Path, default=RESULTS / "comparison.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "comparison.md")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, "series")
    asked = Asked(
        folder=folder,
        parts=tuple(find_series(folder)),
        quick=True,
        jobs=given.jobs,
        told=True,
        most_s=LIMIT_S,
    )
    parts = parts_to_rank(asked)
    for name in given.method or METHODS:
        kept = json.loads(given.kept.read_text(encoding="utf-8")) if given.kept.exists() else {}
        key = fingerprint(name, parts)
        if name != "auto" and not given.refresh and kept.get(name, {}).get("key") == key:
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            rows = rows_of(name, asked)
        except HunterError as error:
            print(error, file=sys.stderr)
            continue
        kept[name] = {"key": key, "version": version_of(name), "rows": rows}
        write_whole(given.kept, as_json(kept))
    write_whole(given.page, page(json.loads(given.kept.read_text(encoding="utf-8")), asked))
    print(f"-> {given.page}")


if __name__ == "__main__":
    try:
        run()
    except HunterError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_DATA)
