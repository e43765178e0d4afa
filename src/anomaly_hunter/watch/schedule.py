"""Running watches: every window once, by one program, again after failures, on after restarts."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from anomaly_hunter.config import Settings, as_mapping
from anomaly_hunter.errors import HunterError, StoreError
from anomaly_hunter.read.within import Within
from anomaly_hunter.reading import Around
from anomaly_hunter.remember.store import Store, now
from anomaly_hunter.remember.watches.runs import Run, Runs
from anomaly_hunter.remember.watches.watching import Watch, Watches, organisations
from anomaly_hunter.watch.data import Rules, data_of, options_of, settings_of, without_secrets
from anomaly_hunter.watch.hunting import Hunts, KeptRun, Origin, hunt_window
from anomaly_hunter.watch.options import WatchOptions
from anomaly_hunter.watch.windows import Window, history_of, next_after, next_after_failure, window_of

POLL_S: Final = 1.0
"""How often it is looked whether something is due; "run now" waits no longer than that."""
LEASE_S: Final = 10.0
"""So long a window is held without a sign of life, which is given three times as often; then another
program takes it up. One that only stood still learns of it when it wants to keep its hunt, and keeps none.
"""
MOST_ATTEMPTS: Final = 3
"""Programs that may stop in the middle of one window before it counts as a failure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one look: ``kept``, or ``error``; ``run`` is as it was claimed."""

    organisation: str
    watch: str
    run: Run
    kept: KeptRun | None = None
    error: str = ""


async def in_process(
    data: Within, around: Around, settings: Settings, store: Store, origin: Origin
) -> KeptRun:
    """Hunt in a thread of this program."""
    return await asyncio.to_thread(hunt_window, data, around, settings, store, origin)


@dataclass(slots=True)
class Schedule:
    """The watches of a store, run as their time comes.

    Attributes
    ----------
    store:
        Of the organisation that the settings file's watches belong to; those of others run as well.
    rules:
        What watches may name.
    hunts:
        Who hunts: this program, or a pool of processes.
    told:
        Called with every outcome.
    at_once:
        Windows that are hunted side by side.
    clock, pause:
        What time it is, and how to wait for seconds.
    """

    settings: Settings
    store: Store
    rules: Rules
    hunts: Hunts = in_process
    told: Callable[[Outcome], None] | None = None
    at_once: int = 1
    names: tuple[str, ...] = ()
    clock: Callable[[], np.datetime64] = now
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    lease_s: float = LEASE_S
    _running: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)

    def settle(self) -> tuple[str, ...]:
        """Bring the store in line with the settings file; names that watches of people hold already."""
        wanted = {name: as_mapping(watch) for name, watch in self.settings.watches.items()}
        return Watches(self.store).settle(wanted, self.clock())

    async def run(self) -> None:
        """Run what is due until cancelled. A store that does not answer is asked again."""
        try:
            while True:
                try:
                    for store, watch in await asyncio.to_thread(self._due):
                        self._begin(store, watch)
                except StoreError:  # locked, or a database that restarts: what is due stays due
                    pass
                await self.pause(POLL_S)
        finally:
            await self._stop()

    async def once(self) -> tuple[Outcome, ...]:
        """Look at every window that is complete, also where a failure would have to wait."""
        found: list[Outcome] = []
        for watch in await asyncio.to_thread(Watches(self.store).all):
            if watch.enabled and self._wanted(watch):
                found += await self._caught_up(watch)
        return tuple(found)

    async def look(self, store: Store, watch: Watch) -> Outcome | None:
        """Claim the window that is due and hunt it; None where there is nothing to do now."""
        at = self.clock()
        if _is_held(watch, at):
            return None
        window = self._window(watch, at)
        if window is None and (watch.last is None or watch.last.state != "running"):
            await asyncio.to_thread(self._wait_for, store, watch)
            return None
        asked = None if window is None else (window.begin, window.end)
        holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        until = at + _seconds(self.lease_s)
        run = await asyncio.to_thread(Runs(store).claim, watch.id, asked, holder, at, until)
        return None if run is None else await self._hunted(store, watch, run)

    # ------------------------------------------------------------ one window

    async def _caught_up(self, watch: Watch) -> list[Outcome]:
        """A window that another program left behind, and the one after it."""
        found: list[Outcome] = []
        now: Watch | None = watch
        while now is not None and (outcome := await self.look(self.store, now)) is not None:
            found.append(outcome)
            now = None if outcome.error else await asyncio.to_thread(Watches(self.store).find, watch.id)
        return found

    async def _hunted(self, store: Store, watch: Watch, run: Run) -> Outcome:
        beat = asyncio.get_running_loop().create_task(self._hold(store, run))
        outcome = Outcome(store.organisation, watch.name, run)
        try:
            if run.attempts > MOST_ATTEMPTS:
                raise StoreError(
                    f"{run.attempts - 1} programs stopped in the middle of it", "one that comes to an end",
                    "look at less history at once, or give it more memory",
                )  # fmt: skip
            kept = await self._kept(store, watch, run)
            outcome = replace(outcome, kept=kept)
        except asyncio.CancelledError:
            await asyncio.to_thread(Runs(store).renew, run, self.clock())  # the next may take it up at once
            raise
        except Exception as error:  # noqa: BLE001 - the rim around sources and detectors of other people
            outcome = replace(outcome, error=await self._failed(store, watch, run, error))
        finally:
            beat.cancel()
        if self.told is not None:
            self.told(outcome)
        return outcome

    async def _kept(self, store: Store, watch: Watch, run: Run) -> KeptRun:
        options = options_of(watch)
        window = Window(min(run.begin, history_of(options, run.end)), run.begin, run.end)
        data, around = await asyncio.to_thread(data_of, watch, options, window, self.rules)
        origin = Origin(run, next_after(options, run.end), self.clock())
        return await self.hunts(data, around, settings_of(self.settings, options), store, origin)

    async def _failed(self, store: Store, watch: Watch, run: Run, error: Exception) -> str:
        text = str(error) if isinstance(error, HunterError) else f"{type(error).__name__}: {error}"
        said = without_secrets(text, watch, self.rules.environment)
        at = self.clock()
        next_at = next_after_failure(self._options(watch), watch.id, watch.failures + 1, at)
        try:
            await asyncio.to_thread(Runs(store).failed, run, at, next_at, said)
        except StoreError as worse:  # its lease runs out, then it is taken up again
            said = f"{said} ({worse})"
        return said

    async def _hold(self, store: Store, run: Run) -> None:
        """Renew the lease while the window is hunted."""
        while True:
            await asyncio.sleep(self.lease_s / 3)
            try:
                await asyncio.to_thread(Runs(store).renew, run, self.clock() + _seconds(self.lease_s))
            except StoreError:  # tried again in a moment, long before the lease ends
                continue

    # ------------------------------------------------------------ what is due

    def _due(self) -> list[tuple[Store, Watch]]:
        """What is due in all organisations, as far as there is room."""
        at = self.clock()
        found = [
            (at if watch.next_at is None else watch.next_at, store, watch)
            for store in (replace(self.store, organisation=name) for name in organisations(self.store))
            for watch in Watches(store).due(at)
            if (store.organisation, watch.id) not in self._running
            and self._wanted(watch)
            and not _is_held(watch, at)
        ]
        longest_first = sorted(found, key=lambda one: (one[0], one[2].id))
        return [(store, watch) for _, store, watch in longest_first[: self.at_once - len(self._running)]]

    def _wanted(self, watch: Watch) -> bool:
        return not self.names or watch.name in self.names or watch.id in self.names

    def _begin(self, store: Store, watch: Watch) -> None:
        key = (store.organisation, watch.id)
        task = asyncio.get_running_loop().create_task(self._look(store, watch))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))

    async def _look(self, store: Store, watch: Watch) -> None:
        try:
            await self.look(store, watch)
        except StoreError:  # it could not even be claimed: it stays due
            return

    async def _stop(self) -> None:
        """What runs is given back: the next program takes it up."""
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wait_for(self, store: Store, watch: Watch) -> None:
        end = watch.seen_until if watch.seen_until is not None else self.clock()
        Runs(store).wait(watch.id, next_after(self._options(watch), end))

    def _window(self, watch: Watch, at: np.datetime64) -> Window | None:
        try:
            return window_of(options_of(watch), watch.seen_until, at)
        except HunterError:  # claimed all the same, so that the mistake is shown as the run's error
            begin = at - _seconds(1.0) if watch.seen_until is None else watch.seen_until
            return Window(begin, begin, at)

    def _options(self, watch: Watch) -> WatchOptions:
        try:
            return options_of(watch)
        except HunterError:
            return WatchOptions()


def _is_held(watch: Watch, at: np.datetime64) -> bool:
    """Whether some program hunts a window of it just now."""
    last = watch.last
    return last is not None and last.state == "running" and bool(last.held_until > at)


def _seconds(count: float) -> np.timedelta64:
    return np.timedelta64(round(count * 1e9), "ns")
