"""From the table `happening` to listeners: one query for each organisation, however many listen.

Nothing is published here. What changes the store writes down what happened in the same transaction
(:mod:`anomaly_hunter.remember.life.feed`), so that changes by other programs reach listeners too.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from anomaly_hunter.errors import StoreError
from anomaly_hunter.model import iso
from anomaly_hunter.remember.life.happened import Happenings
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.records import Happening
from anomaly_hunter.remember.store import Store

EVERY_S: Final = 0.2
_AT_ONCE: Final = 500
_MOST_HELD: Final = 1_000
MOST_BACK: Final = 5_000
"""How far back a listener can ask."""


class Told:
    """One thing that happened, put into words once for all listeners."""

    def __init__(self, heard: Happening) -> None:
        self.heard = heard

    @cached_property
    def json(self) -> str:
        """As a WebSocket carries it, on one line."""
        one = self.heard
        whole = {"id": one.id, "at": iso(one.at), "kind": one.kind, "about": one.about, "data": one.data}
        return json.dumps(whole, separators=(",", ":"))

    @cached_property
    def event(self) -> bytes:
        """As a server-sent event carries it."""
        return f"id: {self.heard.id}\nevent: {_line(self.heard.kind)}\ndata: {self.json}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listener wants to hear. ``kinds`` are whole (job.done) or the noun alone (job); all if empty.

    >>> Wanted(("job",)).hears("job.done", "x"), Wanted(about="a").hears("job.done", "x")
    (True, False)
    """

    kinds: tuple[str, ...] = ()
    about: str = ""

    def hears(self, kind: str, about: str) -> bool:
        """Whether it is told."""
        if self.about and about != self.about:
            return False
        return not self.kinds or kind in self.kinds or kind.partition(".")[0] in self.kinds


@dataclass(slots=True, eq=False)
class Listener:
    """One who listens; what it has not taken yet is bounded, and beyond that it is let go."""

    organisation: str
    wanted: Wanted
    last: int = 0
    who: str = ""
    _held: deque[Told] = field(default_factory=deque)
    _something: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False

    def tell(self, told: Told) -> None:
        """It is for this listener, and new to it: hold it until it is taken."""
        if told.heard.id <= self.last or self.gone:
            return
        self.last = told.heard.id
        if not self.wanted.hears(told.heard.kind, told.heard.about):
            return
        if len(self._held) >= _MOST_HELD:
            self.end()
            return
        self._held.append(told)
        self._something.set()

    def end(self) -> None:
        """Tell it nothing more."""
        self.gone = True
        self._something.set()

    async def take(self, seconds: float) -> list[Told]:
        """What happened since, waited for at most so long; nothing, and `gone`, once it was let go."""
        if not self._held and not self.gone:
            try:
                async with asyncio.timeout(seconds):
                    await self._something.wait()
            except TimeoutError:
                return []
        taken = list(self._held)
        self._held.clear()
        if not self.gone:
            self._something.clear()
        return taken


class Broker:
    """Looks into the table while somebody listens, a few times a second; costs nothing otherwise."""

    def __init__(self, store: Store, every_s: float = EVERY_S) -> None:
        self._store = store
        self._every_s = every_s
        self._listeners: dict[str, set[Listener]] = {}
        self._last: dict[str, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(map(len, self._listeners.values()))

    def of(self, organisation: str, who: str) -> int:
        """How many of them one caller has."""
        return sum(one.who == who for one in self._listeners.get(organisation, ()))

    async def listen(
        self, organisation: str, wanted: Wanted | None = None, after: int | None = None, who: str = ""
    ) -> Listener:
        """A listener, from now on, or from after the event of this number; :meth:`leave` it in the end.

        A number that no event has yet means now: nobody waits for years, or asks the database for what it
        has no numbers for.
        """
        happened = Happenings(replace(self._store, organisation=organisation))
        last = await asyncio.to_thread(happened.last_id)
        begin = last if after is None else min(after, last)
        listener = Listener(organisation, wanted or Wanted(), begin, who=who)
        if after is not None and after < last:
            listener.last = max(after, last - MOST_BACK)
            for heard in await asyncio.to_thread(happened.since, listener.last, _MOST_HELD):
                listener.tell(Told(heard))
        if self._closed:
            listener.end()
            return listener
        self._listeners.setdefault(organisation, set()).add(listener)
        self._last[organisation] = min(self._last.get(organisation, listener.last), listener.last)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return listener

    def leave(self, listener: Listener) -> None:
        """It does not listen any more."""
        there = self._listeners.get(listener.organisation, set())
        there.discard(listener)
        listener.end()
        if not there:
            self._listeners.pop(listener.organisation, None)
            self._last.pop(listener.organisation, None)

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        for listener in [one for some in self._listeners.values() for one in some]:
            listener.end()
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        while self._listeners:
            for organisation in tuple(self._listeners):
                await self._look_into(organisation)
            await asyncio.sleep(self._every_s)

    async def _look_into(self, organisation: str) -> None:
        happened = Happenings(replace(self._store, organisation=organisation))
        try:
            found = await asyncio.to_thread(happened.since, self._last.get(organisation, 0), _AT_ONCE)
        except StoreError:  # busy, or its disk is full: those who listen hear of it a little later
            return
        if not found or organisation not in self._listeners:
            return
        for told in map(Told, found):
            for listener in tuple(self._listeners[organisation]):
                listener.tell(told)
        self._last[organisation] = max(self._last.get(organisation, 0), found[-1].id)


def _line(given: str) -> str:
    return text(given).replace("\n", " ").replace("\r", " ")
