"""Spans and counters of a hunt. Costs nothing until somebody listens.

The rooms call :func:`span` and :func:`count`; where no tracer is in use both do nothing and import
nothing. :mod:`.otlp` brings the tracer that speaks OpenTelemetry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Final, Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["CHAIN", "AGENT", "TOOL", "LLM", "RETRIEVER", "EVALUATOR"]
"""Kinds of span, in the words of OpenInference."""

Attribute: TypeAlias = "str | int | float | bool | None"


class Span(Protocol):
    """A span that is open."""

    def set(self, attributes: Mapping[str, Attribute]) -> None:
        """Add attributes; None is left out."""
        ...

    def fail(self, reason: str) -> None:
        """Mark it as failed, with the reason in words (already masked)."""
        ...


class Tracer(Protocol):
    """Where spans and counts go."""

    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[Span]:
        """Open a span below the one that is open."""
        ...

    def count(self, name: str, amount: float, unit: str, attributes: Mapping[str, Attribute]) -> None:
        """Add to a counter."""
        ...


class _Nothing:
    def set(self, attributes: Mapping[str, Attribute]) -> None: ...

    def fail(self, reason: str) -> None: ...


_NOTHING: Final = _Nothing()
_current: ContextVar[Tracer | None] = ContextVar("anomaly_hunter_tracer", default=None)


def span(name: str, kind: Kind = "CHAIN", **attributes: Any) -> AbstractContextManager[Span]:
    """A span around a ``with`` block; nothing where nobody listens.

    >>> with span("detect", series=3) as opened:
    ...     opened.set({"anomalies": 1})
    """
    tracer = _current.get()
    return nullcontext(_NOTHING) if tracer is None else tracer.span(name, kind, attributes)


def count(name: str, amount: float, unit: str = "1", **attributes: Any) -> None:
    """Add to a counter; nothing where nobody listens."""
    tracer = _current.get()
    if tracer is not None:
        tracer.count(name, amount, unit, attributes)


@contextmanager
def using(tracer: Tracer | None) -> Iterator[None]:
    """Send what happens inside to this tracer; None: as it was."""
    if tracer is None:
        yield
        return
    token = _current.set(tracer)
    try:
        yield
    finally:
        _current.reset(token)
