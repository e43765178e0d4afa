"""Prometheus: what `query_range` answers becomes series; what it should not answer becomes a clear error."""

import gzip
import json
import threading
import zlib

import numpy as np
import pytest

import anomaly_hunter as ah
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.read.addresses import check_named
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.sources.prometheus import Prometheus, PrometheusQuery
from anomaly_hunter.read.web import Asked, ask
from tests.read.prometheus_server import prometheus

BEGIN = np.datetime64("2026-04-01T00:00:00", "ns")
END = np.datetime64("2026-04-02T00:00:00", "ns")


@pytest.fixture
def server():
    with prometheus() as running:
        yield running


def read(server, query="up", begin=BEGIN, end=END, most=100_000, **more):
    asked = PrometheusQuery(server.url, query, begin, end, **more)
    return Prometheus(asked, ReadOptions(max_series=most)).read()


def named(name, **labels):
    return (("__name__", name), *labels.items())


def test_each_set_of_labels_is_a_series_at_multiples_of_the_step(server):
    server.series = {
        named("up", job="api"): lambda t: "1",
        named("up", job="db"): lambda t: f"{t % 7}" if t % 120 else None,
    }
    found = read(server, begin=BEGIN + np.timedelta64(17, "s"), name="checkout")
    assert [one.title for one in found.series] == ["up{job=api}", "up{job=db}"]
    first = found.series[0]
    assert (first.time[0], first.time[-1]) == (BEGIN + np.timedelta64(60, "s"), END - np.timedelta64(60, "s"))
    assert len(found.series[1]) == len(first) // 2 + 1
    assert (found.name, first.source) == ("checkout", "checkout")
    command, path, form, headers = server.asked[0]
    assert (command, path, form["query"], form["step"]) == ("GET", "/api/v1/query_range", "up", "60")
    assert headers["Accept-Encoding"] == "gzip"


def test_a_long_time_is_asked_for_in_parts_that_meet(server):
    server.series = {named("up"): lambda t: "1"}
    found = read(server, end=BEGIN + np.timedelta64(25_000, "s"), step_s=1.0)
    assert len(server.asked) == 3
    assert (np.diff(found.series[0].time) == np.timedelta64(1, "s")).all()
    assert len(found.series[0]) == 25_000


def test_missing_and_infinite_values_are_missing_and_counted(server):
    texts = {0: "NaN", 1: "+Inf", 2: "-Inf"}
    server.series = {named("ratio"): lambda t: texts.get(int(t // 60) % 10, "0.5")}
    found = read(server)
    assert int(np.isnan(found.series[0].value).sum()) == 3 * 144
    said = {issue.kind: issue.count for issue in found.quality.issues}
    assert said["infinite"] == 2 * 144


def test_a_long_expression_is_posted_and_a_password_and_a_token_are_sent_and_never_shown(server):
    server.series = {(): lambda t: "1"}
    found = read(server, query="1 + " * 2_000 + "1", token="s3cret-token")
    assert server.asked[0][0] == "POST"
    assert server.asked[0][3]["Authorization"] == "Bearer s3cret-token"
    assert len(found.series[0].name) <= 80
    server.reply = (401, "text/plain", b"no")
    place = server.url.replace("//", "//me:pa%20ss@")
    with pytest.raises(DataError, match="401") as caught:
        Prometheus(PrometheusQuery(place, "up", BEGIN, END), ReadOptions()).read()
    assert server.asked[1][3]["Authorization"] == "Basic bWU6cGEgc3M="
    assert "pa%20ss" not in str(caught.value)


@pytest.mark.slow
def test_ten_thousand_series_are_read(server):
    server.series = {named("up", pod=f"pod-{i}"): lambda t: "1" for i in range(10_000)}
    found = read(server, end=BEGIN + np.timedelta64(3, "m"))
    assert len(found.series) == 10_000
    with pytest.raises(DataError, match=r"10,000 series .* at most 9,999"):
        read(server, end=BEGIN + np.timedelta64(3, "m"), most=9_999)


def matrix(result):
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


ERROR = {"status": "error", "errorType": "bad_data", "error": "1:4: parse error: unexpected <by>"}
JSON = "application/json"


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((400, JSON, json.dumps(ERROR).encode()), "parse error: unexpected <by>"),
        ((200, JSON, json.dumps(ERROR).encode()), "bad_data"),
        ((422, JSON, json.dumps(ERROR).encode()), "mend the expression"),
        ((503, "text/plain", b"Service Unavailable"), "503 (text/plain: Service Unavailable)"),
        ((404, "text/html", b"<html>404 page not found"), "the path in front of /api/v1"),
        ((302, "text/html", b"", {"Location": "http://u:pw@other/"}), "http://u:***@other/"),
        ((200, "text/html", b"<!doctype html><title>Login</title>"), "not JSON (text/html: <!doctype html>"),
        ((200, JSON, b""), "not JSON (nothing)"),
        ((200, JSON, b"[1]"), "no object"),
        ((200, JSON, b"[" * 100_000), "not JSON"),
        ((200, JSON, b'{"status": "success", "data": {"resultType": "vector", "result": []}}'), "'vector'"),
        ((200, JSON, b'{"status": "success", "data": [1]}'), "'None'"),
        ((200, JSON, matrix([])), "no series with a number"),
        ((200, JSON, matrix([{"metric": {}, "values": [[1, "NaN"]]}])), "no series with a number"),
        ((200, JSON, matrix([{"metric": {}, "histograms": []}])), "no series with a number"),
        ((200, JSON, matrix([{"values": [[1, "1"]]}])), "a series without labels"),
        ((200, JSON, matrix([{"metric": {"a": 1}, "values": []}])), "a series without labels"),
        ((200, JSON, matrix([{"metric": {}, "values": [[1, "many"]]}])), "points that are none"),
        ((200, JSON, matrix([{"metric": {}, "values": [[1, {}]]}])), "points that are none"),
        ((200, JSON, matrix([{"metric": {}, "values": "abc"}])), "points that are none"),
        ((200, JSON, matrix([{"metric": {}, "values": [[1, "1", 2]]}])), "points that are none"),
        ((200, JSON, matrix([{"metric": {}, "values": [[1e300, "1"]]}])), "times that are none"),
        ((200, JSON, matrix([{"metric": {}, "values": [["NaN", "1"]]}])), "times that are none"),
        ((200, JSON, b"no gzip", {"Content-Encoding": "gzip"}), "does not answer"),
        ((200, JSON, gzip.compress(matrix([]))[:-9], {"Content-Encoding": "gzip"}), "cut off"),
        ((200, JSON, b"x", {"Content-Encoding": "br"}), "packed as br"),
        ((200, JSON, b"{}", {"Content-Length": "50"}), "does not answer"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_that_says_what_came(server, reply, says):
    server.reply = reply
    if "Content-Length" in str(reply):  # or both would wait for the rest
        server.RequestHandlerClass = closing(server.RequestHandlerClass)
    with pytest.raises(DataError) as caught:
        read(server)
    assert says in str(caught.value)
    assert caught.value.cure


def closing(handler):
    return type("Closing", (handler,), {"protocol_version": "HTTP/1.0"})


def test_who_does_not_answer_is_not_waited_for(server):
    server.hold = threading.Event()
    with pytest.raises(DataError, match="did not answer in time"):
        ask(Asked(server.url, {}, {}), most_seconds=0.05)
    server.hold.set()


def test_an_answer_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(server):
    packing = zlib.compressobj(9, wbits=31)
    bomb = packing.compress(b" " * 20_000_000) + packing.flush()
    assert len(bomb) < 50_000
    server.reply = (200, JSON, bomb, {"Content-Encoding": "gzip"})
    with pytest.raises(DataError, match="larger than 1 MB"):
        ask(Asked(server.url, {}, {}), most_bytes=1_000_000)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]:9090",
        "http://0.0.0.0:9090",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://100.100.100.200/",
    ],
)
def test_the_addresses_of_a_clouds_own_services_are_never_asked(url):
    with pytest.raises(UsageError, match="the address"):
        check_named(url)


def test_what_a_name_leads_to_is_checked_when_it_is_connected_to():
    with pytest.raises(DataError, match="leads to a link-local or metadata address"):
        ask(Asked("http://0.0.0.0:9090", {}, {}))


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://host:99999", "http:///path"])
def test_an_address_without_a_host_is_no_address(url):
    with pytest.raises((UsageError, DataError)):
        Prometheus(PrometheusQuery(url, "up", BEGIN, END), ReadOptions()).read()


def test_nobody_listening_is_said(server):
    with pytest.raises(DataError, match="ConnectionRefusedError"):
        ask(Asked("http://127.0.0.1:1", {}, {}))


@pytest.mark.parametrize(
    ("begin", "end", "step_s"), [(END, BEGIN, 60.0), (BEGIN, END, 0.0), (BEGIN, END, 0.001)]
)
def test_a_time_that_is_none_or_too_fine_is_a_mistake_of_the_caller(server, begin, end, step_s):
    with pytest.raises(UsageError, match="step"):
        read(server, begin=begin, end=end, step_s=step_s)
    assert server.asked == []


def test_a_hunt_takes_it_as_text_too(server):
    server.series = {named("latency", job="api"): lambda t: f"{10 + t / 60 % 3 + 90 * (t % 86_400 == 0)}"}
    found = ah.hunt(f"prometheus:{server.url}?step=60&last=172800&query=latency")
    assert found.dataset.name == "prometheus"
    assert len(found.dataset.series[0]) in (2880, 2881)
    with pytest.raises(UsageError, match="write the query last"):
        ah.hunt("prometheus:http://localhost:9090")
