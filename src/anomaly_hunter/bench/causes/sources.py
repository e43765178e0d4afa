"""Which sets there are, and which of them a folder holds."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final, cast

from anomaly_hunter.bench.causes.labelled import Source

SOURCES: Final = ("petshop", "nezha", "rootcausebench")
"""Modules of this folder."""


def sources_in(folder: Path) -> dict[str, Source]:
    """The sets that are in ``FOLDER/causes``, by name."""
    if not (folder / "causes").is_dir():
        return {}
    loaded = {name: cast(Source, import_module(f"anomaly_hunter.bench.causes.{name}")) for name in SOURCES}
    return {name: source for name, source in loaded.items() if source.has(folder)}
