"""Stores for tests whose subject is not how a store is made."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from anomaly_hunter.remember.store import Store


def new_store(place: Path) -> Store:
    """A store in a new file, with tables that were made once for all."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_empty())
        place.chmod(0o600)
    return Store.open(place)


@cache
def _empty() -> bytes:
    """The file of a store that holds nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memory.db"
        Store.open(file).close()
        return file.read_bytes()
