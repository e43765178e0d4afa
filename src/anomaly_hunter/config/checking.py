"""What is written in a settings file becomes settings, or is refused with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from anomaly_hunter.config.overriding import near
from anomaly_hunter.config.settings import SECTIONS, WATCHES, Settings
from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.watch.options import WatchOptions


def checked(document: dict[str, Any], places: Mapping[Any, str]) -> Settings:
    """The document as Settings; types are checked by pydantic, ranges by the records."""
    _check_keys(document, places)
    sections = {}
    for name, cls in SECTIONS.items():
        given = document.get(name) or {}
        sections[name] = _section((name,), cls, given, places)
    watches = document.get(WATCHES) or {}
    return Settings(
        **sections, watches={str(name): watch_of(str(name), given, places) for name, given in watches.items()}
    )


def _check_keys(document: Mapping[str, Any], places: Mapping[Any, str]) -> None:
    for section, given in document.items():
        if section not in SECTIONS and section != WATCHES:
            raise _unknown((section,), [*SECTIONS, WATCHES], places)
        _check_indented((section,), given, places)
        if section in SECTIONS:
            _check_record((section,), given or {}, SECTIONS[section], places)


def _check_indented(path: tuple[str, ...], given: Any, places: Mapping[Any, str]) -> None:
    name = ".".join(path)
    if given is not None and not isinstance(given, dict):
        raise ConfigError(
            f"`{places.get(path, name)}`: {name} is {given!r}",
            "keys below it",
            "indent its settings under it",
        )


def _check_record(
    path: tuple[str, ...], given: Mapping[str, Any], cls: type, places: Mapping[Any, str]
) -> None:
    known = [f.name for f in fields(cls)]
    for key, inner in given.items():
        if key not in known:
            raise _unknown((*path, str(key)), known, places)
        _check_inner((*path, key), inner, get_type_hints(cls)[key], places)


def watch_of(name: str, given: Any, places: Mapping[Any, str] | None = None) -> WatchOptions:
    """The watch of plain values: of the settings file, of JSON, or as the store kept it.

    Raises
    ------
    ConfigError
        A key is unknown or a value of the wrong kind; it looks at nothing, or at two things.
    """
    path, places = (WATCHES, name), places or {}
    place = places.get(path, ".".join(path))
    if not isinstance(given, dict):
        raise ConfigError(f"`{place}`: {name} is {given!r}", "keys below it", "say what it looks at")
    _check_record(path, given, WatchOptions, places)
    found: WatchOptions = _section(path, WatchOptions, given, places)
    for key in ("read", "detect"):
        inner = getattr(found, key)
        _check_record((*path, key), inner, SECTIONS[key], places)
        _section((*path, key), SECTIONS[key], inner, places)
    try:
        return found.check()
    except UsageError as error:
        raise ConfigError(f"`{place}`: {name}: {error.came}", error.expected, error.cure) from error


def _check_inner(path: tuple[str, ...], given: Any, hint: Any, places: Mapping[Any, str]) -> None:
    """Unknown keys below a setting that is a record, or names with a record each."""
    hint = _record_in(hint)
    if get_origin(hint) is Mapping and isinstance(given, dict):
        for key, inner in given.items():
            _check_inner((*path, str(key)), inner, get_args(hint)[1], places)
    elif isinstance(hint, type) and is_dataclass(hint) and isinstance(given, dict):
        _check_record(path, given, hint, places)


def _record_in(hint: Any) -> Any:
    """Of "a record or None" the record."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return next((one for one in get_args(hint) if is_dataclass(one)), hint)


def _section(path: tuple[str, ...], cls: type, given: Mapping[str, Any], places: Mapping[Any, str]) -> Any:
    hints = get_type_hints(cls)
    values = {key: _value((*path, key), hints[key], value, places) for key, value in given.items()}
    try:
        return cls(**values)
    except UsageError as error:
        key = _meant(cls, values, error)
        place = places.get((*path, key), places.get(path, ".".join(path)))
        raise ConfigError(f"`{place}`: {error.came}", error.expected, error.cure) from error


def _value(path: tuple[str, ...], hint: Any, given: Any, places: Mapping[Any, str]) -> Any:
    """One value as its record takes it."""
    from pydantic import TypeAdapter, ValidationError

    alone = "..." in str(hint) and isinstance(given, str)  # one name for a list of names
    try:
        return TypeAdapter(hint).validate_python([given] if alone else given)
    except ValidationError as error:
        first = error.errors()[0]
        within = tuple(first["loc"]) if is_dataclass(_record_in(hint)) else ()
        where = (*path, *within)
        place = places.get(where, places.get(path, ".".join(path[:-1])))
        came = first["input"] if within else given
        raise ConfigError(
            f"`{place}`: {'.'.join(map(str, where))} is {came!r}",
            _lower_first(first["msg"]),
            f"change {path[-1]}",
        ) from error
    except UsageError as error:  # a record below this one
        place = places.get(path, ".".join(path[:-1]))
        raise ConfigError(f"`{place}`: {error.came}", error.expected, error.cure) from error


def _meant(cls: type, values: Mapping[str, Any], error: UsageError) -> str:
    """Which of the values an error is about: the one that brings it about alone, else one that it names."""
    for key, value in values.items():
        try:
            cls(**{key: value})
        except UsageError as alone:
            if alone.came == error.came:
                return key
    return next((key for key in values if key in error.came.split()), "")


def _unknown(path: tuple[str, ...], known: Iterable[str], places: Mapping[Any, str]) -> ConfigError:
    return ConfigError(
        f"`{places.get(path, '.'.join(path))}`: unknown key {'.'.join(path)!r}",
        f"one of {', '.join(sorted(known))}",
        near(path[-1], known),
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:].removesuffix(".")
