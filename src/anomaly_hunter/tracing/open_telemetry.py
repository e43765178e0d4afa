"""Spans and counters in the form of OpenTelemetry, for one hunt or many.

A provider of our own, never the global one: what a host program has set up is neither used nor
touched, and its span is not our parent. The variables OTEL_EXPORTER_OTLP_* are not read either: their
headers hold the key of another receiver.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context
from opentelemetry.trace import Tracer as Spans

from anomaly_hunter import __version__
from anomaly_hunter.tracing.content import may_leave, shown
from anomaly_hunter.tracing.delivery import Delivery
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.tracing.spans import Attribute, Kind

NAME: Final = "anomaly_hunter"
DURATION: Final = "hunter.duration"
_MOST_ATTRIBUTES: Final = 1024
_SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_inside: ContextVar[Context | None] = ContextVar("anomaly_hunter_span", default=None)


class OpenTelemetry:
    """A :class:`.spans.Tracer` that sends by OTLP over HTTP; safe to use from several threads."""

    def __init__(self, options: TracingOptions) -> None:
        attributes = tuple(sorted(options.attributes.items()))
        self._spans, self._meter, self._reader = _provided(
            options.project, attributes, options.endpoint, options.metrics_endpoint
        )
        self._content = options.content
        traces, metrics = options.endpoint, options.metrics_endpoint
        same = not traces or urlsplit(traces)[:2] == urlsplit(metrics)[:2]
        headers = options.headers if same else {}  # a key goes to the receiver that it is for
        self._traces = Delivery("spans", traces, options.headers, _spans_encoded) if traces else None
        self._metrics = Delivery("sets of counters", metrics, headers, _metrics_encoded) if metrics else None

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Mapping[str, Attribute]) -> Iterator[_OpenSpan]:
        """Open a span below the one that is open here; it is sent when the block ends."""
        context = _inside.get() or Context()
        span = self._spans.start_span(shown(name), context=context)
        opened = _OpenSpan(span, self._content)
        opened.set({"openinference.span.kind": kind, **attributes})
        token = _inside.set(set_span_in_context(span, context))
        started = time.perf_counter()
        try:
            yield opened
        except BaseException as error:
            opened.broke(error)
            raise
        finally:
            _inside.reset(token)
            span.end()
            if self._traces is not None and isinstance(span, ReadableSpan):
                self._traces.put(span)
            self._took(name, kind, time.perf_counter() - started)

    def count(self, name: str, amount: float, unit: str, attributes: Mapping[str, Attribute]) -> None:
        """Add to a counter; an amount below zero is not counted."""
        if self._metrics is not None and amount >= 0:
            self._meter.create_counter(name, unit).add(amount, may_leave(attributes, content=False))

    def _took(self, name: str, kind: Kind, seconds: float) -> None:
        if self._metrics is not None:
            histogram = self._meter.create_histogram(
                DURATION, "s", explicit_bucket_boundaries_advisory=_SECONDS
            )
            histogram.record(seconds, {"span": shown(name), "kind": kind})

    def close(self) -> list[Delivery[Any]]:
        """Nothing is told after this; the deliveries that are under way."""
        if self._metrics is not None:
            counted = self._reader.get_metrics_data()
            if counted is not None and counted.resource_metrics:
                self._metrics.put(counted)
        under_way = [one for one in (self._traces, self._metrics) if one is not None]
        for one in under_way:
            one.close()
        return under_way


class _OpenSpan:
    """A :class:`.spans.Span`."""

    def __init__(self, span: Span, content: bool) -> None:
        self._span = span
        self._content = content

    def set(self, attributes: Mapping[str, Attribute]) -> None:
        self._span.set_attributes(may_leave(attributes, self._content))

    def fail(self, reason: str) -> None:
        """Without content the reason stays here: it may quote what a model said."""
        self._span.set_status(Status(StatusCode.ERROR, shown(reason) if self._content else None))

    def broke(self, error: BaseException) -> None:
        kind = type(error).__name__
        said: dict[str, Attribute] = {"exception.type": kind, "exception.message": str(error)}
        self._span.add_event("exception", may_leave(said, self._content))
        self.fail(f"{kind}: {error}")


@lru_cache(maxsize=16)  # the SDK keeps a few hooks of each provider for as long as the process lives
def _provided(
    project: str, attributes: tuple[tuple[str, str], ...], *_endpoints: str
) -> tuple[Spans, Meter, InMemoryMetricReader]:
    resource = Resource(
        {
            "service.name": "anomaly-hunter",
            "service.version": __version__,
            "service.instance.id": uuid.uuid4().hex,
            "openinference.project.name": project,
            **dict(attributes),
        }
    )
    limits = SpanLimits(max_attributes=_MOST_ATTRIBUTES, max_span_attributes=_MOST_ATTRIBUTES)
    traced = TracerProvider(ALWAYS_ON, resource, shutdown_on_exit=False, span_limits=limits)
    delta: dict[type, AggregationTemporality] = {
        Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA,
    }  # fmt: skip
    reader = InMemoryMetricReader(delta)  # each hunt adds what it counted: nothing starts again from zero
    metered = MeterProvider([reader], resource, AlwaysOffExemplarFilter(), shutdown_on_exit=False)
    return traced.get_tracer(NAME, __version__), metered.get_meter(NAME, __version__), reader


def _spans_encoded(spans: Sequence[ReadableSpan]) -> bytes:
    return bytes(encode_spans(spans).SerializeToString())


def _metrics_encoded(counted: Sequence[MetricsData]) -> bytes:
    [one] = counted  # pushed once, at the end
    return bytes(encode_metrics(one).SerializeToString())
