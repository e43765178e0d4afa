"""Spans and counters of a hunt. Costs nothing until somebody listens.

The rooms call :func:`span`, :func:`step` and :func:`count`; where no tracer is in use they do nothing
and import nothing. :mod:`.otlp` brings the tracer that speaks OpenTelemetry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, ParamSpec, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from anomaly_hunter.tracing.options import TracingOptions

P = ParamSpec("P")
R = TypeVar("R")

Kind: TypeAlias = Literal["CHAIN", "AGENT", "TOOL", "LLM", "RETRIEVER", "EVALUATOR"]
"""Kinds of span, in the words of OpenInference."""

Step: TypeAlias = Literal[
    "ingest", "preprocess", "recall", "dispatch", "analyse", "track", "synthesise", "score",
    "publish", "log", "alert", "learn", "store", "return",
]  # fmt: skip
"""The steps of a hunt, as the attribute ``hunt.step`` names them."""

Attribute: TypeAlias = "str | int | float | bool | None"
Mask: TypeAlias = Callable[[str], str]


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
_mask: ContextVar[Mask | None] = ContextVar("anomaly_hunter_mask", default=None)


def span(name: str, kind: Kind = "CHAIN", **attributes: Any) -> AbstractContextManager[Span]:
    """A span around a ``with`` block; nothing where nobody listens.

    >>> with span("detect", series=3) as opened:
    ...     opened.set({"anomalies": 1})
    """
    tracer = _current.get()
    return nullcontext(_NOTHING) if tracer is None else tracer.span(name, kind, attributes)


def step(
    name: str, word: Step, tell: Callable[[Any], Mapping[str, Attribute]] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A span around each call of a function, with the step's word and what ``tell`` says of its result.

    >>> @step("read", "ingest", lambda values: {"values": len(values)})
    ... def read(text: str) -> list[str]:
    ...     return text.split()
    >>> read("a b")
    ['a', 'b']
    """

    def around(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def stepped(*args: P.args, **kwargs: P.kwargs) -> R:
            if _current.get() is None:
                return function(*args, **kwargs)
            with span(name, "CHAIN", **{"hunt.step": word}) as opened:
                result = function(*args, **kwargs)
                if tell is not None:
                    opened.set(tell(result))
                return result

        return stepped

    return around


def count(name: str, amount: float, unit: str = "1", **attributes: Any) -> None:
    """Add to a counter; nothing where nobody listens."""
    tracer = _current.get()
    if tracer is not None:
        tracer.count(name, amount, unit, attributes)


def heard() -> bool:
    """Whether somebody listens: what is costly to say, or to hide, is worth it.

    >>> heard()
    False
    """
    return _current.get() is not None


def hide(mask: Mask) -> None:
    """From here to the end of the hunt every text of a span passes through ``mask`` before it is kept.

    Call it as soon as it is known what is private, before the first text from the data is told.
    """
    if _current.get() is not None:
        _mask.set(mask)


def hidden(text: str) -> str:
    """The text as it may leave; for tracers.

    >>> hidden("as it is, until somebody calls hide()")
    'as it is, until somebody calls hide()'
    """
    mask = _mask.get()
    return text if mask is None else mask(text)


@contextmanager
def using(tracer: Tracer | None) -> Iterator[None]:
    """Send what happens inside to this tracer; None: as it was. What is hidden inside is so until the end."""
    if tracer is None:
        yield
        return
    token, masked = _current.set(tracer), _mask.set(_mask.get())
    try:
        yield
    finally:
        _mask.reset(masked)
        _current.reset(token)


@contextmanager
def listening(options: TracingOptions) -> Iterator[None]:
    """Send what happens inside to where the settings say; to the tracer in use, where there is one."""
    if _current.get() is not None or not (options.endpoint or options.metrics_endpoint):
        with using(_current.get()):
            yield
        return
    from anomaly_hunter.tracing.otlp import opened

    with opened(options) as tracer, using(tracer):
        yield
