"""How often somebody may try: a bounded count of the last tries."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

REMEMBERED: Final = 20_000
"""Names or addresses that are counted at once; beyond that the one tried longest ago is forgotten."""


@dataclass(slots=True)
class Tries:
    """At most ``most`` tries in ``within_s`` seconds for each name.

    >>> tries = Tries(most=2, within_s=60)
    >>> [tries.wait_s("ann", at) for at in (0.0, 1.0, 2.0, 61.0)]
    [0.0, 0.0, 58.0, 0.0]
    """

    most: int
    within_s: float
    _when: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, name: str, at: float) -> float:
        """Count a try; how long is to be waited instead, 0 where it may be made."""
        with self._lock:
            when = self._when.setdefault(name, deque())
            self._when.move_to_end(name)
            while when and when[0] <= at - self.within_s:
                when.popleft()
            if len(when) >= self.most:
                return when[0] + self.within_s - at
            when.append(at)
            while len(self._when) > REMEMBERED:
                self._when.popitem(last=False)
            return 0.0

    def forget(self, name: str) -> None:
        """It worked: start from nothing."""
        with self._lock:
            self._when.pop(name, None)
