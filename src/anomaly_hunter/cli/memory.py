"""The memory of the folder that a command runs in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import StoreBusyError, StoreError, StoreReadOnlyError, UsageError
from anomaly_hunter.model import Hunt

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store


@contextmanager
def remembering(settings: Settings, *, wanted: bool = True) -> Iterator[Store | None]:
    """The store for a hunt; None where none is set, none is wanted or none can be written here.

    Raises
    ------
    StoreError
        It is damaged or from a newer version: hunting on would lose what it should have learned.
    """
    if not wanted or not settings.remember.memory:
        yield None
        return
    try:
        store = _open(settings)
    except StoreReadOnlyError as error:
        _say(error)
        yield None
        return
    except StoreError as error:
        raise type(error)(
            error.came, error.expected, f"{error.cure}; --no-memory hunts without it"
        ) from error
    with store:
        yield store


@contextmanager
def asking(settings: Settings) -> Iterator[Store]:
    """The store for a command that makes no sense without one."""
    if not settings.remember.memory:
        raise UsageError(
            "nothing is remembered here", "a folder with a memory", "run `hunter init`, then `hunter detect`"
        )
    with _open(settings) as store:
        yield store


def keep(found: Hunt, store: Store | None) -> None:
    """Keep a hunt that was told already; that it could not be kept is said, and no reason to fail."""
    if store is None:
        return
    try:
        store.keep(found)
    except (StoreBusyError, StoreReadOnlyError) as error:
        _say(error)


def _open(settings: Settings) -> Store:
    from anomaly_hunter.remember.store import Store

    return Store.open(settings.remember.memory, settings.remember.organisation)


def _say(error: StoreError) -> None:
    print(f"hunter: this hunt was not remembered: {error}", file=sys.stderr)
