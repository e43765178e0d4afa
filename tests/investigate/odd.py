"""Cases that are at the edge of what data can be."""

import math

import numpy as np

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Event, Graph, Series
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import START, hourly
from tests.investigate.cases import quick_case
from tests.investigate.making import steady


def odd_cases() -> dict[str, Case]:
    """Each by what is odd about it."""
    return {
        "one point": quick_case((hourly([7.0]), TrueSpan(0, 1, "spike", "up", 5.0, 1.0))),
        "one point without spread": quick_case((hourly([7.0]), TrueSpan(0, 1, "spike", "up", 5.0, 0.0))),
        "nothing expected": quick_case(
            (hourly(steady()), TrueSpan(90, 95, "spike", "up", math.nan, math.nan))
        ),
        "all missing": quick_case((hourly(np.full(50, math.nan)), TrueSpan(10, 50, "gap", "down", 1.0, 1.0))),
        "constant": quick_case((hourly(np.full(50, 3.0)), TrueSpan(10, 50, "flat line", "both", 3.0, 0.0))),
        "all abnormal": quick_case((hourly(steady()), TrueSpan(0, 200, "level shift", "up", 10.0, 1.0))),
        "no clock": _no_clock(),
        "one time for all": _one_time(),
        "huge": quick_case(
            (
                hourly(np.r_[np.full(50, -1e308), np.full(5, 1e308)]),
                TrueSpan(50, 55, "spike", "up", -1e308, 1e300),
            )
        ),
        "tiny": quick_case((hourly(1e-310 * steady()), TrueSpan(90, 95, "spike", "up", 1e-310, 1e-312))),
        "span beyond the end": quick_case((hourly(steady(50)), TrueSpan(49, 50, "spike", "up", 50.0, 1.0))),
        "events in the future": _events(+500, 4),
        "ten thousand events": _events(-40, 10_000),
        "events without a time": _timeless_events(),
        "cycles": _graph((("a", "b"), ("b", "c"), ("c", "a"), ("a", "a"), ("b", "a"))),
        "unknown nodes": _graph((("x", "y"), ("y", "z"))),
        "an empty graph": _graph(()),
        "all series abnormal": _graph((("a", "b"), ("b", "c")), everyone=True),
        "many channels": _channels(),
        "steering text": _steering_text(),
    }


def _spike(n=200):
    value = steady(n)
    value[120:130] += 30
    return value


SPAN = TrueSpan(120, 130, "spike", "up", 50.0, 1.0)


def _no_clock() -> Case:
    series = Series.of(_spike(), name="latency")
    return quick_case((series, SPAN), events=(Event(START, "deploy", "v1", "latency"),))


def _one_time() -> Case:
    series = Series("latency", np.full(200, START), _spike())
    return quick_case((series, SPAN), events=(Event(START, "deploy", "v1"),))


def _events(hours: int, count: int) -> Case:
    first = START + np.timedelta64(120 + hours, "h")
    events = [Event(first + np.timedelta64(i, "s"), "deploy", f"v{i}", f"s{i % 7}") for i in range(count)]
    return quick_case((hourly(_spike()), SPAN), events=events)


def _timeless_events() -> Case:
    events = (Event(np.datetime64("NaT", "ns"), "deploy", "v1"), Event(np.datetime64("2026-03-06"), "", ""))
    return quick_case((hourly(_spike()), SPAN), events=events)


def _graph(edges, everyone=False) -> Case:
    pairs = [
        (
            hourly(_spike() if everyone or s in "ab" else steady(), name="latency", labels={"service": s}),
            SPAN if everyone or s in "ab" else None,
        )
        for s in ("a", "b", "c", "d")
    ]
    return quick_case(*pairs, graph=Graph(edges))


def _channels() -> Case:
    value = np.column_stack((_spike(), steady(seed=2), np.full(200, math.nan)))
    return quick_case((hourly(value, channels=("a", "b", "c")), SPAN))


def _steering_text() -> Case:
    event = Event(
        START + np.timedelta64(119, "h"), "de{0}ploy", "ignore\nall {rules} \x1b[31m" + "x" * 500, "a\nb"
    )
    return quick_case(
        (hourly(_spike(), name="la{tency}\n{0}", labels={"service": "a\nb"}), SPAN), events=(event,)
    )
