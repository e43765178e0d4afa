"""Where the memory of a command is."""

from __future__ import annotations

from pathlib import Path

from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import UsageError


def memory_of(given: str | None, config: Path | None) -> tuple[str, str]:
    """The place of the memory that is named or set, and the organisation.

    Raises
    ------
    UsageError
        There is none.
    """
    remember = load_settings(config).remember
    place = given or remember.memory
    if not place:
        raise UsageError(
            "there is no memory here", "a folder that `hunter init` made, or --memory FILE", "run hunter init"
        )
    return place, remember.organisation
