"""Jobs, asked for and cancelled from Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anomaly_hunter.client import records
from anomaly_hunter.client.asking import Asks, part
from anomaly_hunter.client.reading import record_of


class JobCalls(Asks):
    """Hunts that a server was asked for and did not finish at once."""

    def jobs(self) -> Iterator[records.Job]:
        """The newest first, without what they found."""
        return self._pages("jobs", records.Job, {})

    def job(self, job_id: str) -> records.Job:
        """One, with what it found once it is done."""
        return _job(self._calls.json("GET", f"jobs/{part(job_id)}"))

    def cancel_job(self, job_id: str) -> records.Job:
        """End it, also in the middle. ConflictError where it is finished already."""
        return _job(self._calls.json("DELETE", f"jobs/{part(job_id)}"))


def _job(found: Any) -> records.Job:
    result = found.get("result") if isinstance(found, dict) else None
    if isinstance(result, dict):
        found = {**found, "result": {**result, "document": result}}
    return record_of(records.Job, found)
