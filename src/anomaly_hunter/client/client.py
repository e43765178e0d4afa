"""The client: every operation of `/api/v1` that programs need, as a method with types."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from anomaly_hunter.client import records
from anomaly_hunter.client.asking import Time, detected, given, part, read_items, word
from anomaly_hunter.client.jobs import JobCalls
from anomaly_hunter.client.listening import listen
from anomaly_hunter.client.silences import SilenceCalls
from anomaly_hunter.client.watches import WatchCalls
from anomaly_hunter.errors import DataError, ServerError


class Client(WatchCalls, SilenceCalls, JobCalls):
    """A server of ours, asked from Python.

    Lists are iterators that fetch page after page. A server that is busy is asked again after the time
    that it says; what changes something is done once, however often it is sent. Errors are those of the
    package: :class:`~anomaly_hunter.errors.UnknownError` (nothing of this id),
    :class:`~anomaly_hunter.errors.ConflictError` (somebody was faster),
    :class:`~anomaly_hunter.errors.UsageError`, :class:`~anomaly_hunter.errors.DataError`, and
    :class:`~anomaly_hunter.errors.ServerError` (not reached, not let in, failed).

    Parameters
    ----------
    url:
        Of the server: ``http://127.0.0.1:8787``; ``/api/v1`` behind it changes nothing.
    key:
        An API key (``hk_...``), where the server asks for sign-in.
    timeout:
        Seconds that an answer may take.
    retries:
        How often a request is sent again.
    transport:
        Of httpx, where requests shall go another way (in tests: into an application).

    Examples
    --------
    >>> import anomaly_hunter as ah
    >>> with ah.Client("http://127.0.0.1:8787") as client:  # doctest: +SKIP
    ...     found = client.detect([10.0, 11, 10, 9, 10, 60, 10, 11])
    ...     for incident in client.incidents(state="open", least_severity=7):
    ...         client.acknowledge(incident.id)
    """

    # ------------------------------------------------------------ hunting

    def detect(
        self,
        data: Sequence[float | None] | Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]],
        timestamps: Sequence[str | float] | None = None,
        *,
        events: Sequence[Mapping[str, Any]] | None = None,
        graph: Mapping[str, Sequence[str]] | None = None,
        save: bool = False,
        **options: Any,
    ) -> records.Detected:
        """Hunt in what is sent; kept with ``save`` only. ``options``: single settings (``sensitivity=2``)."""
        body = given(data=data, timestamps=timestamps, events=events, graph=graph, options=options or None)
        found = self._calls.json("POST", "detect", json=body, params={"save": "true"} if save else {})
        return detected(found)

    def hunt(
        self,
        *files: str | PathLike[str],
        wait_s: float = 600.0,
        every_s: float = 0.5,
        **around: str | PathLike[str],
    ) -> records.Detected:
        """Hunt in files and keep what is found; waits until it is done.

        ``around``: more files by their part: ``events``, ``graph``, ``logs``.

        Raises
        ------
        DataError
            The hunt failed, or was cancelled; the file cannot be read.
        ServerError
            It took longer than ``wait_s``; it goes on at the server.
        """
        until = time.monotonic() + wait_s
        parts = [("files", file) for file in files] + list(around.items())
        sent = [(part, (Path(file).name, _content(file))) for part, file in parts]
        answer = self._calls.send("POST", "hunts", files=sent)
        found: Any = answer.json()
        while answer.status_code == 202 and found.get("state") in ("queued", "running"):
            if time.monotonic() > until:
                raise ServerError(
                    f"the hunt took longer than {wait_s:g} s", "less data", f"look at job {found['id']}"
                )
            time.sleep(every_s)
            found = self._calls.json("GET", f"jobs/{found['id']}")
        return detected(_result(found) if "state" in found else found)

    # ------------------------------------------------------------ incidents

    def incidents(
        self,
        *,
        state: str | Sequence[str] = (),
        owner: str | None = None,
        search: str = "",
        least_severity: float = 0.0,
        since: Time | None = None,
        until: Time | None = None,
        series: str | None = None,
        cause: str | None = None,
        silenced: bool | None = None,
        sort: str = "latest",
    ) -> Iterator[records.ListedIncident]:
        """Those for which all that is said holds; every filter of the list."""
        states = [state] if isinstance(state, str) else list(state)
        asked = given(
            state=states or None, owner=owner, search=search or None, least_severity=least_severity or None,
            since=word(since), until=word(until), series=series, cause=cause,
            silenced=None if silenced is None else str(silenced).lower(), sort=sort,
        )  # fmt: skip
        return self._pages("incidents", records.ListedIncident, asked)

    def incident(self, incident_id: str) -> records.Incident:
        """One in full."""
        return self._one("GET", f"incidents/{part(incident_id)}", records.Incident)

    def history(self, incident_id: str) -> tuple[records.Happened, ...]:
        """What happened to it, oldest first; comments are among it."""
        return self._items(f"incidents/{part(incident_id)}/history", records.Happened)

    def verdicts(self, incident_id: str) -> tuple[records.Verdict, ...]:
        """Every conclusion that was drawn, oldest first."""
        return self._items(f"incidents/{part(incident_id)}/verdicts", records.Verdict)

    def evidence(self, incident_id: str) -> tuple[records.Evidence, ...]:
        """What was asked of the data, and the answers."""
        return self._items(f"incidents/{part(incident_id)}/evidence", records.Evidence)

    def similar(self, incident_id: str) -> tuple[records.Similar, ...]:
        """Past incidents that are like it, the most alike first."""
        return self._items(f"incidents/{part(incident_id)}/similar", records.Similar)

    def acknowledge(self, incident_id: str) -> records.ListedIncident:
        """Somebody has seen it."""
        return self._act(incident_id, "acknowledge")

    def assign(self, incident_id: str, to: str) -> records.ListedIncident:
        """It is theirs now."""
        return self._act(incident_id, "assign", to=to)

    def resolve(self, incident_id: str, why: str = "") -> records.ListedIncident:
        """It is over."""
        return self._act(incident_id, "resolve", why=why)

    def reopen(self, incident_id: str, why: str = "") -> records.ListedIncident:
        """It is not over."""
        return self._act(incident_id, "reopen", why=why)

    def mute(self, incident_id: str, until: Time | None = None, why: str = "") -> records.ListedIncident:
        """Nobody wants to hear of it until then; for good where no time is given."""
        return self._act(incident_id, "mute", until=word(until), why=why)

    def comment(self, incident_id: str, text: str) -> records.ListedIncident:
        """Say something about it."""
        return self._act(incident_id, "comments", text=text)

    # ------------------------------------------------------------ feedback

    def feedback(
        self,
        incident_id: str,
        word: str = "",
        *,
        cause: str = "",
        acted: bool = False,
        why: str = "",
        preview: bool = False,
    ) -> records.Effect:
        """Say what it was (real, expected, ignore); ``preview``: only say what would change."""
        body = {"word": word, "cause": cause, "acted": acted, "why": why}
        path = f"incidents/{part(incident_id)}/feedback"
        return self._one("POST", path, records.Effect, json=body, params=_preview(preview))

    def undo_feedback(self, answer_id: int, *, preview: bool = False) -> records.Effect:
        """Take an answer back."""
        return self._one("DELETE", f"feedback/{int(answer_id)}", records.Effect, params=_preview(preview))

    # ------------------------------------------------------------ what is around

    def events(
        self, *, since: Time | None = None, until: Time | None = None, kind: str = ""
    ) -> Iterator[records.KeptEvent]:
        """Deploys, flags, alerts of others, the latest first."""
        asked = given(since=word(since), until=word(until), kind=kind or None)
        return self._pages("events", records.KeptEvent, asked)

    def add_event(
        self, title: str, *, time: Time | None = None, kind: str = "change", service: str = "", **labels: str
    ) -> records.KeptEvent:
        """Tell that something changed; now, where no time is given."""
        body = given(title=title, time=word(time), kind=kind, service=service, labels=labels)
        found = self._calls.json("POST", "events", json=body)
        return read_items(records.KeptEvent, found)[0]

    def remove_event(self, event_id: str) -> None:
        """Take one back that was told wrongly."""
        self._calls.json("DELETE", f"events/{part(event_id)}")

    def series(self, search: str = "") -> Iterator[records.KnownSeries]:
        """Series in which something was found, the last seen first."""
        return self._pages("series", records.KnownSeries, given(search=search or None))

    def anomalies(self, series_id: str) -> Iterator[records.SeenAnomaly]:
        """What was found in a series, the latest first."""
        return self._pages(f"series/{part(series_id)}/anomalies", records.SeenAnomaly, {})

    def datasets(self) -> Iterator[records.KnownDataset]:
        """Datasets with the quality of their last hunt."""
        return self._pages("datasets", records.KnownDataset, {})

    def stats(self) -> records.Figures:
        """How good the verdicts have been."""
        return self._one("GET", "stats", records.Figures)

    def views(self, page: str | None = None) -> tuple[records.SavedView, ...]:
        """Saved views."""
        return self._items("views", records.SavedView, given(page=page))

    def listen(
        self, *kinds: str, incident: str = "", after: int | None = None
    ) -> Generator[records.Told, None, None]:
        """What happens, as it happens, without end; ``after`` is the id of the last one that was heard.

        ``kinds``: whole ("job.done") or the noun alone ("incident"); all where none is named.
        """
        return listen(self._calls, kinds, incident, after, time.sleep)

    # ------------------------------------------------------------ ways to ask

    def _act(self, incident_id: str, action: str, **body: Any) -> records.ListedIncident:
        path = f"incidents/{part(incident_id)}/{action}"
        return self._one("POST", path, records.ListedIncident, json=given(**body) or None)


def _result(job: Mapping[str, Any]) -> Any:
    if job["state"] == "done":
        return job["result"]
    problem = job.get("error") or {}
    detail = problem.get("detail") or f"the hunt is {job['state']}"
    raise DataError(str(detail), "a hunt that ends", "mend the data")


def _content(file: str | PathLike[str]) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise DataError(f"`{file}` cannot be read ({error.strerror})", "a file", "check the path") from error


def _preview(preview: bool) -> dict[str, str]:
    return {"preview": "true"} if preview else {}
