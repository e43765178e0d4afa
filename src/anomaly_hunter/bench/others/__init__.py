"""Methods to stand beside: each file has one function ``score(value, time_s) -> (n,)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from anomaly_hunter.errors import MissingExtraError
from anomaly_hunter.model import FloatArray

Score = Callable[[FloatArray, FloatArray | None], FloatArray]
_SHARED = {"windows", "pyod_series"}


@lru_cache
def names() -> tuple[str, ...]:
    """All of them, installed or not."""
    found = {path.stem for path in Path(__file__).parent.glob("[a-z]*.py")}
    return tuple(sorted(found - _SHARED))


def load(name: str) -> Score:
    """The function of this name. MissingExtraError where its package is not installed."""
    module = import_module(f"{__name__}.{name}")
    package: str = module.PACKAGE
    try:
        if package:
            import_module(package)
    except ImportError as error:
        raise MissingExtraError(
            f"{name} needs {package}, which cannot be imported ({error})",
            "the extra `bench`",
            "pip install 'anomaly-hunter[bench]'",
        ) from error
    score: Score = module.score
    return score


def version(name: str) -> str:
    """``river 0.26.1``, or "" for a method of ours."""
    from importlib.metadata import version as installed

    package: str = import_module(f"{__name__}.{name}").PACKAGE
    return f"{package} {installed(package.partition('.')[0])}" if package else ""
