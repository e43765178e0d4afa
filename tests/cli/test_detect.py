"""`hunter detect`: a file goes in, a verdict comes out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

START = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # as in a terminal
    "from anomaly_hunter.cli.app import run; run()"
)
COMMAND = [sys.executable, "-c", START]


def test_in_a_pipe_the_verdict_is_json(hunter, latency):
    ran = hunter("detect", latency)
    document = json.loads(ran.out)
    assert ran.code == 0
    assert ran.err == ""
    [incident] = document["incidents"]
    assert incident["anomalies"][0]["start"] == 400
    assert incident["anomalies"][0]["stop"] == 405


def test_the_terminal_report_says_what_since_when_how_bad_and_how_to_read_it(hunter, latency):
    out = hunter("detect", latency, "-o", "table").out
    for words in (
        "latency_ms",
        "2026-03-17 16:00",
        "Severity",
        "Confidence",
        "What to check first",
        "How to read",
    ):
        assert words in out


@pytest.mark.parametrize(("form", "begins"), [("md", "#"), ("csv", "timestamp,"), ("html", "<!doctype html")])
def test_every_other_format_can_be_asked_for(hunter, latency, form, begins):
    assert hunter("detect", latency, "-o", form).out.lower().startswith(begins)


def test_the_ending_of_the_file_chooses_the_format(hunter, latency, tmp_path):
    ran = hunter("detect", latency, "--out", tmp_path / "report.html")
    assert ran.code == 0
    assert "report.html" in ran.err
    assert (tmp_path / "report.html").read_text().lower().startswith("<!doctype html")


def test_it_leaves_nothing_behind(hunter, latency, tmp_path):
    hunter("detect", latency)
    assert [path.name for path in tmp_path.iterdir()] == ["latency.csv"]


def test_quiet_prints_nothing(hunter, latency):
    ran = hunter("detect", latency, "--quiet")
    assert (ran.out, ran.err, ran.code) == ("", "", 0)


def test_quiet_writes_the_file_and_says_nothing(hunter, latency, tmp_path):
    ran = hunter("detect", latency, "--quiet", "--out", tmp_path / "report.md")
    assert (ran.out, ran.err) == ("", "")
    assert (tmp_path / "report.md").exists()


def test_the_gate_gives_exit_code_3_only_when_it_holds(hunter, latency):
    assert hunter("detect", latency, "--fail-on", "severity>=1").code == 3
    assert hunter("detect", latency, "--fail-on", "severity>=10").code == 0
    assert hunter("detect", latency, "--fail-on", "sev>1").code == 2


def test_direction_keeps_a_rise_quiet(hunter, latency):
    assert json.loads(hunter("detect", latency, "--direction", "down").out)["incidents"] == []


def test_settings_come_from_hunter_yaml_and_the_command_line_wins(hunter, latency, tmp_path):
    (tmp_path / "hunter.yaml").write_text("detect:\n  detection_direction: down\n")
    assert json.loads(hunter("detect", latency).out)["incidents"] == []
    assert json.loads(hunter("detect", latency, "--direction", "both").out)["incidents"]


def test_an_event_just_before_becomes_the_cause(hunter, latency, tmp_path):
    events = tmp_path / "deploys.json"
    deploy = {"time": "2026-03-17T15:45:00Z", "kind": "deploy", "title": "api v2"}
    old = {"time": "2026-03-03T15:45:00Z", "kind": "deploy", "title": "api v1"}
    events.write_text(json.dumps([deploy, old]))
    [incident] = json.loads(hunter("detect", latency, "--events", events).out)["incidents"]
    assert incident["cause"]["kind"] == "event"
    assert "api v2" in incident["cause"]["name"]


def test_a_sink_gets_every_incident(hunter, latency, tmp_path):
    hunter("detect", latency, "--quiet", "--sink", f"file:{tmp_path / 'incidents.jsonl'}")
    [line] = (tmp_path / "incidents.jsonl").read_text().splitlines()
    assert json.loads(line)["type"] == "incident"


def test_an_unknown_format_fails_before_anything_is_read(hunter):
    ran = hunter("detect", "nowhere.csv", "-o", "jsn")
    assert ran.code == 2
    assert "json" in ran.err


def test_no_arguments_shows_the_help_of_the_command(hunter):
    assert hunter("detect").code == 2


@pytest.mark.slow
def test_a_closed_pipe_ends_quietly(latency):
    with subprocess.Popen(
        [*COMMAND, "detect", str(latency), "-o", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""


@pytest.mark.slow
def test_ctrl_c_exits_130_without_a_traceback():
    with subprocess.Popen(
        [*COMMAND, "detect", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"value\n" + b"1.0\n" * 100_000)  # more than a pipe holds: it is being read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.slow
def test_standard_input_is_read(latency):
    ran = subprocess.run(
        [*COMMAND, "detect", "-"], input=latency.read_bytes(), capture_output=True, check=True
    )
    assert json.loads(ran.stdout)["incidents"]


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.HTML", "<!doctype html>"), ("r.htm", "<!doctype html>"), ("r.ndjson", "{"), ("r.txt", "╭")],
)
def test_endings_that_mean_the_same_choose_the_same_format(hunter, latency, tmp_path, name, begins):
    hunter("detect", latency, "--out", tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
