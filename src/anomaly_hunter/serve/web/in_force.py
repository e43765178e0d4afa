"""The settings that are in force, each with where it comes from and what it means; nothing secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anomaly_hunter.config import (
    FILE_NAME,
    PREFIX,
    SECTIONS,
    Settings,
    as_mapping,
    described,
    load_settings,
    settings_file,
)
from anomaly_hunter.errors import HunterError
from anomaly_hunter.serve.documents.masking import shown


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; ``origin`` is "built in", the file, the variable, or "command line"."""

    name: str
    value: str
    origin: str
    means: str


@dataclass(frozen=True, slots=True)
class Section:
    """The settings of one room."""

    name: str
    means: str
    settings: tuple[Setting, ...]

    @property
    def changed(self) -> int:
        """How many are not as built in."""
        return sum(one.origin != "built in" for one in self.settings)


def in_force(settings: Settings) -> tuple[Section, ...]:
    """All sections of the settings, in their order."""
    sources = [("built in", as_mapping(Settings())), *_loaded()]
    real, masked, sections = as_mapping(settings), shown(settings), described(Settings)
    return tuple(
        Section(
            name,
            sections.get(name, ""),
            tuple(
                Setting(key, _text(value), _origin(sources, name, key, real), described(cls).get(key, ""))
                for key, value in masked[name].items()
            ),
        )
        for name, cls in SECTIONS.items()
    )


def _loaded() -> list[tuple[str, Mapping[str, Any]]]:
    """What the file alone says, and the file with the environment; nothing where they cannot be read now."""
    found = settings_file()
    try:
        from_file = load_settings(environment={}) if found is not None else Settings()
        with_variables = load_settings()
    except HunterError:
        return []
    return [(str(found or FILE_NAME), as_mapping(from_file)), (PREFIX, as_mapping(with_variables))]


def _origin(sources: list[tuple[str, Mapping[str, Any]]], section: str, key: str, real: Any) -> str:
    value = real[section][key]
    for name, mapping in sources:
        if mapping[section][key] == value:
            return f"{PREFIX}{section}__{key}".upper() if name == PREFIX else name
    return "command line"


def _text(value: Any) -> str:
    """A value on one line.

    >>> _text(()), _text(True), _text({"a": 1, "b": None}), _text(2000000)
    ('–', 'yes', '{"a": 1}', '2,000,000')
    """
    if isinstance(value, dict):
        value = {key: one for key, one in value.items() if one is not None}
    if value is None or value == "" or (isinstance(value, dict | list | tuple) and not _said(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else str(value)


def _said(value: dict[str, Any] | list[Any] | tuple[Any, ...]) -> bool:
    return any(one is not None for one in (value.values() if isinstance(value, dict) else value))
