"""The tracer that speaks OpenTelemetry: spans and counters by OTLP over HTTP.

Nothing of OpenTelemetry is imported until an endpoint is set. A collector that is dead, slow or
refuses costs a hunt two seconds at most and one warning; it never costs the hunt.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from anomaly_hunter.tracing.delivery import Delivery
    from anomaly_hunter.tracing.options import TracingOptions
    from anomaly_hunter.tracing.spans import Tracer

MOST_WAIT_S: Final = 2.0


@contextmanager
def opened(options: TracingOptions) -> Iterator[Tracer | None]:
    """A tracer for the endpoints of the settings; None where none is set, or the extra ``otel`` is missing.

    What was told is on its way when the block ends, and waited for, 2 seconds at most. What
    did not arrive, or cannot be told at all, is said in one ``RuntimeWarning``.
    """
    if not (options.endpoint or options.metrics_endpoint):
        yield None
        return
    try:
        from anomaly_hunter.tracing.open_telemetry import OpenTelemetry
    except ImportError:
        why = "tracing is set and nothing is traced. Cure: pip install 'anomaly-hunter[otel]'"
        warnings.warn(why, RuntimeWarning, stacklevel=2)
        yield None
        return
    tracer = OpenTelemetry(options)
    try:
        yield tracer
    finally:
        _deliver(tracer.close())


def _deliver(deliveries: Sequence[Delivery[Any]]) -> None:
    until = time.monotonic() + MOST_WAIT_S
    lost = [said for one in deliveries if (said := one.lost(until - time.monotonic()))]
    if lost:
        warnings.warn(f"the trace is not complete: {'; '.join(lost)}", RuntimeWarning, stacklevel=2)
