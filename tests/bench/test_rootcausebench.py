"""The set of commits and decoys is read as a user would hand it over."""

import json

import numpy as np

from anomaly_hunter.bench.causes import rootcausebench
from anomaly_hunter.bench.causes.answering import answered
from tests.investigate.incidents import BROKEN_LINES, ONSET, N, minute, usual
from tests.investigate.making import steady

SHA, DECOY = "a" * 40, "b" * 40


def folder_with_one_incident(folder):
    place = folder / "causes" / "rootcausebench" / "voucher"
    (place / "context").mkdir(parents=True)
    value = steady(N)
    value[ONSET:] += 30
    rows = [f"{minute(m)}Z,cart,error_ratio,{value[m]:.4f}" for m in range(N)]
    (place / "metrics.csv").write_text("\n".join(("timestamp,service,metric,value", *rows)))
    (place / "logs.ndjson").write_text("\n".join((*usual(), *BROKEN_LINES)))
    put = lambda name, content: (place / name).write_text(json.dumps(content))  # noqa: E731
    put("alert.json", {"service": "cart", "metric": "error_ratio", "fired_at": f"{minute(ONSET + 4)}Z"})
    put("truth.json", {"root_cause_commit": SHA})
    put("traces.json", [
        {"trace_id": "1", "span_id": "a", "parent_id": None, "service": "web"},
        {"trace_id": "1", "span_id": "b", "parent_id": "a", "service": "cart"},
    ])  # fmt: skip
    put("context/commits.json", [
        {"sha": sha, "timestamp": f"{minute(ONSET - 9)}Z", "message": text, "diff": f"@@ a.go @@\n+{text}"}
        for sha, text in ((SHA, "redeem voucher of basket"), (DECOY, "banner colour and font"))
    ])  # fmt: skip
    put("context/deploys.json", [
        {"timestamp": f"{minute(ONSET - before)}Z", "service": "cart", "commit_sha": sha, "version": version}
        for sha, before, version in ((SHA, 5, "v1"), (DECOY, 2, "v2"))
    ])  # fmt: skip
    return folder


def test_the_commit_is_named_and_without_it_no_decoy(tmp_path):
    folder = folder_with_one_incident(tmp_path)
    whole, removed = (answered(case) for case in rootcausebench.cases(folder, quick=False))
    assert rootcausebench.has(folder)
    assert (whole["named"], whole["right"]) == ("cart v1", True)
    assert removed["setting"] == "culprit removed"
    assert removed["right"]
    assert removed["named"] == ""


def test_the_scene_holds_no_answer(tmp_path):
    case, removed = rootcausebench.cases(folder_with_one_incident(tmp_path), quick=False)
    assert set(case.truth) == {"cart v1", "redeem voucher of basket"}
    assert SHA not in repr(removed.make().dataset.events)
    scene = case.make()
    assert scene.dataset.graph.edges == (("web", "cart"),)
    assert scene.alerting == scene.dataset.series[0].title
    assert scene.looked_at[0] < np.datetime64(minute(ONSET + 4)) < scene.looked_at[1]
