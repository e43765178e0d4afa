"""Log lines become templates and counts per interval."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.errors import DataError
from anomaly_hunter.read.log_lines import read_line
from anomaly_hunter.read.log_templates import Miner
from anomaly_hunter.read.logs import read_logs


@pytest.mark.parametrize(
    ("text", "stamp", "level", "message"),
    [
        ("2026-03-01T10:00:00.123Z ERROR lost", "2026-03-01T10:00:00Z", "ERROR", "lost"),
        ("[2026-03-01 10:00:00,123] [warn] lost", "2026-03-01T10:00:00", "WARN", "lost"),
        ("2026/03/01 10:00:00 lost", "2026-03-01T10:00:00", "", "lost"),
        ("2026-03-01T10:00:00+02:00 lost", "2026-03-01T10:00:00+02:00", "", "lost"),
        ("<34>1 2026-03-01T10:00:00Z host app lost", "2026-03-01T10:00:00Z", "", "host app lost"),
        ("1772359200 INFO: lost", "1772359200", "INFO", "lost"),
        ("1772359200123 lost", "1772359200", "", "lost"),
        (
            '1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 503',
            "2026-03-01T10:00:00+0000",
            "",
            '"GET / HTTP/1.1" 503',
        ),
        ("  at app.main(Main.java:10)", "", "", "  at app.main(Main.java:10)"),
        ("{broken json", "", "", "{broken json"),
    ],
)
def test_a_line_is_time_level_and_message(text, stamp, level, message):
    line = read_line(text)
    assert (line.stamp, line.level, line.message) == (stamp, level, message)


def test_a_json_line_tells_its_service_and_keeps_the_error_of_its_own_field():
    record = {"@timestamp": "2026-03-01T10:00:00Z", "severity_text": "error", "service.name": "api"}
    line = read_line(json.dumps(record | {"body": "call failed", "error": "no such host"}))
    assert (line.service, line.level, line.message) == ("api", "ERROR", "call failed no such host")


def test_numbers_ids_and_names_vary_and_the_rest_stays():
    miner = Miner()
    for user in ("ann", "bob", "eve"):
        miner.add("", "", f"user {user} from 10.0.0.7 paid 12.50 for 3f2a9c11")
    assert [" ".join(m.words) for m in miner.by_row.values()] == ["user <*> from <*> paid <*> for <*>"]


def test_digits_in_a_name_are_part_of_it():
    miner = Miner()
    miner.add("", "", "x509: s3 failed with 503 after 20ms")
    assert " ".join(miner.by_row[0].words) == "x509: s3 failed with <*> after <*>"


def test_services_never_share_a_template():
    lines = [{"time": "2026-03-01T10:00:00Z", "service": s, "msg": "request done"} for s in ("a", "b")]
    assert sorted(t.service for t in read_logs(lines).templates) == ["a", "b"]


@given(st.lists(st.text("abc xyz0189", max_size=30), max_size=200))
@settings(derandomize=True, max_examples=30, deadline=None)
def test_templates_stay_bounded_and_no_line_is_lost(messages):
    miner = Miner(most=5)
    for message in messages:
        miner.add("", "", message)
    assert len(miner.by_row) <= 5
    assert sum(m.count for m in miner.by_row.values()) + miner.rare == len(messages)


def test_given_up_templates_are_the_rare_and_old_ones():
    miner = Miner(most=10)
    for _ in range(20):
        miner.add("", "", "heartbeat")
    for word in "abcdefghijklm":
        miner.add("", "", word * 3)
    texts = {" ".join(m.words) for m in miner.by_row.values()}
    assert {"heartbeat", "mmm"} <= texts
    assert "aaa" not in texts


def test_counts_are_those_of_the_obvious_loop():
    rng = np.random.default_rng(0)
    seconds = np.sort(rng.integers(0, 3000, 500))
    start = np.datetime64("2026-03-01T00:00:00", "s")
    lines = [f"{start + int(s)}Z INFO tick {i}" for i, s in enumerate(seconds)]
    logs = read_logs(lines)
    expected = np.bincount(seconds // 10)
    assert logs.step_s == 10
    assert logs.counts[0, : len(expected)].tolist() == expected[expected.nonzero()[0][0] :].tolist()
    assert (logs.templates[0].first, logs.templates[0].last) == tuple(
        (start + seconds[[0, -1]]).astype("datetime64[ns]")
    )


def test_intervals_grow_with_the_span_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr("anomaly_hunter.read.logs.CHUNK", 7)
    days = [np.datetime64("2026-03-01") + d for d in (40, 0, 3, 90, 20, 1, 0, 90, 5)]
    logs = read_logs([f"{day}T10:00:00Z tick" for day in days])
    assert logs.counts.sum() == len(days)
    assert logs.step_s == 3600
    assert logs.times[0] <= np.datetime64("2026-03-01T10:00:00")


def test_a_stack_trace_belongs_to_the_line_before_it():
    logs = read_logs(["2026-03-01T10:00:00Z ERROR boom", "  at f(x)", "  at g(y)"])
    assert (logs.lines, logs.untimed, len(logs.templates)) == (3, 2, 1)


def test_a_line_of_another_age_does_not_stretch_the_intervals():
    lines = ["2026-03-01T10:00:00Z tick"] * 5 + ["1970-01-01T00:00:00Z tick"]
    logs = read_logs(lines)
    assert (logs.untimed, logs.step_s, logs.counts.shape) == (1, 10, (1, 1))


def test_a_zone_is_taken_for_times_that_carry_none():
    logs = read_logs(["2026-03-01 10:00:00 tick"], tz="Europe/Berlin")
    assert logs.templates[0].first == np.datetime64("2026-03-01T09:00:00")


def test_packed_files_folders_and_odd_bytes_are_read(tmp_path):
    (tmp_path / "a.log").write_bytes(b"2026-03-01T10:00:00Z caf\xe9 closed\n\n")
    with gzip.open(tmp_path / "b.log.gz", "wt") as file:
        file.write("2026-03-01T10:00:01Z door open\n")
    (tmp_path / "notes.bin").write_bytes(b"\0\0")
    assert read_logs(tmp_path).lines == 2


@pytest.mark.parametrize("given", [[], ["no time here"], 5, {"msg": "x"}])
def test_logs_without_any_time_are_an_error_with_a_cure(given):
    with pytest.raises(DataError):
        read_logs(given)
