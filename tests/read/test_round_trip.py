"""What was written to a file is read back, whatever the dialect."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.read.one_file import read_file
from anomaly_hunter.read.zstd_frames import is_whole
from tests.read.writing import daily, read, table_of, write

BEGIN = datetime(2026, 1, 1)
START = np.datetime64("2026-01-01T00:00:00")
TIMES = ["%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"]

values = st.one_of(st.none(), st.floats(-1e9, 1e9, width=32).map(lambda x: round(x, 3)))


@st.composite
def files(draw):
    """Columns of numbers, and the text of a CSV that holds them."""
    rows = draw(st.integers(2, 12))
    width = draw(st.integers(1, 3))
    columns = [draw(st.lists(values, min_size=rows, max_size=rows)) for _ in range(width)]
    for number, column in enumerate(columns):
        column[0] = 0.5 + number  # every column has a number, so that it is one
    comma = draw(st.booleans())
    delimiter = draw(st.sampled_from(";\t|" if comma else ",;\t|"))
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )  # fmt: skip
    if draw(st.booleans()):
        writer.writerow(["time", *(f"m{i}" for i in range(width))])
    written = draw(st.sampled_from(TIMES))
    for i in range(rows):
        cells = ["" if c[i] is None else repr(c[i]).replace(".", "," if comma else ".") for c in columns]
        writer.writerow([(BEGIN + timedelta(hours=i)).strftime(written), *cells])
    return columns, out.getvalue()


@settings(derandomize=True, max_examples=150, deadline=None)
@given(files(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_written_csv_is_read_back(written, encoding):
    columns, text = written
    with tempfile.TemporaryDirectory() as folder:
        found = read(write(Path(folder), "x.csv", text.encode(encoding)))
    assert found.kind == "series"
    assert len(found.series) == len(columns)
    for series, expected in zip(found.series, columns, strict=True):
        assert np.array_equal(series.value, np.array(expected, float), equal_nan=True)
        assert (
            series.time.astype("datetime64[s]").tolist() == (START + np.arange(len(series)) * 3600).tolist()
        )
        assert series.row.tolist() == list(range(len(series)))


words = st.text(
    st.characters(blacklist_characters="\x00\r", blacklist_categories=["Cs"]), min_size=1, max_size=12
)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(words, words, words), min_size=2, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_quoted_text_is_read_back_cell_by_cell(rows, delimiter, end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second", "third"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        found = read_file(write(Path(folder), "x.csv", out.getvalue()))
    cells = list(zip(*(column.values for column in found.columns), strict=True))
    if found.names == ("first", "second", "third"):
        assert cells == rows
    else:
        assert cells == [("first", "second", "third"), *rows]  # all cells are typed: no header is seen


RECORDS = [{"time": f"2026-01-{d:02d}", "host": "ab"[d % 2], "load": d / 4} for d in range(1, 25)]
FORMS = {
    "array.json": json.dumps(RECORDS),
    "columns.json": json.dumps({key: [r[key] for r in RECORDS] for key in RECORDS[0]}),
    "wrapped.json": json.dumps({"status": "ok", "data": RECORDS}),
    "lines.jsonl": "\n".join(map(json.dumps, RECORDS)) + "\n",
    "lines.csv": "time,host,load\n" + "".join(f"{r['time']},{r['host']},{r['load']}\n" for r in RECORDS),
    "tabs.tsv": "time\thost\tload\n" + "".join(f"{r['time']}\t{r['host']}\t{r['load']}\n" for r in RECORDS),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_format_gives_the_same_series_packed_or_not(tmp_path, name, packed):
    content = FORMS[name].encode()
    path = write(tmp_path, name + (".gz" if packed else ""), gzip.compress(content) if packed else content)
    found = read(path)
    assert [(s.title, s.value.tolist()) for s in found.series] == [
        ("load{host=a}", [d / 4 for d in range(2, 25, 2)]),
        ("load{host=b}", [d / 4 for d in range(1, 25, 2)]),
    ]


def test_parquet_keeps_types_and_zones(tmp_path):
    import duckdb

    path = tmp_path / "p.parquet"
    duckdb.sql(
        "COPY (SELECT TIMESTAMP '2026-01-01' + INTERVAL (range) HOUR AS time, "
        "CASE WHEN range = 3 THEN NULL ELSE range / 4 END AS load FROM range(24)) "
        f"TO '{path}'"
    )
    (series,) = read(path, tz="Europe/Berlin").series
    assert series.time[0] == np.datetime64("2025-12-31T23:00")
    assert np.isnan(series.value[3])
    assert series.value[23] == 23 / 4


def zstd_of(path, content):
    import duckdb

    frame = path.with_suffix(".parts")
    duckdb.sql(
        f"COPY (SELECT unnest(string_split($${content}$$, chr(10))) AS line) "
        f"TO '{frame}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\t', COMPRESSION zstd)"
    )
    path.write_bytes(frame.read_bytes())
    return path


def test_zstd_is_unpacked_and_a_cut_one_is_refused(tmp_path):
    from anomaly_hunter.errors import DataError

    path = zstd_of(tmp_path / "z.csv.zst", daily(28).rstrip())
    assert is_whole(path)
    assert len(read(path).series[0]) == 28
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2, 7, 5):
        cut = write(tmp_path, "cut.csv.zst", whole[:length])
        with pytest.raises(DataError, match="cut off"):
            read(cut)
    assert len(read(write(tmp_path, "two.csv.zst", whole + b"\x50\x2a\x4d\x18\x02\0\0\0xx")).series[0]) == 28


def test_long_whole_numbers_and_nested_fields_of_json_stay_as_they_are(tmp_path):
    records = [{"id": 2**60 + i, "meta": {"tags": ["a", i]}, "load": i} for i in range(12)]
    found = read(write(tmp_path, "x.json", json.dumps(records)), kind="table")
    assert table_of(found).column("id").text(1) == str(2**60 + 1)
    assert table_of(found).column("meta.tags").text(1) == '["a", 1]'


def test_what_spreadsheets_put_around_a_table_is_passed_over(tmp_path):
    body = "time;value\n2026-01-01;1,5\n2026-01-02;2,5\n2026-01-03;4\n"
    for before in ("sep=;\n", "# from the export\n# of today\n", "Weekly report\n\n", "\ufeff"):
        (series,) = read(write(tmp_path, "x.csv", before + body)).series
        assert series.value.tolist() == [1.5, 2.5, 4.0]
    assert read(write(tmp_path, "y.csv", "time,value\n2026-01-01,1,\n2026-01-02,2,\n")).series[0].name == "y"
