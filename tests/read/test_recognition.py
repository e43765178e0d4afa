from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.errors import DataError, UsageError
from tests.read.writing import daily, read, table_of, write


def csv(header, rows):
    return header + "\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n"


def hours(n):
    return [f"2026-03-{1 + i // 24:02d}T{i % 24:02d}:00:00Z" for i in range(n)]


def test_time_and_value_is_one_series_named_for_its_file(tmp_path):
    found = read(write(tmp_path, "latency.csv", daily()))
    (series,) = found.series
    assert (found.kind, series.name, series.source) == ("series", "latency", "latency.csv")
    assert found.reading == "20 points every 1 d, time=time (ISO-8601), value=value"
    assert (len(series), series.clocked, found.quality.score) == (20, True, 100.0)
    assert found.roles == {"time": "time", "value": "measure"}
    assert series.time[0] == np.datetime64("2026-01-01")


def test_wide_csv_is_one_series_per_column(tmp_path):
    path = write(tmp_path, "a.csv", csv("ts,cpu,mem", [(t, i, i * 2) for i, t in enumerate(hours(30))]))
    assert [s.name for s in read(path).series] == ["cpu", "mem"]


def test_long_csv_is_split_by_host_and_named_by_metric(tmp_path):
    rows = [(t, h, m, i) for i, t in enumerate(hours(20)) for h in "ab" for m in ("cpu", "mem")]
    found = read(write(tmp_path, "long.csv", csv("time,host,metric,value", rows)))
    assert sorted(s.title for s in found.series) == [
        "cpu{host=a}",
        "cpu{host=b}",
        "mem{host=a}",
        "mem{host=b}",
    ]
    assert found.series[0].row.tolist() == list(range(0, 80, 4))
    assert "by=host, metric" in found.reading


def test_hosts_that_report_in_turn_are_still_told_apart(tmp_path):
    rows = [(f"2026-03-01T00:{i // 2:02d}:{30 * (i % 2):02d}Z", "ab"[i % 2], i) for i in range(100)]
    assert len(read(write(tmp_path, "turns.csv", csv("time,host,load", rows))).series) == 2


def test_a_status_column_does_not_cut_a_regular_series_into_pieces(tmp_path):
    rows = [(t, i, "WARN" if 5 < i < 9 else "OK") for i, t in enumerate(hours(40))]
    found = read(write(tmp_path, "s.csv", csv("time,load,status", rows)))
    assert len(found.series) == 1
    assert "not used: status" in found.notes


def test_a_column_that_says_one_thing_becomes_a_label(tmp_path):
    rows = [(t, "eu", i) for i, t in enumerate(hours(30))]
    (series,) = read(write(tmp_path, "s.csv", csv("time,region,load", rows))).series
    assert dict(series.labels) == {"region": "eu"}


def test_numeric_keys_that_make_a_grid_split(tmp_path):
    rows = [
        (t, store, item, i + store) for i, t in enumerate(hours(12)) for store in (1, 2) for item in (7, 8, 9)
    ]
    found = read(write(tmp_path, "sales.csv", csv("date,store,item,sales", rows)))
    assert len(found.series) == 6
    assert dict(found.series[0].labels) == {"store": "1", "item": "7"}


def test_one_column_of_numbers_has_positions_as_its_clock(tmp_path):
    found = read(write(tmp_path, "v.csv", "5\n6\n7\n"))
    assert not found.series[0].clocked
    assert found.series[0].value.tolist() == [5, 6, 7]


def test_many_numbers_without_a_time_are_a_table(tmp_path):
    found = read(write(tmp_path, "t.csv", csv("a,b,c", [(i, i % 7, i % 3) for i in range(5, 40)])))
    assert found.kind == "table"
    assert [c.role for c in table_of(found).columns] == ["measure"] * 3


def test_orders_at_irregular_times_are_a_table_with_a_clock(tmp_path):
    rng = np.random.default_rng(1)
    start = np.datetime64("2026-01-01T00:00:00")
    rows = [(f"o-{i}", start + int(rng.integers(0, 10**6)), ("DE", "FR", "US")[i % 3], i) for i in range(60)]
    found = read(write(tmp_path, "orders.csv", csv("order_id,created_at,country,amount", rows)))
    assert found.kind == "table"
    assert found.roles == {
        "created_at": "time", "amount": "measure", "country": "dimension", "order_id": "id",
    }  # fmt: skip
    assert table_of(found).columns[0].role == "time"


def test_subject_and_body_are_tickets_with_the_body_first(tmp_path):
    rows = [
        (f"Problem {i}", f'"I cannot log in, since the update of version {i}\nplease help"', "login")
        for i in range(30)
    ]
    found = read(write(tmp_path, "tickets.csv", csv("subject,body,queue", rows)))
    assert found.kind == "tickets"
    assert table_of(found).by_role("text")[0].name == "body"
    assert "\n" in table_of(found).column("body").text(3)
    assert "no time column" in found.reading


def test_columns_that_hold_the_answer_are_left_out_and_said(tmp_path):
    rows = [(t, i, int(i == 7)) for i, t in enumerate(hours(30))]
    path = write(tmp_path, "x.csv", csv("time,load,is_anomaly", rows))
    found = read(path)
    assert [s.name for s in found.series] == ["load"]
    assert any("is_anomaly" in note for note in found.notes)
    assert [s.name for s in read(path, value=("is_anomaly",)).series] == ["is_anomaly"]


def test_of_two_times_the_one_named_for_the_clock_is_taken(tmp_path):
    rows = [(f"2026-02-{d:02d}", f"2026-01-{d:02d}", d) for d in range(1, 25)]
    path = write(tmp_path, "x.csv", csv("resolved_at,created_at,load", rows))
    found = read(path)
    assert found.series[0].time[0] == np.datetime64("2026-01-01")
    assert any("created_at is taken as the clock, not resolved_at" in note for note in found.notes)
    assert read(path, time="resolved_at").series[0].time[0] == np.datetime64("2026-02-01")


def test_two_times_that_cannot_be_told_apart_are_an_error(tmp_path):
    rows = [(f"2026-01-{d:02d}", f"2026-01-{d * 7 % 28 + 1:02d}", d) for d in range(1, 29)]
    path = write(tmp_path, "x.csv", csv("one_moment,other_moment,load", rows))
    with pytest.raises(DataError, match="--time one_moment"):
        read(path)


def test_header_levels_become_labels(tmp_path):
    text = (
        "service,web,web,db\nmetric,latency,errors,latency\nunix_timestamp,,,\n"
        + "".join(f"{1_700_000_000 + 60 * i},{i},{i % 3},{i * 2}\n" for i in range(20))
    )  # fmt: skip
    found = read(write(tmp_path, "pivot.csv", text))
    assert [s.title for s in found.series] == [
        "latency{service=web}",
        "errors{service=web}",
        "latency{service=db}",
    ]
    assert found.roles["unix_timestamp"] == "time"


def test_row_numbers_are_no_measure(tmp_path):
    found = read(write(tmp_path, "x.csv", "," + daily().replace("\n2026", "\n,2026")))
    numbered = "idx,time,value\n" + "".join(f"{d - 1},2026-01-{d:02d},{d}\n" for d in range(1, 9))
    assert [s.name for s in read(write(tmp_path, "y.csv", numbered)).series] == ["y"]
    assert len(found.series) == 1


@pytest.mark.parametrize(
    ("option", "given"),
    [("time", "nope"), ("text", "nope"), ("value", ("nope",)), ("by", ("nope",)), ("ignore", ("nope",))],
)
def test_an_option_that_names_no_column_is_a_usage_error(tmp_path, option, given):
    with pytest.raises(UsageError, match="'nope'"):
        read(write(tmp_path, "x.csv", daily()), **{option: given})


def test_every_guess_can_be_overridden(tmp_path):
    rows = [(t, h, i, 5 * i) for i, t in enumerate(hours(20)) for h in "ab"]
    path = write(tmp_path, "x.csv", csv("time,host,load,size", rows))
    assert read(path, kind="table").kind == "table"
    assert [s.name for s in read(path, value=("size",), ignore=("load",)).series] == ["size", "size"]
    assert len(read(path, by=("host",)).series) == 4
    assert read(path, kind="series").kind == "series"


def test_several_files_become_one_dataset_with_their_names(tmp_path):
    for name in ("cpu", "mem"):
        write(tmp_path, f"{name}.csv", daily())
    write(tmp_path, "readme.md", "no data")
    for given in (tmp_path, str(tmp_path / "*.csv"), [tmp_path / "cpu.csv", tmp_path / "mem.csv"]):
        found = read(given)
        assert [s.name for s in found.series] == ["cpu", "mem"]
        assert found.series[0].id != found.series[1].id


def test_files_of_different_kinds_are_refused(tmp_path):
    write(tmp_path, "a.csv", daily())
    write(tmp_path, "b.csv", csv("a,b", [(i, i % 7) for i in range(5, 40)]))
    with pytest.raises(UsageError, match="different kinds"):
        read(tmp_path)


def test_more_series_than_allowed_are_refused(tmp_path):
    with pytest.raises(UsageError, match="at most 2"):
        read(
            write(tmp_path, "x.csv", csv("time,a,b,c", [(t, 1, 2, i) for i, t in enumerate(hours(9))])),
            max_series=2,
        )
