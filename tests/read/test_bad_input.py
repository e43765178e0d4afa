from __future__ import annotations

import gzip
import os
import threading
from contextlib import suppress
from pathlib import PosixPath

import numpy as np
import pytest

from anomaly_hunter.errors import DataError, HunterError, UsageError
from anomaly_hunter.read.one_file import read_file
from anomaly_hunter.read.scan import LONGEST_LINE
from tests.read.writing import daily, read, write

REFUSED = {
    "empty": (b"", "is empty"),
    "only blanks": (b" \n\n  \n", "is empty"),
    "only a header": (b"time,value\n", "only the header time, value"),
    "all NaN": (b"time,value\n2026-01-01,nan\n2026-01-02,nan\n", "all values"),
    "nothing but blank cells": (b"time,value\n2026-01-01,\n2026-01-02,\n", "no column of numbers"),
    "words for numbers": (b"time,value\n2026-01-01,low\n2026-01-02,high\n", "no column of numbers"),
    "half words": (b"time,value\n" + b"2026-01-01,low\n2026-01-02,5\n" * 9, "50% numbers"),
    "words for times": (b"time,value\nnever,1\nsoon,2\n", "holds no times"),
    "doubtful dates": (b"time,value\n01/02/2026,1\n01/02/2026,2\n", "read in two ways"),
    "binary": (bytes(range(256)) * 20, "binary"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
    "a workbook": (b"PK\x03\x04" + bytes(50), "Excel"),
    "NUL bytes": (daily().encode() + b"\0\0\0\n2026-02-01,1\n", "NUL bytes"),
    "a quote that never closes": (b'time,value\n2026-01-01,5\n2026-01-02,"6\n2026-01-03,7\n', "line 3"),
    "mostly ragged": (b"time,value\n2026-01-01,5\n2,6,7\n3,8,9,10\n2026-01-04\n", "do not have 2 fields"),
    "cut JSON": (b'[{"time":"2026-01-01","value":1},{"ti', "not JSON"),
    "JSON without a list": (b'{"a": {"b": 1}}', "without a list"),
    "a list of different things": (b'[1, {"a": 2}]', "different things"),
    "UTF-16 that ends early": ("time,value\n1,2\n".encode("utf-16")[:-1] + b"\xd8", "not utf-16"),
    "a zip bomb cut off": (gzip.compress(daily().encode() * 50)[:60], "unpacked"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_files_are_refused_with_what_came_and_a_cure(tmp_path, case):
    content, says = REFUSED[case]
    with pytest.raises(DataError, match=says) as caught:
        read(write(tmp_path, "given.csv", content))
    assert caught.value.expected
    assert caught.value.cure


def test_a_line_of_a_hundred_megabytes_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"time,value\n2026-01-01,")
        file.truncate(0)
        file.seek(0)
        for _ in range(1 + LONGEST_LINE // 2**20):
            file.write(b"9" * 2**20)
    with pytest.raises(DataError, match="line over 10 MB"):
        read(path)


def test_one_valid_row_is_a_short_series(tmp_path):
    found = read(write(tmp_path, "one.csv", "time,value\n2026-01-01,5\n"))
    assert len(found.series[0]) == 1
    assert [issue.kind for issue in found.quality.issues] == ["short"]


def test_few_ragged_rows_are_left_out_and_named_by_line(tmp_path):
    text = (
        daily().replace("2026-01-03,4.5\n", "2026-01-03,4,5\n").replace("2026-01-09,13.5\n", "2026-01-09\n")
    )
    found = read(write(tmp_path, "r.csv", text))
    issue = next(issue for issue in found.quality.issues if issue.kind == "unreadable row")
    assert (issue.count, "lines 4, 10" in issue.statement) == (2, True)
    assert found.series[0].row.tolist() == [0, 1, 3, 4, 5, 6, 7, *range(9, 20)]


def test_line_numbers_count_quoted_line_breaks_and_comments(tmp_path):
    text = '# made today\ntime,note,value\n2026-01-01,"two\nlines",1\n2026-01-02,x\n2026-01-03,y,3\n'
    found = read(write(tmp_path, "r.csv", text))
    assert "line 5" in found.quality.issues[0].statement


def test_unsorted_and_repeated_times_are_sorted_and_counted(tmp_path):
    text = "time,value\n2026-01-03,3\n2026-01-01,1\n2026-01-02,2\n2026-01-02,9\n"
    found = read(write(tmp_path, "u.csv", text))
    assert found.series[0].value.tolist() == [1, 2, 9, 3]
    assert found.series[0].row.tolist() == [1, 2, 3, 0]
    assert {i.kind: i.count for i in found.quality.issues if i.kind != "short"} == {
        "disorder": 1,
        "duplicate time": 1,
    }


def test_words_among_numbers_are_counted_and_quoted(tmp_path):
    found = read(write(tmp_path, "m.csv", daily().replace(",4.5", ",broken")))
    issue = found.quality.issues[0]
    assert (issue.kind, issue.count, "'broken'" in issue.statement) == ("mixed types", 1, True)
    assert np.isnan(found.series[0].value[2])


def test_rows_without_a_readable_time_are_left_out_and_counted(tmp_path):
    found = read(write(tmp_path, "m.csv", daily().replace("2026-01-05", "yesterday")))
    issue = next(i for i in found.quality.issues if i.kind == "unreadable row")
    assert (issue.count, "'yesterday'" in issue.statement, len(found.series[0])) == (1, True, 19)


def test_other_encodings_are_read_and_said(tmp_path):
    text = "zeit;größe\n01.02.2026;1,5\n13.02.2026;2,5\n"
    for encoding, said in (("cp1252", "cp1252"), ("utf-16", "UTF-16"), ("utf-8-sig", "")):
        found = read(write(tmp_path, f"{encoding}.csv", text.encode(encoding)))
        assert found.series[0].name == "größe"
        assert found.series[0].value.tolist() == [1.5, 2.5]
        assert any(said in note for note in found.notes)


@pytest.mark.slow
def test_ten_thousand_columns_are_ten_thousand_series(tmp_path):
    header = "time," + ",".join(f"m{i}" for i in range(10_000))
    rows = "".join(f"2026-01-0{d}," + ",".join([str(d)] * 10_000) + "\n" for d in range(1, 6))
    found = read(write(tmp_path, "wide.csv", f"{header}\n{rows}"))
    assert len(found.series) == 10_000
    assert len(found.quality.issues) == 1


def test_a_truncated_parquet_is_refused(tmp_path):
    import duckdb

    path = tmp_path / "x.parquet"
    duckdb.sql(f"COPY (SELECT range AS a, range % 7 AS b FROM range(1000)) TO '{path}'")
    whole = path.read_bytes()
    assert read(path).series[0].name == "b"
    with pytest.raises(DataError, match="Parquet"):
        read(write(tmp_path, "cut.parquet", whole[: len(whole) // 2]))
    with pytest.raises(DataError, match="is empty"):
        read(write(tmp_path, "none.parquet", b""))


def test_paths_that_lead_nowhere(tmp_path):
    write(tmp_path, "latency.csv", daily())
    (tmp_path / "empty").mkdir()
    for given, says in [
        (tmp_path / "latensy.csv", "did you mean"), (tmp_path / "*.json", "no file matches"),
        (tmp_path / "empty", "no data file"), ("", "empty path"),
        (tmp_path / "no" / "x.csv", "does not exist"),
        ("a\0b", "is not a path"),
    ]:  # fmt: skip
        with pytest.raises(UsageError, match=says):
            read(given)
    with pytest.raises(DataError, match="device"):
        read("/dev/null")


class Closed(PosixPath):
    """What a file is to a user who may not read it (the tests may run as root, who may)."""

    def open(self, *_, **__):
        raise PermissionError(13, "Permission denied")


def test_a_file_without_permission_is_refused(tmp_path):
    path = write(tmp_path, "secret.csv", daily())
    with pytest.raises(DataError, match="no permission"):
        read_file(Closed(path))


def test_a_fifo_is_read_like_a_file(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(daily().encode(),))
    writer.start()
    found = read(path)
    writer.join()
    assert len(found.series[0]) == 20


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes_never_raise_anything_but_our_errors(tmp_path, seed):
    rng = np.random.default_rng(seed)
    kinds = (rng.integers(0, 256, 400), rng.choice(list(b'0123456789,;"\n\t.-ab{}[]:'), 400))
    path = write(tmp_path, "x.csv", bytes(kinds[seed % 2].astype(np.uint8)))
    with suppress(HunterError):
        assert read(path).reading


def test_a_field_over_the_line_limit_is_refused_with_its_line(tmp_path):
    text = 'time,value,note\n2026-01-01,1,"' + "x,\n" * (LONGEST_LINE // 2) + '"\n'
    with pytest.raises(DataError, match=r"line 2 of r\.csv opens a field of over 10 MB"):
        read(write(tmp_path, "r.csv", text))


@pytest.mark.parametrize("text", ["[1, 2, " + "9" * 6000 + "]", "[" * 100_000])
def test_json_that_python_cannot_hold_is_refused(tmp_path, text):
    with pytest.raises(DataError, match=r"thousands of digits|nested too deeply"):
        read(write(tmp_path, "r.json", text))


def test_line_separators_inside_json_texts_end_no_line(tmp_path):
    lines = [f'{{"time": "2026-01-0{d}", "note": "a\u2028b\x85c", "value": {d}}}' for d in range(1, 8)]
    assert len(read(write(tmp_path, "r.jsonl", "\n".join(lines))).series[0]) == 7


def test_a_first_row_without_a_number_is_no_second_header(tmp_path):
    rows = "".join(f"2026-01-{d:02},{'n.k.' if d == 1 else d}\n" for d in range(1, 29))
    found = read(write(tmp_path, "r.csv", "time,load\n" + rows))
    assert (found.series[0].name, len(found.series[0])) == ("load", 28)
    assert found.quality.issues[0].statement == "1 of 28 cells are no number: 'n.k.'"


def test_a_clock_in_two_formats_is_refused_not_taken_for_words(tmp_path):
    rows = "".join(f"{d:02}/03/2026,{d}\n03/{d:02}/2026,{d}\n" for d in range(1, 29))
    with pytest.raises(DataError, match=r"only 7\d% of column 'date' can be read as"):
        read(write(tmp_path, "r.csv", "date,load\n" + rows))


def test_numbers_in_a_table_for_repeated_times_come_with_a_word(tmp_path):
    rows = "".join(f"2026-01-01T00:{m:02}:00Z,{m}\n" * 3 for m in range(50))
    found = read(write(tmp_path, "r.csv", "time,load\n" + rows))
    assert found.kind == "table"
    assert "67% of the times repeat" in found.notes[0]


def test_whole_numbers_that_a_float_rounds_are_noted(tmp_path):
    rows = "".join(f"2026-01-{d:02},{2**63 + d}\n" for d in range(1, 29))
    assert "rounded to 16 digits" in read(write(tmp_path, "r.csv", "time,bytes\n" + rows)).notes[0]


def test_what_is_nearly_a_number_is_quoted(tmp_path):
    rows = "".join(f"2026-01-{d:02},{d}.5ms\n" for d in range(1, 29))
    with pytest.raises(DataError, match=r"load holds '1\.5ms'"):
        read(write(tmp_path, "r.csv", "time,load\n" + rows))


def test_a_link_to_nothing_is_not_suggested_for_itself(tmp_path):
    link = tmp_path / "now.csv"
    link.symlink_to(tmp_path / "gone.csv")
    with pytest.raises(UsageError, match=r"it is a link to .*gone\.csv, which is not there"):
        read(link)


def test_standard_input_beside_files_is_said_to_be_wrong(tmp_path):
    with pytest.raises(UsageError, match="cannot be read here"):
        read([str(write(tmp_path, "r.csv", daily())), "-"])
