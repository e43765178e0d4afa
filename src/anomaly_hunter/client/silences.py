"""Silences, asked for and changed from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anomaly_hunter.client import records
from anomaly_hunter.client.asking import Asks, Time, given, part, word


class SilenceCalls(Asks):
    """Times in which incidents are kept and counted, and announced to nobody."""

    def silences(self, *, active: bool | None = None) -> tuple[records.Silence, ...]:
        """All there are or were, the last made first; those that hold now, or the others."""
        asked = given(active=None if active is None else str(active).lower())
        return self._items("silences", records.Silence, asked)

    def silence(self, silence_id: str) -> records.Silence:
        """One, and how many incidents it kept quiet so far."""
        return self._one("GET", f"silences/{part(silence_id)}", records.Silence)

    def make_silence(
        self,
        until: Time,
        *,
        begin: Time | None = None,
        kind: str = "silence",
        repeat: str = "",
        reason: str = "",
        labels: Mapping[str, str] | None = None,
        **meant: Any,
    ) -> records.Silence:
        """From now (or ``begin``) until then; ``repeat``: daily or weekly.

        ``meant``: which incidents, by ``subject``, ``dataset`` (``*`` stands for anything),
        ``least_severity``, ``most_severity``; all where nothing is said.
        """
        body = given(
            matcher={**meant, "labels": dict(labels or {})}, begins_at=word(begin), ends_at=word(until),
            kind=kind, repeat=repeat, reason=reason,
        )  # fmt: skip
        return self._one("POST", "silences", records.Silence, json=body)

    def end_silence(self, silence_id: str) -> records.Silence:
        """Before its time."""
        return self._one("DELETE", f"silences/{part(silence_id)}", records.Silence)
