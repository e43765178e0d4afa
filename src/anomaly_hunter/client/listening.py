"""Server-sent events: lines to what happened, going on after the last one where the line broke."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, Final

from anomaly_hunter.client.calling import Calls
from anomaly_hunter.client.reading import record_of
from anomaly_hunter.client.records import Told
from anomaly_hunter.errors import ServerError

PAUSE_S: Final = 2.0


def told(lines: Iterable[str]) -> Iterator[Told]:
    """What happened, from the lines of an event stream.

    >>> lines = ["id: 7", "event: job.done", 'data: {"id": 7, "at": "2026-03-01T00:00:00Z",',
    ...          'data: "kind": "job.done", "about": "a", "data": {}}', ""]
    >>> [(one.id, one.kind) for one in told([": beat", "", *lines])]
    [(7, 'job.done')]
    """
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield _told("\n".join(data))
            data = []


def listen(
    calls: Calls, kinds: Sequence[str], incident: str, after: int | None, sleep: Callable[[float], None]
) -> Generator[Told, None, None]:
    """Without end; a line that breaks is taken up again, so that nothing is missed or told twice."""
    asked = {"kinds": ",".join(kinds), "incident": incident}
    parameters = {name: value for name, value in asked.items() if value}
    last = after
    heard = False
    while True:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(last)} if last is not None else {})
        try:
            with calls.stream("live", params=parameters, headers=headers, timeout=_PATIENT) as answer:
                heard = True
                for one in told(answer.iter_lines()):
                    last = one.id
                    yield one
        except ServerError:
            if not heard:  # it was never there
                raise
        sleep(PAUSE_S)


_PATIENT: Final = 60.0
"""Seconds without a word, in which a server beats several times."""


def _told(text: str) -> Told:
    try:
        given: Any = json.loads(text)
    except ValueError as error:
        raise ServerError(f"an event came as {text[:40]!r}", "JSON", "use a server of ours") from error
    return record_of(Told, given)
