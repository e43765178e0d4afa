"""Streaming detectors, fed one value at a time as they would be live."""

from __future__ import annotations

import inspect
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from anomaly_hunter.detect import online
from anomaly_hunter.detect.online.kernel import Kernel
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray

_METHODS = ("step", "dump", "load")


@lru_cache
def kernels() -> dict[str, type[Any]]:
    """Every kernel of ``detect/online`` that can be built without arguments, by name."""
    folder = Path(online.__path__[0])
    found = {}
    for path in sorted(folder.glob("[a-z]*.py")):
        module = import_module(f"{online.__name__}.{path.stem}")
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__ and _is_kernel(kind):
                found[str(vars(kind)["name"])] = kind
    return found


def _is_kernel(kind: type[Any]) -> bool:
    if kind is Kernel or not isinstance(vars(kind).get("name"), str):
        return False
    if not all(callable(getattr(kind, method, None)) for method in _METHODS):
        return False
    needed = list(inspect.signature(kind).parameters.values())
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in needed)


def kernel_of(name: str) -> Kernel:
    """A new kernel of this name. UsageError when there is none."""
    there = kernels()
    if name not in there:
        known = ", ".join(there) or "none is installed"
        raise UsageError(f"there is no streaming detector {name!r}", f"one of {known}", "name one of these")
    made: Kernel = there[name]()
    return made


def fed(kernel: Kernel, value: FloatArray, time_s: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """``(n,)`` immediate scores, and ``(n,)`` final ones where a point got one (else the immediate).

    The final score of a step belongs to the point ``kernel.lag`` steps ago.
    """
    immediate = np.zeros(len(value))
    final = np.full(len(value), np.nan)
    times = np.full(len(value), np.nan) if time_s is None else time_s
    for place, (x, t) in enumerate(zip(value.tolist(), times.tolist(), strict=True)):
        step = kernel.step(x, t)
        immediate[place] = step.score
        behind = place - kernel.lag
        if behind >= 0 and step.final == step.final:  # not NaN
            final[behind] = step.final
    return immediate, np.where(np.isnan(final), immediate, final)
