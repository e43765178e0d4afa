"""What every setting is for: JSON Schema for editors, a table for the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from anomaly_hunter.config.loading import FILE_NAME
from anomaly_hunter.config.settings import SECTIONS, Settings, as_mapping
from anomaly_hunter.investigate.reasoning.options import BUILT_IN, AgentsOptions, Price, RoleOptions
from anomaly_hunter.watch.options import PrometheusOptions, SqlOptions, WatchOptions


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `hunter.yaml`, for editors and for the docs."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(Settings).json_schema()
    records = (*SECTIONS.values(), RoleOptions, Price, WatchOptions, SqlOptions, PrometheusOptions)
    for name, cls in {"Settings": Settings, **{c.__name__: c for c in records}}.items():
        part = schema if name == "Settings" else schema["$defs"][name]
        part["additionalProperties"] = False
        part["description"] = (cls.__doc__ or "").split("\n")[0]
        for key, text in described(cls).items():
            part["properties"][key]["description"] = text
    schema["title"] = FILE_NAME
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def described(cls: type) -> dict[str, str]:
    """What the docstring of an options class says of each attribute.

    >>> described(SECTIONS["tell"])["sinks"]
    'Where every incident is sent, each as NAME:TARGET ("file:incidents.jsonl").'
    """
    texts: dict[str, list[str]] = {}
    names: list[str] = []
    for line in (cls.__doc__ or "").partition("Attributes")[2].splitlines():
        if re.fullmatch(r"    [a-z_, ]+:", line):
            names = [name.strip() for name in line.strip().rstrip(":").split(",")]
        elif line.startswith("        "):
            for name in names:
                texts.setdefault(name, []).append(line.strip())
    return {name: " ".join(lines) for name, lines in texts.items()}


def settings_table() -> Iterator[tuple[str, str, str]]:
    """(section.key, default, what it does) for every setting, for the docs and `config show`."""
    for section, cls in SECTIONS.items():
        texts = described(cls)
        defaults = cls()
        for f in fields(cls):
            if cls is not AgentsOptions:
                yield f"{section}.{f.name}", str(as_mapping(getattr(defaults, f.name))), texts[f.name]
    roles = described(RoleOptions)
    for f in fields(RoleOptions):
        yield f"agents.ROLE.{f.name}", str(getattr(BUILT_IN, f.name)), roles[f.name]
    for prefix, cls in (("", WatchOptions), ("sql.", SqlOptions), ("prometheus.", PrometheusOptions)):
        texts = described(cls)
        for f in fields(cls):
            default = {} if f.default is MISSING else f.default
            yield f"watches.NAME.{prefix}{f.name}", str(as_mapping(default)), texts[f.name]
