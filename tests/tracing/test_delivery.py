"""The line to one endpoint: bounded, counted, never waited for longer than said."""

from __future__ import annotations

import threading

from anomaly_hunter.tracing.delivery import BATCH, MOST_WAITING, Delivery
from tests.tracing.sink import Sink


def test_what_finds_the_line_full_is_lost_and_counted():
    begun, go = threading.Event(), threading.Event()

    def encode(batch):
        begun.set()
        go.wait()
        return b""

    with Sink() as sink:
        line = Delivery[int]("things", sink.traces, {}, encode)
        for number in range(BATCH):
            line.put(number)
        begun.wait()  # the worker holds the first batch, the line is empty
        for number in range(MOST_WAITING + 7):
            line.put(number)
        line.close()
        go.set()
        given = BATCH + MOST_WAITING + 7
        assert line.lost(60).startswith(
            f"7 of {given} things did not reach {sink.traces} ({MOST_WAITING} were"
        )


def test_where_nothing_was_put_nothing_is_lost_and_no_thread_begins():
    before = threading.active_count()
    line = Delivery[int]("things", "http://127.0.0.1:1/v1/traces", {}, lambda _: b"")
    line.close()
    assert line.lost(60) == ""
    assert threading.active_count() == before


def test_an_encoder_that_breaks_loses_its_batch_and_no_more():
    def encode(batch):
        if 0 in batch:
            raise ZeroDivisionError("sesame")
        return b""

    with Sink() as sink:
        line = Delivery[int]("things", sink.traces, {}, encode)
        for number in range(BATCH + 1):
            line.put(number)
        line.close()
        said = line.lost(60)
        assert said == f"{BATCH} of {BATCH + 1} things did not reach {sink.traces} (ZeroDivisionError)"
