"""Which sources, detectors, forecasters, agents, reports and sinks there are: ours and other people's.

Ours are found by file name: `anomaly_hunter/detect/detectors/ecod.py` holds the one public class of
the detector `ecod`. Other people's come from the entry points of installed packages:

    [project.entry-points."anomaly_hunter.detectors"]
    my-detector = "my_package.my_module:MyDetector"

Both are checked in the same way when they are loaded. One that does not load is a
:class:`~anomaly_hunter.errors.PluginError`, never silence. In a name `-` and `_` are the same.
Every forecaster is a detector of series too, under the same name.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.errors import HunterError, MissingExtraError, PluginError, UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from anomaly_hunter.detect.adapters.catalog import Foreign


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where ours live, and the contract: how many arguments building and each method take."""

    package: str
    contract: str
    build: int
    methods: Mapping[str, int]


KINDS: Final[Mapping[str, _Kind]] = {
    "sources": _Kind("read.sources", "read.contract.Source", 2, {"accepts": 1, "read": 0}),
    "detectors": _Kind("detect.detectors", "detect.contract.Detector", 0, {"fit": 1, "score": 1}),
    "forecasters": _Kind(
        "detect.forecasters",
        "detect.forecasting.contract.Forecaster",
        0,
        {"fit": 1, "predict": 1, "score": 1},
    ),
    "agents": _Kind("investigate.agents", "investigate.contract.Agent", 0, {"investigate": 1}),
    "reports": _Kind("tell.reports", "tell.contract.Report", 0, {"render": 1}),
    "sinks": _Kind("tell.sinks", "tell.contract.Sink", 1, {"send": 1}),
}

_TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "detectors": ("series", "channels", "table"),
    "forecasters": ("series",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list.

    ``takes`` is "series", "channels" or "table" for a detector or forecaster, "" for other kinds;
    ``origin`` is "built-in", "scikit-learn", "PyOD" or the name of the package that brings it; ``cure``
    says how to install it where ``installed`` is False.
    """

    name: str
    takes: str
    summary: str
    origin: str
    installed: bool = True
    cure: str = ""


def lookup(kind: str, name: str) -> type[Any]:
    """The class of this name; imports the one module that holds it.

    Parameters
    ----------
    kind:
        "sources", "detectors", "forecasters", "agents", "reports" or "sinks".

    Raises
    ------
    UsageError
        There is none of this name; the message lists similar ones.
    MissingExtraError
        It is known and its package is not installed.
    PluginError
        It does not load, or breaks its contract.

    >>> lookup("detectors", "ecod").__name__
    'Ecod'
    """
    contract = _kind(kind)
    wanted = _plain(name)
    if wanted in _ours(contract.package):
        ours = _load_ours(kind, wanted)
        return _installed(ours) if kind == "forecasters" else ours
    foreign = _foreign(wanted) if kind == "detectors" else None
    if foreign is not None:
        return _adapted(foreign)
    plugins = _plugins(kind)
    if wanted in plugins:
        return _load_plugin(kind, plugins[wanted])
    if kind == "detectors" and wanted in _forecasters():
        return lookup("forecasters", wanted)
    raise _unknown(kind, name)


def detector(name: str, **parameters: Any) -> Any:
    """A detector on its own, by any of its names, with its own parameters.

    >>> import numpy as np
    >>> rows = np.array([[1.0], [2.0], [1.5], [1.2], [1.8], [9.0]])
    >>> int(detector("ecod").fit(rows).score(rows).argmax())
    5
    """
    return lookup("detectors", name)(**parameters)


def each(kind: str, *, plugins_first: bool = False) -> Iterator[type[Any]]:
    """The classes one by one, ours first unless told otherwise; imported when they are asked for."""
    if plugins_first:
        yield from (_load_plugin(kind, entry) for entry in _plugins(kind).values())
    for name in _ours(_kind(kind).package):
        yield _load_ours(kind, name)
    if not plugins_first:
        yield from (_load_plugin(kind, entry) for entry in _plugins(kind).values())


def names(kind: str) -> tuple[str, ...]:
    """All names of a kind, installed or not, sorted.

    >>> "normal-neighbours" in names("detectors"), "isolation_forest" in names("detectors")
    (True, True)
    """
    found = {name.replace("_", "-") for name in _ours(_kind(kind).package)}
    found |= {entry.name for entry in _plugins(kind).values()}
    if kind == "detectors":
        found |= _catalog().keys() | set(names("forecasters"))
    return tuple(sorted(found))


def describe(kind: str) -> tuple[Entry, ...]:
    """Everything of a kind for people to choose from, ours first. Loads ours and the plug-ins."""
    entries = [_entry(_load_ours(kind, name), "built-in") for name in _ours(_kind(kind).package)]
    if kind == "detectors":
        entries += [_foreign_entry(foreign) for foreign in _catalog().values()]
        entries += describe("forecasters")
    for entry in _plugins(kind).values():
        entries.append(_entry(_load_plugin(kind, entry), _package(entry)))
    return tuple(entries)


def check(kind: str, given: Any, where: str) -> type[Any]:
    """``given`` if it keeps the contract of ``kind``, else a PluginError that names ``where``."""
    contract = _kind(kind)
    expected = f"a class that keeps anomaly_hunter.{contract.contract}"
    cure = f"see anomaly_hunter.{contract.contract}"
    if not isinstance(given, type):
        raise PluginError(f"{where} is no class", expected, cure)
    if not isinstance(getattr(given, "name", None), str):
        raise PluginError(f"{where} has no `name`", expected, cure)
    takes = _TAKES.get(kind, ())
    if takes and getattr(given, "takes", None) not in takes:
        raise PluginError(f"{where} has no `takes`", " or ".join(f'takes = "{what}"' for what in takes), cure)
    if not _accepts(given, contract.build):
        raise PluginError(f"{where} cannot be built from {contract.build} arguments", expected, cure)
    for method, arguments in contract.methods.items():
        bound = isinstance(inspect.getattr_static(given, method, None), classmethod | staticmethod)
        if not _accepts(getattr(given, method, None), arguments + (not bound)):
            raise PluginError(f"{where} has no method `{method}` of {arguments} arguments", expected, cure)
    return given


def _accepts(given: Any, arguments: int) -> bool:
    if not callable(given):
        return False
    try:
        inspect.signature(given).bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def _kind(kind: str) -> _Kind:
    if kind not in KINDS:
        raise UsageError(f"there is no kind {kind!r}", f"one of {', '.join(KINDS)}", "use one of these")
    return KINDS[kind]


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_")


# ---------------------------------------------------------------- ours


@lru_cache
def _ours(package: str) -> tuple[str, ...]:
    folder = Path(__file__).parent.joinpath(*package.split("."))
    return tuple(sorted(path.stem for path in folder.glob("[a-z]*.py")))


@lru_cache
def _load_ours(kind: str, name: str) -> type[Any]:
    module = import_module(f"anomaly_hunter.{KINDS[kind].package}.{name}")
    public = [
        member
        for label, member in vars(module).items()
        if isinstance(member, type) and member.__module__ == module.__name__ and not label.startswith("_")
    ]
    found = [member for member in public if _plain(str(getattr(member, "name", ""))) == name]
    if len(found) != 1:
        raise PluginError(
            f"{module.__name__} has {len(found)} public classes named {name!r}",
            "exactly one, with the name of its file",
            "rename the class's `name` or the file",
        )
    return check(kind, found[0], f"{module.__name__}.{found[0].__name__}")


# ---------------------------------------------------------------- scikit-learn and PyOD


def _catalog() -> Mapping[str, Foreign]:
    from anomaly_hunter.detect.adapters.catalog import CATALOG

    return CATALOG


def _foreign(name: str) -> Foreign | None:
    from anomaly_hunter.detect.adapters.catalog import ALIASES

    return _catalog().get(ALIASES.get(name, name))


@lru_cache
def _adapted(foreign: Foreign) -> type[Any]:
    from anomaly_hunter.detect.adapters.adapted import adapter

    return adapter(foreign)


def _foreign_entry(foreign: Foreign) -> Entry:
    summary = foreign.summary
    if foreign.aliases:
        summary += f" (also {', '.join(foreign.aliases)})"
    installed, cure = True, ""
    try:
        _adapted(foreign)
    except MissingExtraError as error:
        installed, cure = False, error.cure
    return Entry(foreign.name, "table", summary, foreign.library, installed, cure)


# ---------------------------------------------------------------- other people's


def _plugins(kind: str) -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # 40 ms, so only when it is not one of ours

    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=f"anomaly_hunter.{kind}"), key=lambda e: (e.name, e.value)):
        name = _plain(entry.name)
        taken = _is_ours(kind, name)
        if taken or (name in found and found[name].value != entry.value):
            other = "ours" if taken else f"that of package {_package(found[name])!r}"
            raise PluginError(
                f"package {_package(entry)!r} brings {kind} {entry.name!r}, a name that is taken by {other}",
                "a name of its own",
                f"rename the entry point, or uninstall {_package(entry)}",
            )
        found[name] = entry
    return found


def _is_ours(kind: str, name: str) -> bool:
    """Whether a plug-in may not take the name: detectors and forecasters share theirs."""
    shared = ("detectors", "forecasters")
    kinds = shared if kind in shared else (kind,)
    found = any(name in _ours(KINDS[each_kind].package) for each_kind in kinds)
    return found or (kind in shared and _foreign(name) is not None)


def _forecasters() -> set[str]:
    return {_plain(name) for name in names("forecasters")}


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.module


def _load_plugin(kind: str, entry: EntryPoint) -> type[Any]:
    where = f"{kind} {entry.name!r} of package {_package(entry)!r} ({entry.value})"
    try:
        given = entry.load()
    except HunterError:
        raise
    except Exception as error:
        raise PluginError(
            f"{where} cannot be imported: {type(error).__name__}: {error}",
            "a module that imports",
            f"repair or uninstall {_package(entry)}",
        ) from error
    return check(kind, given, where)


def _unknown(kind: str, name: str) -> UsageError:
    known = {_plain(known): known for known in names(kind)}
    if kind == "detectors":
        from anomaly_hunter.detect.adapters.catalog import ALIASES

        known |= {alias: alias for alias in ALIASES}
    close = [known[match] for match in difflib.get_close_matches(_plain(name), known, n=4, cutoff=0.5)]
    all_of = "`hunter detectors` lists all" if kind == "detectors" else f"there are {', '.join(names(kind))}"
    return UsageError(
        f"there is no {kind.removesuffix('s')} {name!r}",
        f"a known name, such as {', '.join(close)}" if close else "a known name",
        all_of,
    )


def _entry(given: type[Any], origin: str) -> Entry:
    summary = (inspect.getdoc(given) or "").partition("\n\n")[0].replace("\n", " ")
    summary = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"\1", summary).replace("`", "")
    name, takes = str(given.__dict__.get("name", given.name)), getattr(given, "takes", "")
    if not getattr(given, "packages", ()):
        return Entry(name, takes, summary, origin)
    try:
        _installed(given)
    except MissingExtraError as error:
        return Entry(name, takes, summary, origin, installed=False, cure=error.cure)
    return Entry(name, takes, summary, origin)


def _installed(given: type[Any]) -> type[Any]:
    """``given``, or a MissingExtraError where the packages that a forecaster names are missing."""
    from anomaly_hunter.detect.forecasting.packages import require

    require(given)
    return given
