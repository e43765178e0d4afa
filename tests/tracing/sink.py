"""A receiver of traces for tests: a real HTTP server on loopback that speaks OTLP in protobuf.

    with Sink() as sink:
        hunt(data, endpoint=sink.traces, metrics_endpoint=sink.metrics)
        sink.tree()                # [("hunt", [("read", []), ("detect", []), ...])]
        sink.named("agent root_cause")[0].attributes["agent.confidence"]
        sink.counted("hunter.tokens", type="input")
        sink.bodies                # raw bytes of every request, to search for what must not be there

``answer``, ``delay_s`` and ``drip_s`` make it a bad collector: a status other than 200, an answer that
comes late, one that comes byte by byte.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class SunkSpan:
    """One span as it arrived; ``parent`` is "" for a root, ``failed`` None where it did not fail."""

    trace: str
    id: str
    parent: str
    name: str
    begin_ns: int
    end_ns: int
    attributes: dict[str, Any]
    resource: dict[str, Any]
    failed: str | None
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class SunkPoint:
    """One point of a counter (``value``) or a histogram (``value`` = sum, ``count`` = how many)."""

    name: str
    unit: str
    value: float
    count: int
    delta: bool
    attributes: dict[str, Any]


class Sink:
    """Receives spans at ``traces`` and metrics at ``metrics`` while the ``with`` block lasts."""

    def __init__(self, answer: int = 200, delay_s: float = 0.0, drip_s: float = 0.0) -> None:
        self.answer, self.delay_s, self.drip_s = answer, delay_s, drip_s
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def traces(self) -> str:
        return f"{self.base}/v1/traces"

    @property
    def metrics(self) -> str:
        return f"{self.base}/v1/metrics"

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _of(self, path: str) -> list[bytes]:
        return [body for at, body in zip(self.paths, self.bodies, strict=True) if at == path]

    @property
    def spans(self) -> list[SunkSpan]:
        """All spans so far, in the order of their begin."""
        found = [span for body in self._of("/v1/traces") for span in _spans(body)]
        return sorted(found, key=lambda span: span.begin_ns)

    @property
    def points(self) -> list[SunkPoint]:
        """All points of metrics so far."""
        return [point for body in self._of("/v1/metrics") for point in _points(body)]

    def named(self, name: str) -> list[SunkSpan]:
        return [span for span in self.spans if span.name == name]

    def children(self, parent: SunkSpan | None) -> list[SunkSpan]:
        """Spans right below one; the roots for None."""
        return [span for span in self.spans if span.parent == (parent.id if parent else "")]

    def tree(self, parent: SunkSpan | None = None) -> list[tuple[str, list[Any]]]:
        """Names, each with what is below it, in the order of their begin."""
        return [(span.name, self.tree(span)) for span in self.children(parent)]

    def counted(self, name: str, **attributes: Any) -> float:
        """The sum of a counter over points with these attributes."""
        wanted = attributes.items()
        return sum(one.value for one in self.points if one.name == name and wanted <= one.attributes.items())


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.bodies.append(body)
            sink.headers.append({name.lower(): text for name, text in self.headers.items()})
            sink.paths.append(self.path)
            sink.ended.wait(sink.delay_s)
            try:
                self.send_response(sink.answer)
                if 300 <= sink.answer < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "20" if sink.drip_s else "0")
                self.end_headers()
                while sink.drip_s and not sink.ended.wait(sink.drip_s):
                    self.wfile.write(b".")
            except OSError:
                self.close_connection = True  # the sender waits no longer

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None: ...

    return Handler


def _spans(body: bytes) -> list[SunkSpan]:
    request = ExportTraceServiceRequest.FromString(body)
    return [
        SunkSpan(
            span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.name,
            span.start_time_unix_nano, span.end_time_unix_nano, _plain(span.attributes),
            _plain(group.resource.attributes), span.status.message if span.status.code == 2 else None,
            [(event.name, _plain(event.attributes)) for event in span.events],
        )
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]  # fmt: skip


def _points(body: bytes) -> list[SunkPoint]:
    found = []
    for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        for metric in (metric for scope in group.scope_metrics for metric in scope.metrics):
            kind = metric.WhichOneof("data")
            data = getattr(metric, kind)
            for point in data.data_points:
                is_sum = kind == "sum"
                value = getattr(point, point.WhichOneof("value")) if is_sum else point.sum
                count = 1 if is_sum else point.count
                delta = data.aggregation_temporality == 1
                attributes = _plain(point.attributes)
                found.append(SunkPoint(metric.name, metric.unit, float(value), count, delta, attributes))
    return found


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
