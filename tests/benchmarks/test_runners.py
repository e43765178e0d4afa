"""The runners on tiny folders laid out like the data, with a product of three lines."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import benchmarks.__main__ as every
from anomaly_hunter.bench.bench import NO_DATA
from anomaly_hunter.bench.result import Result
from anomaly_hunter.bench.spans import spans_of
from anomaly_hunter.bench.vus import vus
from anomaly_hunter.bench.what import load
from anomaly_hunter.model import Anomaly, Detection, Series
from benchmarks import (
    alarms,
    comparison,
    data,
    record,
    scenarios,
    series_ranking,
    tables,
    timing,
    vus_check,
    works,
)
from tests.builders import series_hunt

SPIKE = slice(150, 156)


def median_distance(value, time_s=None, detectors=()):
    """Distance from the median; more than six alarms."""
    score = np.abs(value - np.median(value))
    spans = spans_of(score > 6)
    found = tuple(
        Anomaly("a", "s", "s", "spike", "up", a, b, a, 9.0, 9.0, 0.0, 1.0, (a, a)) for a, b in spans
    )
    return Detection("s", score, found, ("median",), series=Series.of(value))


def hunt_that_fails_on_nab(given):
    """Like a product that cannot read one of two sources."""
    if isinstance(given, str) and "nab" in Path(given).stem:
        raise ValueError("no such thing")
    return series_hunt()


def spiky(seed, n=200):
    value = np.random.default_rng(seed).normal(0, 1, n)
    value[SPIKE] += 30
    return value


@pytest.fixture
def folder(tmp_path):
    """Two series with a spike and one clean series in each set, a scenario, two tables, tickets."""
    label = np.zeros(200, dtype=np.uint8)
    label[SPIKE] = 1
    rows = []
    for source in ("nab", "wsd", "kpi_aiops"):
        place = tmp_path / "series" / source
        place.mkdir(parents=True)
        clock = (
            {"time": 60 * np.arange(200)}
            if source == "nab"
            else {"t0": np.int64(600), "interval_s": np.int64(60)}
        )
        for i in range(2):
            np.savez(
                place / f"{source}{i}.npz", value=spiky(i), label=label, train_len=np.int64(100), **clock
            )
            for method, pr in (("kmeans10", 0.5), ("absdiff", 0.25), ("random", 0.1)):
                rows.append(
                    [source, f"{source}{i}", 100, 200, 4, 200, 0.03, method, pr, 0.6, 0.2, 0.01, 1 - i]
                )
        np.savez(place / "calm.npz", value=np.zeros(200), label=0 * label, train_len=np.int64(100), **clock)
    _write_csv(
        tmp_path / "series" / "baselines.csv",
        "set,series,start,end,window,n,anomaly_ratio,method,vus_pr,vus_roc,auc_pr,seconds,quick",
        rows,
    )
    _scenarios(tmp_path / "scenarios")
    _tables(tmp_path / "tables")
    (tmp_path / "tickets").mkdir()
    _write_csv(tmp_path / "tickets" / "daily.csv", "timestamp,count", [["2026-01-01", 3], ["2026-01-02", 4]])
    _write_csv(tmp_path / "tickets" / "texts.csv", "subject,body", [["a", "b"]])
    return tmp_path


def _write_csv(path, head, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head.split(","), *rows])


def _scenarios(place):
    for group, name, value in (("scenarios15", "hot.csv", spiky(1)), ("clean40", "calm.csv", np.zeros(200))):
        (place / group).mkdir(parents=True)
        stamps = np.datetime64("2026-01-01T00:00:00") + np.arange(200) * np.timedelta64(3600, "s")
        _write_csv(place / group / name, "timestamp,value", zip(stamps, value, strict=True))
    truth = {"scenarios15/hot.csv": [[150, 155]], "clean40/calm.csv": []}
    (place / "truth.json").write_text(json.dumps(truth))


def _tables(place):
    place.mkdir()
    rows = np.random.default_rng(0).normal(0, 1, (60, 3)).astype(np.float32)
    rows[:4] += 40
    np.savez(place / "7_tiny.npz", X=rows, y=(np.arange(60) < 4).astype(np.uint8))
    _write_csv(place / "baselines.csv", "dataset,n,d,n_used,anom_ratio,method,auroc,ap,seconds",
               [["7_tiny", 60, 3, 60, 0.07, "IForest", 0.9, 0.8, 0.1]])  # fmt: skip


def run(module, folder, tmp_path, *more, **fakes):
    """Run a runner into a folder and read its JSON."""
    out = tmp_path / "results"
    module.run(["--data", str(folder), "--out", str(out), "--jobs", "1", *more], **fakes)
    name = module.__name__.rsplit(".", 1)[-1]
    assert (out / f"{name}.md").read_text().startswith("# ")
    return json.loads((out / f"{name}.json").read_text())


def test_the_named_runners_write_what_the_package_measures(folder, tmp_path):
    found = run(series_ranking, folder, tmp_path, "--quick", "--source", "wsd")
    assert {row["series"] for row in found["single"]} == {"wsd0"}
    assert found["facts"]["command"].startswith("python -m benchmarks.series_ranking --data")
    table = run(alarms, folder, tmp_path)["tables"]["Alarms per source"]
    assert [row["source"] for row in table] == ["nab", "wsd", "kpi_aiops"]
    assert run(tables, folder, tmp_path)["tables"]["AUROC"][0]["IForest*"] == 0.9


def test_the_check_against_reference_cases_says_how_far_off_it_is(tmp_path):
    label, score = np.array([0, 1, 1, 0, 0, 0]), np.array([1.0, 3, 2, 2, 0, 0])
    volume = vus(label, score, 2)
    (tmp_path / "series").mkdir()
    case: dict[str, Any] = {
        "label_0": label,
        "score_0": score,
        "window_0": 2,
        "vus_roc_0": volume.roc,
        "vus_pr_0": volume.pr,
    }
    np.savez(tmp_path / "series" / "vus_reference.npz", **case)
    given = ["--data", str(tmp_path), "--out", str(tmp_path)]
    vus_check.run(given)
    np.savez(tmp_path / "series" / "vus_reference.npz", **{**case, "vus_pr_0": volume.pr + 1e-6})
    with pytest.raises(SystemExit, match="1e-09"):
        vus_check.run(given)


def test_works_reports_failures_warnings_and_the_kind_that_was_read(folder, tmp_path):
    found = run(works, folder, tmp_path, hunt=hunt_that_fails_on_nab)
    rows = {(row["group"], row["given_as"]): row for row in found["tables"]["Tried"]}
    assert rows["nab", "csv"]["failed"] == 2
    assert rows["nab", "array"]["failed"] == rows["wsd", "csv"]["failed"] == 0
    assert rows["tables", "csv"]["read_as_other"] == 1
    trouble = found["tables"]["Trouble"]
    assert trouble[0]["error"] == "ValueError: no such thing"


def test_the_csv_that_works_writes_has_no_label(tmp_path):
    value, time_s = np.array([1.5, np.nan]), np.array([0, 60])
    path = works.write_series(tmp_path / "a.csv", value, time_s)
    assert path.read_text().splitlines() == [
        "timestamp,value", "1970-01-01T00:00:00Z,1.5", "1970-01-01T00:01:00Z,"
    ]  # fmt: skip


def test_missing_data_are_said_and_exit_2(tmp_path):
    environment = {"HUNTER_BENCH_DATA": str(tmp_path / "nowhere"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scenarios"],
        cwd=record.RESULTS.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "nowhere does not exist" in done.stderr
    assert "HUNTER_BENCH_DATA" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_folder_given_wins_over_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv(data.VARIABLE, "/nowhere")
    assert data.find_data(str(tmp_path)) == tmp_path


def test_a_process_is_measured_from_outside(tmp_path):
    done = timing.run_process([sys.executable, "-c", "pass"], tmp_path)
    assert done.wall_s > 0
    assert done.peak_mb > 1
    with pytest.raises(RuntimeError, match="boom"):
        timing.run_process([sys.executable, "-c", "raise SystemExit('boom')"], tmp_path)


def test_timed_loads_are_the_same_at_every_run(tmp_path):
    first = timing.write_load(tmp_path / "a.csv", 20).read_bytes()
    assert first == timing.write_load(tmp_path / "b.csv", 20).read_bytes()
    assert first.startswith(b"timestamp,value\n2026-01-01T00:00:00Z,")


def test_detection_and_a_warm_hunt_are_timed():
    rows = timing.detection_cpu([50], 3, detect=median_distance)
    rows += timing.warm_hunt(2, hunt=lambda data: series_hunt())
    assert [row["runs"] for row in rows] == [3, 2, 2]
    assert all(row["fastest"] <= row["median"] <= row["slowest"] for row in rows)


def test_the_runners_call_the_real_product_by_default(folder, tmp_path):
    assert run(scenarios, folder, tmp_path)["tables"]["Groups"][0]["files_hit"] == 1
    tried = run(works, folder, tmp_path, "--quick")["tables"]["Tried"]
    assert {(row["group"], row["given_as"]): row["failed"] for row in tried if row["group"] == "nab"} == {
        ("nab", "array"): 0,
        ("nab", "csv"): 0,
    }


def test_running_all_measures_everything_and_then_the_rest(folder, tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(every, "load", lambda name: AtOnce(name) if name in NO_DATA else load(name))

    def call(command, check):
        called.append(command[2])
        return Done()

    given = ["--data", str(folder), "--out", str(tmp_path / "r"), "--jobs", "1", "--quick"]
    every.run(given, call)
    assert called == [f"benchmarks.{name}" for name in every.RUNNERS]
    written = {path.stem for path in (tmp_path / "r").glob("*.md")}
    assert {"series_ranking", "alarms", "scenarios", "tables", "band", *NO_DATA} <= written


class AtOnce:
    """A measurement of generated data, which has tests of its own."""

    def __init__(self, name):
        self.name = name

    def measure(self, asked):
        return Result(self.name, self.name, ())


def test_one_benchmark_is_run_by_its_name(folder, tmp_path):
    given = ["scenarios", "--data", str(folder), "--out", str(tmp_path / "r"), "--jobs", "1"]
    every.run(given, call=None)
    assert [path.name for path in sorted((tmp_path / "r").iterdir())] == ["scenarios.json", "scenarios.md"]


class Done:
    """A process that went well."""

    returncode = 0


def test_rows_of_other_methods_are_kept_until_they_change(folder, tmp_path, capsys):
    given = ["--data", str(folder), "--jobs", "1", "--kept", str(tmp_path / "kept.json")]
    given += ["--page", str(tmp_path / "page.md")]
    comparison.run([*given, "--method", "kmeans10", "--method", "absdiff"])
    assert "kmeans10 ..." in capsys.readouterr().err
    kept = (tmp_path / "kept.json").read_bytes()
    comparison.run([*given, "--method", "kmeans10", "--method", "absdiff"])
    assert "kmeans10 ..." not in capsys.readouterr().err
    assert (tmp_path / "kept.json").read_bytes() == kept
    page = (tmp_path / "page.md").read_text()
    assert "k-means on windows" in page
    assert "Versions: anomaly-hunter" in page
    comparison.run([*given, "--method", "kmeans10", "--refresh"])
    assert "kmeans10 ..." in capsys.readouterr().err
