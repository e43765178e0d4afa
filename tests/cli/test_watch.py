"""`hunter watch`, as a person or a timer of the system calls it."""

import numpy as np
import pytest

from tests.watch.watching import write_metrics


@pytest.fixture
def metrics(tmp_path):
    until = np.datetime64("now", "ns").astype("datetime64[m]").astype("datetime64[ns]")
    write_metrics(tmp_path / "metrics.csv", until, spikes=[until - np.timedelta64(3, "h")])
    return tmp_path / "metrics.csv"


WATCHES = """
remember:
  memory: memory.db
watches:
  checkout:
    files: metrics.csv
    every: 1s
    history: 1d
    delay: 0s
"""


def test_without_a_watch_it_is_said_where_they_stand(hunter):
    ran = hunter("watch", "--once")
    assert ran.code == 2
    assert "a section `watches` in hunter.yaml" in ran.err
    assert "there is no watch" in hunter("watch", "list").out


def test_a_timer_of_the_system_runs_what_is_complete_and_the_list_shows_it(hunter, tmp_path, metrics):
    (tmp_path / "hunter.yaml").write_text(WATCHES)
    assert "never run" in hunter("watch", "list").out
    ran = hunter("watch", "--once")
    assert (ran.code, ran.err) == (0, "")
    assert "checkout" in ran.out
    assert "severity" in ran.out
    found = ran.out.split("severity")[1].split()[1].strip(":,")
    assert found in hunter("incidents", "list").out
    listed = hunter("watch", "list").out
    assert "checkout  every 1s  seen until" in listed
    assert "last run done" in listed


def test_a_failure_is_told_and_is_the_exit_code(hunter, tmp_path, metrics):
    (tmp_path / "hunter.yaml").write_text(WATCHES.replace("metrics.csv", "nowhere.csv"))
    ran = hunter("watch", "checkout", "--once")
    assert ran.code == 1
    assert "failed: " in ran.err
    assert "nowhere.csv" in ran.err
    assert "failed 1 time:" in hunter("watch", "list").out
    assert "there is no watch 'basket'" in hunter("watch", "basket", "--once").err


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("watches:\n  a:\n    files: x.csv\n    evry: 5m\n", 4, "did you mean 'every'"),
        ("watches:\n  a:\n    files: x.csv\n    every: often\n", 4, "no length of time"),
        ("watches:\n  a:\n    files: x.csv\n    every: 5\n", 4, "valid string"),
        ("watches:\n  a:\n    every: 5m\n", 2, "looks at nothing"),
        ("watches:\n  a: x.csv\n", 2, "keys below it"),
        ("watches: x.csv\n", 1, "keys below it"),
        ("watches:\n  a:\n    files: [x.csv, 3]\n", 3, "valid string"),
        ("watches:\n  a:\n    sql: {url: 'sqlite:///x.db'}\n", 3, "sql.query is empty"),
        ("watches:\n  a:\n    sql:\n      url: sqlite:///x.db\n      quary: x\n", 5, "did you mean 'query'"),
        ("watches:\n  a:\n    sql: {url: 'postgresql://me:pw@db/x', query: x}\n", 3, "holds a password"),
        ("watches:\n  a:\n    files: x.csv\n    detect:\n      sensitivity: -1\n", 5, "above 0"),
        ("watches:\n  a:\n    files: x.csv\n    detect:\n      sensitivty: 1\n", 5, "mean 'sensitivity'"),
        ("watches:\n  a:\n    files: x.csv\n    read: fast\n", 4, "valid dictionary"),
        ("watches:\n  a:\n    files: x.csv\n    history: 1m\n", 2, "a history of one interval or more"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_said_with_its_line(hunter, tmp_path, text, line, says):
    (tmp_path / "hunter.yaml").write_text(text)
    ran = hunter("watch", "--once")
    assert ran.code == 2
    assert f"hunter.yaml:{line}" in ran.err
    assert says in ran.err
