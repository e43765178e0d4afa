"""`hunter detect --logs`: lines of the same time are evidence."""

import json

from tests.investigate.incidents import BROKEN_LINES, N, minute, stepping, usual


def test_lines_that_surge_are_cited_in_the_verdict(hunter, tmp_path):
    metrics, logs = tmp_path / "m.csv", tmp_path / "app.log"
    value = stepping().value
    metrics.write_text("\n".join(("time,errors", *(f"{minute(m)}Z,{value[m]}" for m in range(N)))))
    logs.write_text("\n".join((*usual(), *BROKEN_LINES)))
    ran = hunter("detect", str(metrics), "--logs", str(logs))
    assert ran.code == 0, ran.err
    [incident] = json.loads(ran.out)["incidents"]
    assert "voucher redeem failed" in json.dumps(incident)


def test_logs_without_times_are_refused_with_a_cure(hunter, tmp_path):
    logs = tmp_path / "app.log"
    logs.write_text("nothing here\n")
    metrics = tmp_path / "m.csv"
    metrics.write_text("time,errors\n2026-03-01,1\n2026-03-02,2\n")
    ran = hunter("detect", str(metrics), "--logs", str(logs))
    assert ran.code != 0
    assert "no line of the logs begins with a time" in ran.err
