"""Which kernels there are: the modules of this folder that hold one named like the file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from anomaly_hunter.detect import online
from anomaly_hunter.detect.online.kernel import Kernel
from anomaly_hunter.errors import UsageError


@lru_cache
def kernels() -> dict[str, type[Kernel]]:
    """Class of each kernel by its name, sorted: ``light.py`` holds the class whose name is "light".

    >>> kernels()["full"].most_bytes
    65536
    """
    found: dict[str, type[Kernel]] = {}
    for module in sorted(pkgutil.iter_modules(online.__path__), key=lambda one: one.name):
        if module.name.split("_")[0] != module.name:
            continue
        content = vars(importlib.import_module(f"{online.__name__}.{module.name}"))
        for thing in content.values():
            if isinstance(thing, type) and vars(thing).get("name") == module.name and hasattr(thing, "step"):
                found[module.name] = thing
    return found


def kernel(profile: str) -> type[Kernel]:
    """The kernel of this name; UsageError when there is none."""
    known = kernels()
    if profile not in known:
        raise UsageError(f"there is no profile {profile!r}", " or ".join(known), "pass one of these")
    return known[profile]
