"""Bad input: a clear message, exit code 1 or 2, no traceback, nothing half written."""

from __future__ import annotations

import gzip

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
