"""An agent: did it begin on the hour or at midnight, when schedules start?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Cause, Finding


class ClockWatcher:
    """Suspects scheduled work when the onset falls into the first five minutes of an hour."""

    name: ClassVar[str] = "clock_watcher"

    async def investigate(self, case: Case) -> Finding:
        """A weak suspicion, or "inconclusive" when the data are too coarse to tell."""
        onset = case.onset()  # asking gives evidence; what a finding cites must have been asked
        times = case.onset_times
        if times is None or times[1] - times[0] >= np.timedelta64(5, "m"):
            return Finding("Clock Watcher", "the onset is not known to 5 min: inconclusive", 0.1, (onset.id,))
        minute = int(times[1].astype("datetime64[m]").astype(int)) % 60
        if minute >= 5:
            claim = f"began {minute} min past the hour: no sign of scheduled work"
            return Finding("Clock Watcher", claim, 0.3, (onset.id,))
        cause = Cause("pattern", "scheduled work", f"began {minute} min past the hour", 0.4, (onset.id,))
        steps = ("list the jobs that start on the hour",)
        return Finding("Clock Watcher", f"began {minute} min past the hour", 0.4, (onset.id,), cause, steps)
