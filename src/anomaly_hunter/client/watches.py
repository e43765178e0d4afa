"""Watches, asked for and changed from Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from anomaly_hunter.client import records
from anomaly_hunter.client.asking import Asks, given, part


class WatchCalls(Asks):
    """What is looked at again and again."""

    def watches(self) -> tuple[records.Watch, ...]:
        """Those of the organisation, by name, each with its last run."""
        return self._items("watches", records.Watch)

    def watch(self, watch: str) -> records.Watch:
        """One, by id or name."""
        return self._one("GET", f"watches/{part(watch)}", records.Watch)

    def make_watch(
        self,
        name: str,
        *,
        files: Sequence[str] | None = None,
        sql: Mapping[str, str] | None = None,
        prometheus: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> records.Watch:
        """A new one, of files, of a query of SQL, or of one of Prometheus; it runs at once.

        ``settings``: ``every="5m"``, ``history``, ``delay``, ``read``, ``detect``, ``events``, ``graph``.
        """
        source = given(files=files and list(files), sql=sql, prometheus=prometheus)
        return self._one("POST", "watches", records.Watch, json={"name": name, **source, **settings})

    def change_watch(self, watch: str, name: str, **definition: Any) -> records.Watch:
        """Its name and its definition, both whole, as :meth:`make_watch` takes them."""
        body = {"name": name, **definition}
        return self._one("PUT", f"watches/{part(watch)}", records.Watch, json=body)

    def pause_watch(self, watch: str) -> records.Watch:
        """Nothing is looked at until it is resumed."""
        return self._one("POST", f"watches/{part(watch)}/pause", records.Watch)

    def resume_watch(self, watch: str) -> records.Watch:
        """It goes on where it paused."""
        return self._one("POST", f"watches/{part(watch)}/resume", records.Watch)

    def run_watch(self, watch: str) -> records.Watch:
        """Now, instead of at its next time; the run appears among its runs."""
        return self._one("POST", f"watches/{part(watch)}/run", records.Watch)

    def remove_watch(self, watch: str) -> None:
        """Its incidents and hunts stay."""
        self._calls.json("DELETE", f"watches/{part(watch)}")

    def watch_runs(self, watch: str) -> Iterator[records.WatchRun]:
        """Every look that it took, the last first."""
        return self._pages(f"watches/{part(watch)}/runs", records.WatchRun, {})
