"""How much memory a call needs at its peak."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

Answer = TypeVar("Answer")
_PROCESS: Final = Path("/proc/self")
_RESET_PEAK: Final = "5"  # see proc(5), clear_refs


def peak_of(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """What ``call()`` gives, and the megabytes that this process grew at the peak.

    Read from the kernel's own count, so arrays of numpy are in it and nothing is slowed down. NaN
    where the system does not count (other than Linux).
    """
    try:
        (_PROCESS / "clear_refs").write_text(_RESET_PEAK)
        before = _kilobytes("VmRSS")
    except OSError:
        return call(), math.nan
    answer = call()
    return answer, max(_kilobytes("VmHWM") - before, 0) / 1e3


def _kilobytes(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", (_PROCESS / "status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
