"""Root causes: folders laid out like the sets are read, answered on the path of a hunt, and counted."""

import csv
import json

import numpy as np
import pytest

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.bench import NO_DATA, chosen_whats, found
from anomaly_hunter.bench.causes import nezha, petshop
from anomaly_hunter.bench.causes.answering import answered
from anomaly_hunter.bench.causes.labelled import constant_prior
from anomaly_hunter.bench.causes.published import published
from anomaly_hunter.bench.causes.speed import tree
from anomaly_hunter.bench.what import causes
from anomaly_hunter.errors import DataError

NODES = ("web", "api", "db")
METRICS = (("latency", "Average"), ("latency", "p95"), ("requests", "Sum"), ("availability", "Average"))
HEAD = [(node, *metric) for node in NODES for metric in METRICS]


def write(path, rows):
    """A CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def metrics(path, first, n, delay, seed):
    """Rows of five minutes; ``delay`` seconds more at all services from the third row on."""
    rng = np.random.default_rng(seed)
    rows: list[list[object]] = [["microservice", *(h[0] for h in HEAD)], ["metric", *(h[1] for h in HEAD)]]
    rows += [["statistic", *(h[2] for h in HEAD)], ["unix_timestamp", *[""] * len(HEAD)]]
    for i in range(n):
        slow = delay if i >= 2 else 0.0
        cells = [
            c
            for _ in NODES
            for c in (
                rng.normal(0.1, 0.004) + slow,
                rng.normal(0.2, 0.01) + slow,
                200 + rng.integers(0, 5),
                100.0,
            )
        ]
        rows.append([float(first + 300 * i), *cells])
    write(path, rows)


def shop(root):
    """web -> api -> db with one slow db and sixty normal rows."""
    place = root / "causes" / "petshop" / "low_traffic"
    write(
        place / "graph.csv", [["", *NODES], ["web", 0.0, 1.0, 0.0], ["api", 0.0, 0.0, 1.0], ["db", 0, 0, 0]]
    )
    metrics(place / "noissue" / "metrics.csv", 1_700_000_000 // 300 * 300, 60, 0.0, 1)
    issue = place / "test" / "issue_0"
    metrics(issue / "metrics.csv", 1_690_000_200, 5, 0.3, 2)
    target = {"node": "web", "metric": "latency", "agg": "Average", "timestamp": 1}
    (issue / "target.json").write_text(json.dumps({"target": target, "root_cause": {"node": "db"}}))
    return root


def clock(second):
    """A moment as Go prints it."""
    return str(np.datetime64(second, "s")).replace("T", " ") + ".123 +0000 UTC m=+0.07"


def pods(root):
    """Two pods, of which the second one burns cpu from 02:00:30 on."""
    day = root / "causes" / "nezha" / "rca_data" / "2024-01-01"
    fault = {"inject_time": "2024-01-01 02:00:30", "inject_pod": "cart-5f6-abcde", "inject_type": "cpu"}
    day.mkdir(parents=True)
    (day / "2024-01-01-fault_list.json").write_text(json.dumps({"02": [fault]}))
    first = int(np.datetime64("2024-01-01T00:00:00", "s").astype(np.int64))
    rng = np.random.default_rng(3)
    for service in ("web", "cart"):
        head: list[object] = ["Time", "TimeStamp", "PodName", "CpuUsageRate(%)", "PodServerLatencyP95(s)"]
        rows: list[list[object]] = [head]
        for i in range(200):
            hot = 60.0 if service == "cart" and 121 <= i < 125 else 0.0
            rows.append(
                [
                    clock(first + 60 * i),
                    7,
                    f"{service}-5f6-abcde",
                    rng.normal(20, 1) + hot,
                    rng.normal(0.1, 0.004),
                ]
            )
        write(day / "metric" / f"{service}-5f6-abcde_metric.csv", rows)
    front: list[list[object]] = [["Time", "TimeStamp", "ServiceName", "LatencyP95(s)"]]
    front += [[clock(first + 60 * i), 7, "Frontend", rng.normal(0.5, 0.02)] for i in range(200)]
    write(day / "metric" / "front_service.csv", front)
    return root


def test_the_slow_service_is_named_told_and_found(tmp_path):
    result = causes.measure(found(shop(tmp_path), Asked(quick=True)))
    first = result.tables[0].rows
    assert [(row["setting"], row["top1"], row["right_when_named"]) for row in first] == [
        ("given", 1.0, 1.0), ("detected", 1.0, 1.0)]  # fmt: skip
    normal = next(table for table in result.tables if table.heading.startswith("False"))
    assert all(row["named"] == 0 for row in normal.rows)
    assert [row["named"] for row in result.single if not row["normal"]] == ["db", "db"]


def test_parts_that_are_taken_away_make_settings_of_their_own(tmp_path):
    every = list(petshop.cases(shop(tmp_path), quick=False))
    by_setting = {case.setting: case.make() for case in every if not case.normal}
    assert by_setting["given, no graph"].dataset.graph is None
    assert len(by_setting["given, 36 rows before"].dataset.series[0]) == 41
    assert not any("requests" in s.name for s in by_setting["given, no counts"].dataset.series)
    assert by_setting["detected"].onset is None


def test_a_scene_holds_no_answer(tmp_path):
    case = next(petshop.cases(shop(tmp_path), quick=True))
    scene = case.make()
    assert case.truth == ("db",)
    assert not any("root_cause" in f"{s.labels}{s.name}{s.source}" for s in scene.dataset.series)
    assert scene.dataset.events == ()


def test_a_hot_pod_is_named_without_a_graph(tmp_path):
    rows = [
        answered(case) for case in nezha.cases(pods(tmp_path), quick=False) if case.setting == "given, past"
    ]
    assert [(row["named"], row["right"]) for row in rows] == [("cart", True)]
    quiet = [answered(case) for case in nezha.cases(tmp_path, quick=True) if case.normal]
    assert all(row["right"] and row["found"] for row in quiet)


def test_the_future_beyond_what_may_be_seen_is_not_handed_out(tmp_path):
    case = next(c for c in nezha.cases(pods(tmp_path), quick=True) if c.setting == "given, past")
    last = max(series.time[-1] for series in case.make().dataset.series)
    assert last <= np.datetime64("2024-01-01T02:04:30")


def test_a_folder_with_causes_alone_is_measured_and_others_have_none(tmp_path):
    asked = found(shop(tmp_path), Asked())
    assert chosen_whats(asked, []) == ["causes", *NO_DATA]
    assert not causes.has(Asked(folder=tmp_path / "elsewhere"))


def test_published_numbers_stand_beside_and_damage_is_named(tmp_path):
    path = tmp_path / "causes" / "baselines.csv"
    write(
        path,
        [
            ["dataset", "group", "method", "top1", "top3"],
            ["petshop", "x", "m", 1, 1],
            ["petshop", "x", "m", 0, 1],
        ],
    )
    assert published(tmp_path) == [{"source": "petshop", "method": "m", "cases": 2, "top1": 0.5, "top3": 1.0}]
    path.write_text("dataset,method\npetshop,m\n")
    with pytest.raises(DataError, match="baselines"):
        published(tmp_path)
    assert published(tmp_path / "nothing") == []


def test_a_damaged_target_is_named(tmp_path):
    shop(tmp_path)
    target = tmp_path / "causes" / "petshop" / "low_traffic" / "test" / "issue_0" / "target.json"
    target.write_text("{}")
    with pytest.raises(DataError, match=r"target\.json"):
        list(petshop.cases(tmp_path, quick=True))


def test_the_constant_guess_is_the_most_frequent_answer():
    assert constant_prior(["a", "b", "b", "a", "c"]) == ("a", "b", "c")


def test_the_tree_for_speed_has_its_fault_at_the_last_leaf():
    scene = tree(13)
    slow = {
        s.labels["service"] for s in scene.dataset.series if s.name == "latency_avg" and s.value[-1] > 0.25
    }
    assert slow == {"s0", "s3", "s12"}
