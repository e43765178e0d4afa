"""Single settings replaced by their own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from anomaly_hunter.config.settings import SECTIONS, Settings
from anomaly_hunter.errors import UsageError


def override(settings: Settings, **options: Any) -> Settings:
    """``settings`` with single options replaced by their own names (they are unique).

    >>> override(Settings(), sensitivity=2.0).detect.sensitivity
    2.0
    """
    if not isinstance(settings, Settings):
        raise UsageError(f"settings came as a {type(settings).__name__}", "Settings", "see load_settings()")
    if not options:
        return settings
    owner = {f.name: section for section, cls in SECTIONS.items() for f in fields(cls)}
    changes: dict[str, dict[str, Any]] = {}
    for name, given in options.items():
        if name not in owner:
            raise UsageError(
                f"unknown option {name!r}", f"one of {', '.join(sorted(owner))}", near(name, owner)
            )
        plural = isinstance(getattr(getattr(settings, owner[name]), name), tuple) and isinstance(given, str)
        value = (given,) if plural else tuple(given) if isinstance(given, list) else given
        hint = get_type_hints(SECTIONS[owner[name]])[name]
        if not _fits(value, hint):
            raise UsageError(f"{name} is {given!r}", _in_words(hint), f"change {name}")
        changes.setdefault(owner[name], {})[name] = value
    sections = {section: replace(getattr(settings, section), **values) for section, values in changes.items()}
    return replace(settings, **sections)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type; which words a Literal allows is left to the options themselves."""
    inner = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if get_origin(hint) is Literal:
        return isinstance(value, str)
    if get_origin(hint) is tuple:
        kinds = inner[:1] * len(value) if isinstance(value, tuple) and inner[-1] is Ellipsis else inner
        return isinstance(value, tuple) and len(value) == len(kinds) and all(map(_fits, value, kinds))
    if get_origin(hint) is Mapping:
        return isinstance(value, Mapping) and all(
            isinstance(key, str) and _fits(one, inner[1]) for key, one in value.items()
        )
    if hint in (int, float):
        number = Integral if hint is int else Real
        return isinstance(value, number) and not isinstance(value, bool)
    return isinstance(value, hint)


def _in_words(hint: Any) -> str:
    """A type for a message.

    >>> _in_words(float | None), _in_words(tuple[str, ...])
    ('a number or None', 'a list of text')
    """
    inner = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(map(_in_words, inner))
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, inner))
    if get_origin(hint) is tuple:
        several = inner[-1] is Ellipsis
        return f"a list of {_in_words(inner[0])}" if several else f"({', '.join(map(_in_words, inner))})"
    if get_origin(hint) is Mapping:
        return f"names with {_in_words(inner[1])} each"
    known = {str: "text", int: "a whole number", float: "a number", bool: "True or False", NoneType: "None"}
    return known.get(hint, getattr(hint, "__name__", str(hint)))


def near(name: str, known: Iterable[str]) -> str:
    """The cure for a name that nobody knows."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else "remove it"
