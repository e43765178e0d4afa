"""Failure patterns are matched by what metrics mean, at one service, and say what is absent."""

import pytest

from anomaly_hunter.investigate.matching import event_of, matches
from anomaly_hunter.investigate.semantics import is_improvement, metric_kind
from anomaly_hunter.investigate.suspects import named_suspect
from anomaly_hunter.model import Direction, Event, Graph, Series, Shape
from anomaly_hunter.model.services import service_of
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import START, hourly
from tests.investigate.cases import quick_case
from tests.investigate.incidents import broken, change, incident, minutely, stepping, usual
from tests.investigate.making import ramp, steady


def metric(name, rise=0.0, service="api", slope=0.0):
    value = ramp(200, 150, slope) if slope else steady()
    value[150:] += rise
    direction: Direction = "down" if rise < 0 else "up"
    shape: Shape = "drift" if slope else "level shift"
    span = TrueSpan(150, 200, shape, direction, 50.0, 1.0) if rise or slope else None
    return hourly(value, name=name, labels={"service": service} if service else {}), span


def best(*metrics, **more):
    found = matches(quick_case(*metrics, **more))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        (
            "connection-pool exhaustion",
            (("db_pool_in_use", 40), ("latency_ms", 30), ("errors", 30), ("requests", 0)),
        ),
        ("cache stampede", (("cache_misses", 40), ("db_queries", 30), ("latency_ms", 30))),
        ("cache stampede", (("cache_hit_ratio", -30), ("db_queries", 30), ("latency_ms", 30))),
        ("cpu saturation", (("cpu_percent", 40), ("latency_ms", 30), ("requests", 0))),
        ("traffic surge", (("requests", 40), ("latency_ms", 30), ("cpu", 30))),
        ("n+1 queries", (("sql_queries", 40), ("latency_ms", 30), ("requests", 0))),
        ("outage", (("requests", -45), ("errors", 30))),
        ("certificate expiry", (("tls_handshake_failures", 40), ("errors", 30))),
        ("fraud burst", (("transactions", 40), ("declined", 30))),
    ],
)
def test_a_failure_is_known_by_its_symptoms(name, metrics):
    found = best(*(metric(n, rise) for n, rise in metrics))
    assert found is not None
    assert found.pattern.name == name
    assert found.service == "api"
    assert len(found.present) >= 2


def test_ramps_of_memory_and_disk_are_known_alone_but_modestly():
    for name, pattern in (("heap_used_bytes", "memory leak"), ("disk_used_pct", "disk filling up")):
        found = best(metric(name, slope=1.0))
        assert found is not None
        assert found.pattern.name == pattern
        assert 0.5 <= found.confidence <= 0.7


def test_free_space_that_falls_is_a_disk_that_fills():
    found = best(metric("disk_free_gb", slope=-0.5, rise=-0.001))
    assert found is not None
    assert found.pattern.name == "disk filling up"


def test_a_season_that_breaks_is_neither_a_surge_nor_an_outage():
    series, _ = metric("visitors", 10)
    assert best((series, TrueSpan(150, 200, "season break", "both", 50.0, 1.0))) is None


def test_a_standstill_at_zero_is_an_outage_of_traffic_and_no_stuck_sensor():
    for name, known in (("requests", "outage"), ("value", None)):
        value = steady()
        value[150:] = 0.0
        found = best((hourly(value, name=name), TrueSpan(150, 200, "flat line", "down", 50.0, 1.0)))
        assert (found.pattern.name if found else None) == known


def test_an_absent_symptom_costs_confidence():
    with_calm = best(metric("cpu", 40), metric("latency_ms", 30), metric("requests", 0))
    with_load = best(metric("cpu", 40), metric("latency_ms", 30), metric("requests", 40))
    assert with_calm.pattern.name == "cpu saturation"
    assert with_load.pattern.name == "traffic surge"


def test_symptoms_of_two_services_are_not_mixed():
    found = best(metric("db_pool_in_use", 40, "a"), metric("latency_ms", 30, "b"))
    assert found is None or found.pattern.name != "connection-pool exhaustion"


def test_a_bad_deploy_needs_the_deploy():
    deploy = Event(START + 149 * 3600_000_000_000, "deploy", "v2", "api")
    metrics = (metric("errors", 30), metric("latency_ms", 30), metric("requests", 0))
    assert best(*metrics, events=(deploy,)).pattern.name == "bad deploy"
    assert best(*metrics) is None


@pytest.mark.parametrize(
    ("metric_of_base", "line", "told"),
    [
        ("queries_per_s", "column colour of gifts does not exist", True),
        ("latency_ms", "column colour of gifts does not exist", False),
        ("queries_per_s", "", False),
    ],
)
def test_symptoms_speak_for_a_change_further_down_that_tells_of_what_broke(metric_of_base, line, told):
    """Not where that place answers as usual, nor where nothing ties the change to it."""
    event = change(3, "rename colour of gifts", "base", "migration")
    case = incident(
        event, series=(stepping(service="web"), minutely(steady(160), metric_of_base, "base")),
        lines=[*usual(), *broken(line)] if line else (), graph=(("web", "cart"), ("cart", "base")),
    )  # fmt: skip
    match = next(m for m in matches(case) if m.pattern.id == "dependency-outage" and m.service == "cart")
    assert named_suspect(case).event is event
    assert (event_of(case, match) is not None) == told


def test_matched_counts_what_could_be_looked_at():
    found = best(metric("db_pool_in_use", 40), metric("latency_ms", 30))
    assert found.matched == "2 of 2"
    assert len(found.unknown) == 3
    assert found.score == pytest.approx(5 / 8.5)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("http_request_duration_seconds", "latency"), ("p99", "latency"), ("error_rate", "errors"),
        ("node_memory_MemFree", "memory"), ("process_resident_memory", "memory"), ("cpuUsage", "cpu"),
        ("requests_total", "traffic"), ("kafka_consumer_lag", "freshness"), ("queue_depth", "queue"),
        ("threadPoolActive", "pool"), ("disk_free_pct", "disk free"), ("spend", "business"),
        ("heart_rate", "sensor"),
        ("cpu_utilization", "cpu"), ("page_load_time", "latency"),
        ("disk_saturation", "disk used"),
        ("trade_volume", "unknown"), ("hits", "unknown"), ("x", "unknown"),
        ("", "unknown"), ("conversion_rate", "success"),
    ],
)  # fmt: skip
def test_metric_names_mean_what_people_think(name, kind):
    assert metric_kind(name) == kind


def test_worse_is_up_for_latency_and_down_for_success():
    assert is_improvement("error_rate", "down")
    assert is_improvement("success_rate", "up")
    assert not is_improvement("requests", "down")
    assert not is_improvement("latency", "both")


@pytest.mark.parametrize(
    "name", ["conversion_drop", "flash_crash", "error_rate_spike", "pressure_loss", "age", "x"]
)
def test_a_doubtful_name_never_makes_good_news_of_a_fall(name):
    assert not is_improvement(name, "down")


def test_a_service_is_a_label_or_the_longest_node_in_the_name():
    graph = Graph((("web", "web-checkout"), ("web-checkout", "db")))
    assert service_of(Series.of([1.0], name="web_checkout_latency"), graph) == "web-checkout"
    assert service_of(Series.of([1.0], name="webinar_latency"), graph) == ""
    assert service_of(Series.of([1.0], name="x", labels={"host": "h1", "app": "shop"})) == "shop"
    assert service_of(Series.of([1.0], name="db_latency")) == ""
