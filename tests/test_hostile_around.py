"""What stands around the data may be huge, hostile or of another world: a hunt stays fast and honest."""

import json

import numpy as np
import pytest

from anomaly_hunter import hunt, render
from anomaly_hunter.errors import DataError
from anomaly_hunter.investigate.nearness import Nearness
from anomaly_hunter.model import Dataset, Event, Graph, Quality, Series
from anomaly_hunter.model.services import node_in, words_of
from anomaly_hunter.read.events import read_events
from anomaly_hunter.read.graph import read_graph
from anomaly_hunter.read.logs import read_logs
from tests.read.writing import write

START = np.datetime64("2026-03-02T00:00:00", "ns")
TIME = START + np.timedelta64(1, "m") * np.arange(200)


def slow_api(name: str = "latency_ms") -> Series:
    value = 20.0 + np.random.default_rng(0).normal(size=200)
    value[180:] += 40.0
    return Series(name, TIME, value, {"service": "api"})


def given(**around) -> Dataset:
    return Dataset("d", "series", Quality(100.0, 200), "200 points", (slow_api(),), **around)


def deploy(time: str, title: str = "api v2", service: str = "api") -> Event:
    return Event(np.datetime64(time, "ns"), "deploy", title, service)


# ---------------------------------------------------------------- graphs


@pytest.mark.parametrize("text", ["&a\nservices: *a\n", "a: &a\n  calls: *a\n"])
def test_a_graph_that_holds_itself_is_an_error(tmp_path, text):
    with pytest.raises(DataError, match="nested without end"):
        read_graph(write(tmp_path, "graph.yaml", text))


def test_a_message_on_a_graph_of_a_billion_aliases_stays_short(tmp_path):
    levels = "".join(
        f"  - &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    path = write(tmp_path, "bomb.yaml", f"web:\n  calls: [api]\n  unused:\n  - &a [x, x]\n{levels}api: *i\n")
    with pytest.raises(DataError, match=r"api in bomb\.yaml calls") as error:
        read_graph(path)
    assert len(str(error.value)) < 400


def test_a_chain_of_services_that_nobody_measures_is_walked_once():
    edges = [("web", "n0"), *((f"n{i}", f"n{i + 1}") for i in range(20_000)), ("n20000", "db")]
    assert Nearness(Graph(tuple(edges)), {"web", "db"}, {"web", "db"}).of("web") == ("db",)


def test_a_graph_answers_as_its_edges_do():
    rng = np.random.default_rng(4)
    edges = tuple((f"s{a}", f"s{b}") for a, b in rng.integers(0, 9, (40, 2)))
    graph = Graph(edges)
    for node in (*graph.nodes, "unknown"):
        assert graph.callees(node) == tuple(dict.fromkeys(b for a, b in edges if a == node != b))
        assert graph.callers(node) == tuple(dict.fromkeys(a for a, b in edges if b == node != a))
        assert (node in graph) == (node != "unknown")
        below, above = graph.steps_below(node), graph.steps_above(node)
        assert all(graph.distance(node, other) == steps for other, steps in below.items())
        assert all(graph.distance(other, node) == steps for other, steps in above.items())


def test_a_node_is_found_in_a_name_however_many_there_are():
    names = [f"svc-{i}" for i in range(500)] + ["web", "web-api", "api", "db"]
    few, many = words_of("web", "web-api", "api", "db"), words_of(*names)
    for name in ("web_api_latency", "dbLatency", "api.web", "svc-77 errors", "webapi", "", "latency"):
        expected = node_in(name, few) or ("svc-77" if "77" in name else "")
        assert node_in(name, many) == expected


def test_a_graph_of_other_services_is_noted_and_one_without_calls_is_left_out():
    other = hunt(given(graph=Graph((("foo", "bar"),))))
    assert any("names none of the services measured" in note for note in other.dataset.notes)
    empty = hunt(given(graph=Graph(())))
    assert empty.dataset.graph is None
    assert "the graph holds no calls" in render(empty, "md")
    fits = hunt(given(graph=Graph((("web", "api"),))))
    assert fits.dataset.notes == ()


# ---------------------------------------------------------------- events and logs


@pytest.mark.parametrize("time", ["1" + "0" * 30, "9999-12-31T23:59:59Z", "-" + "9" * 25])
def test_a_time_out_of_all_reason_is_named(time):
    with pytest.raises(DataError, match=r"the time of entry 1 .* 1678 to 2261"):
        read_events([{"time": int(time) if "T" not in time else time, "title": "x"}])


def test_a_document_of_many_events_may_be_one_line(tmp_path):
    one = {"time": "2026-03-02T00:00:00Z", "title": "x", "detail": "y" * 1_000_000}
    assert len(read_events(write(tmp_path, "deploys.json", json.dumps([one] * 11)))) == 11


def test_events_and_logs_of_another_time_are_noted():
    logs = read_logs(["2031-01-01T00:00:00Z ERROR boom"])
    found = hunt(given(events=(deploy("2031-01-01T00:00:00"),), logs=logs))
    assert [note.split(":")[0] for note in found.dataset.notes] == [
        "no event is of the time of the data",
        "no log line is of the time of the data",
    ]
    assert hunt(given(events=(deploy("2026-03-01T22:00:00"),))).dataset.notes == ()


def test_the_right_deploy_is_found_among_thousands_that_repeat_themselves():
    noise = [deploy("2026-03-01T18:00:00", f"api old {i % 50}", "web") for i in range(20_000)]
    found = hunt(given(events=(*noise, deploy("2026-03-02T02:59:00")), graph=Graph((("web", "api"),))))
    cause = found.incidents[0].verdict.cause
    assert cause is not None
    assert cause.name == "api v2"


def test_random_log_lines_take_no_more_room_than_the_templates_that_are_kept():
    rng = np.random.default_rng(1)
    texts = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), (6_000, 8))
    lines = [f"2026-03-02T00:{i % 60:02}:00Z {' '.join(row)}" for i, row in enumerate(texts)]
    logs = read_logs(lines)
    assert len(logs.templates) <= 1_000
    assert int(logs.counts.sum()) + logs.rare == logs.lines == 6_000


# ---------------------------------------------------------------- what is shown


def test_no_control_character_of_the_data_reaches_a_report():
    hostile = Dataset(
        "d", "series", Quality(100.0, 200), "", (slow_api("\x1b[2J<script>alert(1)</script>\u202e\x07"),)
    )  # fmt: skip
    found = hunt(hostile, events=[deploy("2026-03-02T02:59:00", "\x1b]0;x\x07<img src=x onerror=alert(1)>")])
    assert found.incidents
    for report in ("terminal", "md", "html", "json", "csv"):
        assert not set("\x1b\x07\u202e") & set(render(found, report))
    page = render(found, "html")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
