"""The memory of the folder that a command runs in."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.config import Settings
from anomaly_hunter.errors import StoreBusyError, StoreError, StoreReadOnlyError
from anomaly_hunter.model import Hunt, moment

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

WITHOUT: Final = "this hunt was not remembered, and knows nothing of past ones or of what was said of them"
SHOWN: Final = 8
"""Lines of one kind that are shown."""


@contextmanager
def remembering(settings: Settings, *, wanted: bool = True) -> Iterator[Store | None]:
    """The store for a hunt; None where none is set or wanted, or where it cannot be used just now.

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
    except (StoreBusyError, StoreReadOnlyError) as error:
        _say(f"{WITHOUT}: {error}")
        yield None
        return
    except StoreError as error:
        raise _with_way_out(error) from error
    with store:
        yield store


def hunted(run: Callable[[Store | None], Hunt], store: Store | None) -> tuple[Hunt, Store | None]:
    """The hunt with the memory; without it where it cannot be asked any more, which is said."""
    try:
        return run(store), store
    except (StoreBusyError, StoreReadOnlyError) as error:
        _say(f"{WITHOUT}: {error}")
        return run(None), None
    except StoreError as error:
        raise _with_way_out(error) from error


def keep(found: Hunt, store: Store | None, settings: Settings) -> bool:
    """Keep a hunt that was told already; that it could not be kept is said, and no reason to fail."""
    if store is None:
        return False
    try:
        store.keep(found, origin="command", points=settings.remember.record_points)
    except StoreError as error:
        _say(f"this hunt was not remembered: {error}")
        return False
    return True


def remembered(found: Hunt) -> Iterator[str]:
    """For people: what answers changed in this hunt, and how to answer."""
    because = [q.statement for d in found.detections for q in d.quiet if q.rule == "feedback"]
    if because:
        yield "Kept quiet by what you said:"
        yield from first([f"  {printable(line)}" for line in because])
    for incident in found.incidents[:SHOWN]:
        yield f"Remembered as incident {incident.id} ({printable(incident.lead.subject)})"
        facts = [e for e in incident.verdict.evidence if e.id.startswith(("answered:", "learned:"))]
        yield from (f"  {printable(fact.statement)}" for fact in facts)
    if found.incidents:
        name = found.incidents[0].id
        yield f"Say what it was: hunter feedback {name} real|expected|ignore [--cause right|wrong|NAME]"


def first(lines: list[str]) -> list[str]:
    """The first lines of a kind; how many more there are is said."""
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def minute(at: np.datetime64) -> str:
    """When something was said or kept, to the minute: finer is noise to people."""
    return moment(at.astype("datetime64[m]"))


def account() -> str:
    """The name of the account; "" where there is none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def printable(text: str) -> str:
    """Foreign text as data: nothing in it steers the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _open(settings: Settings) -> Store:
    from anomaly_hunter.remember.store import Store

    return Store.open(settings.remember.memory, settings.remember.organisation)


def _with_way_out(error: StoreError) -> StoreError:
    return type(error)(error.came, error.expected, f"{error.cure}; --no-memory hunts without it")


def _say(text: str) -> None:
    print(f"hunter: {text}", file=sys.stderr)
