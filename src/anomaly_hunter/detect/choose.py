"""Which detectors look at a series."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from anomaly_hunter.detect.contract import Detector, Profiled
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.errors import PluginError, UsageError
from anomaly_hunter.model import Profile

Lookup = Callable[[str], type[Detector]]


def choose(profile: Profile, records: bool = False) -> tuple[str, ...]:
    """Names of the detectors for a series with this profile.

    ``records``: the values are numbers of records. They are compared with their expected number
    only: shapes of small numbers are noise.
    """
    if profile.n - profile.missing < 8 or profile.constant:
        return ()
    if records or (profile.counts and profile.n < LONG):
        return ("residual", "level", "flat")
    if profile.n < LONG:
        return ("residual", "level", "nearest", "difference", "variance", "flat")
    return ("nearest", "motion", "residual", "difference", "level", "flat")


def build(name: str, profile: Profile, lookup: Lookup) -> Detector:
    """The detector of this name, set up for the profile where it wants to know it.

    Raises
    ------
    UsageError
        It scores rows of tables, or several channels together.
    """
    kind = lookup(name)
    if kind.takes != "series":
        does = "rows of a table" if kind.takes == "table" else "several channels together"
        raise UsageError(f"detector {name!r} scores {does}", "a detector of series", "choose another one")
    if hasattr(kind, "for_profile"):
        return cast(type[Profiled], kind).for_profile(profile)  # type: ignore[return-value]
    try:
        return kind()
    except TypeError as error:
        came = f"detector {name!r} cannot be set up: {error}"
        raise PluginError(came, "a class that can be built without arguments") from error
