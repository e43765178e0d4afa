"""An incident of one service with logs and changes, for the tests: errors step up at minute 120."""

from dataclasses import replace

import numpy as np

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Event, Graph, Series
from anomaly_hunter.read.logs import read_logs
from anomaly_hunter.samples.cases import TrueSpan
from tests.builders import START
from tests.investigate.cases import quick_case
from tests.investigate.making import steady

ONSET = 120
N = 160


def minute(m):
    """The time ``m`` minutes after the start."""
    return START + np.timedelta64(round(m * 60), "s").astype("timedelta64[ns]")


def minutely(value, name="error_ratio", service="cart"):
    """A series with one point a minute."""
    time = START + np.arange(len(value)) * np.timedelta64(60, "s").astype("timedelta64[ns]")
    return Series(name, time, np.asarray(value, float), {"service": service}, source="tests")


def stepping(name="error_ratio", service="cart", height=30.0, seed=11):
    """Noise around 50 that steps up at the onset."""
    value = steady(N, seed=seed)
    value[ONSET:] += height
    return minutely(value, name, service)


def change(before, title="v2", service="cart", kind="deploy", **labels):
    """An event that many minutes before the onset."""
    return Event(minute(ONSET - before), kind, title, service, labels)


def usual(service="cart", message="request handled"):
    """One quiet line a minute."""
    return [f'{{"time": "{minute(m)}Z", "level": "INFO", "service": "{service}", "msg": "{message}"}}'
            for m in range(N)]  # fmt: skip


def broken(message, service="cart", level="ERROR", since=ONSET):
    """The line twice a minute from the onset on."""
    return [f'{{"time": "{minute(m / 2)}Z", "level": "{level}", "service": "{service}", "msg": "{message}"}}'
            for m in range(2 * since, 2 * N)]  # fmt: skip


def incident(*events, lines=(), series=(), graph=None, lead=None) -> Case:
    """The case of the step, with these changes, log lines and further series."""
    span = TrueSpan(ONSET, N, "level shift", "up", 50.0, 1.0)
    edges = Graph(graph) if graph else None
    case = quick_case((lead or stepping(), span), *((s, None) for s in series), events=events, graph=edges)
    logs = read_logs(list(lines)) if lines else None
    return Case.of(replace(case.dataset, logs=logs), case.detections, case.anomalies)


BROKEN_LINES = broken("voucher redeem failed: nil voucher for basket")
