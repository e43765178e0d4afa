"""Bad input: a clear message, exit code 1 or 2, no traceback, nothing half written."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys

import pytest

from anomaly_hunter.cli.app import run

HOURS = "\n".join(f"2026-01-01T{h:02}:00:00Z,{10 + h % 3}" for h in range(24))
UNREADABLE = {
    "empty file": b"",
    "header only": b"time,value\n",
    "binary file": bytes(range(256)) * 50,
    "truncated parquet": b"PAR1" + b"\x00" * 100,
    "a JSON that breaks off": b'[{"time": "2026-01-01", "value": 1}, {"ti',
    "text where numbers belong": b"time,value\n2026-01-01,abc\n2026-01-02,def\n2026-01-03,ghi\n",
    "all missing": b"time,value\n2026-01-01,\n2026-01-02,\n2026-01-03,\n",
    "a damaged gz": gzip.compress(b"time,value\n2026-01-01,1\n" * 90)[:60],
}
ENDING = {"truncated parquet": "parquet", "a JSON that breaks off": "json", "a damaged gz": "csv.gz"}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_used_is_said_with_a_cure(hunter, tmp_path, name):
    path = tmp_path / f"data.{ENDING.get(name, 'csv')}"
    path.write_bytes(UNREADABLE[name])
    out = tmp_path / "report.json"
    ran = hunter("detect", path, "--out", out)
    assert ran.code in (1, 2), ran.err
    assert ran.err.startswith("hunter: ")
    assert "expected" in ran.err
    assert "Cure:" in ran.err
    assert "Traceback" not in ran.err
    assert not out.exists()


FOUND_AND_REPORTED = {
    "one row": f"time,value\n{HOURS.splitlines()[0]}\n".encode(),
    "wrong encoding": "time,größe\n".encode("latin-1") + HOURS.encode(),
    "unsorted times": ("time,value\n" + "\n".join(reversed(HOURS.splitlines())) + "\n").encode(),
    "duplicated times": ("time,value\n" + HOURS + "\n" + HOURS.splitlines()[3] + "\n").encode(),
    "mixed time zones": ("time,value\n" + HOURS.replace("05:00:00Z", "05:00:00+02:00") + "\n").encode(),
    "no time column": ("value\n" + "\n".join(str(10 + i % 3) for i in range(40)) + "\n").encode(),
    "windows line ends": ("time,value\n" + HOURS + "\n").replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("name", FOUND_AND_REPORTED)
def test_what_is_odd_but_usable_is_used(hunter, tmp_path, name):
    path = tmp_path / "data.csv"
    path.write_bytes(FOUND_AND_REPORTED[name])
    ran = hunter("detect", path)
    assert ran.code == 0, ran.err


@pytest.mark.slow
def test_ten_thousand_columns_are_read(hunter, tmp_path):
    path = tmp_path / "wide.csv"
    rows = [",".join(["time", *(f"m{i}" for i in range(10_000))])]
    rows += [",".join([f"2026-01-0{d}", *("1" for _ in range(10_000))]) for d in range(1, 4)]
    path.write_text("\n".join(rows))
    assert hunter("detect", path, "--quiet").code == 0


def test_a_line_of_a_hundred_megabytes_is_refused(hunter, tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"time,value\n2026-01-01," + b"1" * 100_000_000 + b"\n")
    ran = hunter("detect", path)
    assert ran.code == 1
    assert "line" in ran.err


@pytest.mark.parametrize("path", ["nowhere.csv", "no/such/*.csv"])
def test_a_missing_file_is_named(hunter, path):
    ran = hunter("detect", path)
    assert ran.code in (1, 2)
    assert path in ran.err


def test_an_empty_folder_is_named(hunter, tmp_path):
    (tmp_path / "folder").mkdir()
    ran = hunter("detect", tmp_path / "folder")
    assert ran.code in (1, 2)
    assert "folder" in ran.err


def test_an_override_that_names_no_column_lists_those_there_are(hunter, latency):
    ran = hunter("detect", latency, "--value", "latncy")
    assert ran.code == 2
    assert "latency_ms" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--detector", "nearst"),
        ("--range", "five"),
        ("--sensitivity", "-1"),
        ("--contamination", "2"),
        ("--events", "missing.json"),
        ("--graph", "missing.yaml"),
        ("--config", "missing.yaml"),
        ("--tz", "Mars/Base"),
        ("--sink", "fil:x"),
    ],
)
def test_a_wrong_option_says_what_was_expected(hunter, latency, arguments):
    ran = hunter("detect", latency, *arguments)
    assert ran.code in (1, 2)
    assert "Cure:" in ran.err
    assert "Traceback" not in ran.err


def test_an_out_file_in_a_missing_folder_is_an_error_and_writes_nothing(hunter, latency, tmp_path):
    ran = hunter("detect", latency, "--out", tmp_path / "no" / "report.md")
    assert ran.code == 1
    assert not (tmp_path / "no").exists()


def test_the_entry_point_is_the_command():
    assert run.__module__ == "anomaly_hunter.cli.app"


def test_the_report_never_takes_the_place_of_the_data(hunter, latency):
    before = latency.read_bytes()
    for given in (latency, latency.parent, latency.parent / "*.csv"):
        ran = hunter("detect", given, "--out", latency)
        assert (ran.code, ran.out) == (2, "")
        assert "is a file that is read" in ran.err
    assert latency.read_bytes() == before


@pytest.mark.parametrize("sink", ["nope:x", "file:"])
def test_a_wrong_sink_is_said_before_anything_is_printed(hunter, latency, sink):
    ran = hunter("detect", latency, "--sink", sink)
    assert (ran.code, ran.out) == (2, "")


def test_links_in_a_circle_are_no_place_for_a_report(hunter, latency, tmp_path):
    (tmp_path / "a.json").symlink_to(tmp_path / "b.json")
    (tmp_path / "b.json").symlink_to(tmp_path / "a.json")
    ran = hunter("detect", latency, "--out", tmp_path / "a.json")
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_a_name_too_long_for_a_file_is_said(hunter, latency):
    assert "cannot be written" in hunter("detect", latency, "--out", "x" * 300).err


@pytest.mark.parametrize("gate", ["severity>=11", "confidence>=70", "quality<101"])
def test_a_gate_that_can_never_hold_is_refused(hunter, latency, gate):
    ran = hunter("detect", latency, "--fail-on", gate)
    assert ran.code == 2
    assert "never is more" in ran.err


def test_a_range_of_nothing_is_refused(hunter, latency):
    assert "--range is 'nan:'" in hunter("detect", latency, "--range", "nan:").err


def test_samples_that_cannot_be_kept_are_said(hunter, latency):
    ran = hunter("demo", "--folder", latency)
    assert ran.code == 1
    assert "the samples cannot be written" in ran.err


def _raw(code, *arguments, encoding="utf-8", **how):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-c", code + "from anomaly_hunter.cli.app import run; run()", *arguments]
    return subprocess.run(command, env=environment, check=False, stderr=subprocess.PIPE, **how)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "md", "csv", "html"])
def test_a_report_in_a_pipe_is_utf8_where_the_terminal_knows_ascii_only(tmp_path, form):
    (tmp_path / "größe.csv").write_text("time,größe\n" + HOURS + "\n", encoding="utf-8")
    file = str(tmp_path / "größe.csv")
    ran = _raw("", "detect", file, "-o", form, encoding="ascii", stdout=subprocess.PIPE)
    assert ran.returncode == 0, ran.stderr
    assert "größe" in ran.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["detect", "-o", "json"], ["detectors"], ["config", "show"]])
def test_a_full_disk_behind_standard_output_is_said(latency, arguments):
    files = [str(latency)] if arguments[0] == "detect" else []
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ran = _raw("", *arguments, *files, stdout=full)
    assert ran.returncode == 1
    assert ran.stderr.decode() == "hunter: standard output cannot be written (No space left on device)\n"


@pytest.mark.slow
def test_a_closed_standard_output_is_no_error(latency, tmp_path):
    code = "import sys; sys.stdout.close(); sys.stdout = None\n"
    ran = _raw(code, "detect", str(latency), "--out", str(tmp_path / "r.json"), stdout=subprocess.PIPE)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "r.json").exists()
