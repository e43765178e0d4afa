"""A server looks after its memory: what is old goes by itself, once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from anomaly_hunter.errors import StoreError
from anomaly_hunter.remember.upkeep.daily import prune_due
from anomaly_hunter.serve.site import Site

LOOK_S: Final = 600.0


async def look_after(site: Site, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Prune what is due until cancelled; first after a while, so that nobody waits at the start."""
    while True:
        await pause(LOOK_S)
        try:
            await asyncio.to_thread(prune_due, site.store, site.settings.remember, site.clock)
        except StoreError:  # locked, or it cannot be written: looked at again next time
            continue
