"""The composition: what was asked for, checked before the work, and measured one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from anomaly_hunter.bench import what
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.causes.sources import sources_in
from anomaly_hunter.bench.folder import LAYOUT, find_series
from anomaly_hunter.bench.forecasts import SIMPLE, forecasters
from anomaly_hunter.bench.methods import method_of
from anomaly_hunter.bench.own import files_in, find_own
from anomaly_hunter.bench.result import Result
from anomaly_hunter.detect.online.profiles import kernels
from anomaly_hunter.errors import DataError, UsageError

NO_DATA = ("learning", "topologies", "changes", "memory", "speed")


def found(path: Path | None, asked: Asked, label: str = "", column: str = "") -> Asked:
    """``asked`` with the series of a folder laid out like the data, or of files of a user.

    Raises
    ------
    DataError
        There is nothing to measure, or a file is damaged.
    """
    if path is None:
        return asked
    if not path.exists():
        raise DataError(f"`{path}` does not exist", "a folder or a labelled file", "check the path")
    if path.is_file():
        return replace(asked, parts=tuple(find_own([path], label, column)))
    laid_out = [path / name for name in ("series", "tables", "scenarios", "causes")]
    if any(place.is_dir() for place in laid_out):
        parts = () if label else tuple(find_series(path))
        has_any = (
            parts
            or any((path / "tables").glob("*.npz"))
            or (path / "scenarios" / "truth.json").is_file()
            or bool(sources_in(path))
        )
        if has_any:
            return replace(asked, folder=path, parts=parts)
    own = files_in(path)
    if not own:
        cure = "see docs/benchmarks.md for the layout"
        raise DataError(f"`{path}` holds nothing to measure", f"{LAYOUT}, or labelled CSV files", cure)
    return replace(asked, parts=tuple(find_own(own, label, column)))


def chosen_whats(asked: Asked, names: Sequence[str]) -> list[str]:
    """What to measure: what was named and has data, else all that has data.

    Raises
    ------
    UsageError
        A name that there is not.
    DataError
        What was named has no data here, or nothing has.
    """
    for name in names:
        if name not in what.NAMES:
            raise UsageError(
                f"cannot measure {name!r}", f"one of {', '.join(what.NAMES)}", "name one of these"
            )
        if not what.load(name).has(only_fitting(asked, name)):
            raise DataError(
                f"there is nothing here for {name}", "data, and a method, of that kind", _cure(asked)
            )
    if names:
        return list(names)
    there = [
        name for name in what.NAMES if name not in NO_DATA and what.load(name).has(only_fitting(asked, name))
    ]
    if not there:
        raise DataError("there is nothing here to measure", LAYOUT, _cure(asked))
    return [*there, *(NO_DATA if asked.folder is not None else ())]


def _cure(asked: Asked) -> str:
    if asked.folder is None and asked.parts:
        return "files of your own have alarms, band, forecasting; with a labelled anomaly ranking, streaming"
    sources = ", ".join(dict.fromkeys(part.source for part in asked.parts))
    return f"the folder has the sources {sources}" if sources else "see docs/benchmarks.md for the layout"


def check_detectors(asked: Asked) -> None:
    """UsageError or MissingExtraError for a method that there is not, before the work."""
    for name in asked.detectors:
        if name not in kernels() and name not in forecasters():
            method_of(name)


def measured(asked: Asked, names: Sequence[str]) -> Iterator[Result]:
    """One result after the other."""
    for name in names:
        yield what.load(name).measure(only_fitting(asked, name))


def only_fitting(asked: Asked, name: str) -> Asked:
    """``asked`` with the methods that this measurement can run; the others are for another one."""
    if not asked.detectors:
        return asked
    if name in ("streaming", "forecasting"):  # they pick their own out of the names
        return asked
    apart = {*SIMPLE, *(() if name == "nab" else kernels())}
    return replace(asked, detectors=tuple(one for one in asked.detectors if one not in apart) or ("auto",))
