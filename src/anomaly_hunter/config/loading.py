"""Settings from `hunter.yaml` and the environment.

Later wins: built-in defaults, the YAML file, `HUNTER__SECTION__KEY` variables, the call itself.
`${NAME}` and `${NAME:-default}` inside the file are taken from the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.config.checking import checked
from anomaly_hunter.config.settings import WATCHES, Settings
from anomaly_hunter.errors import ConfigError
from anomaly_hunter.yaml_file import read_file

FILE_NAME: Final = "hunter.yaml"
PREFIX: Final = "HUNTER__"
PHOENIX: Final = "PHOENIX_COLLECTOR_ENDPOINT"


def load_settings(
    path: Path | None = None, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Settings:
    """Settings for a run in ``folder`` (default: where the program was started).

    The file is `hunter.yaml` there or in the nearest folder above: see :func:`settings_file`.
    Without a file and without a `HUNTER__` variable nothing is parsed at all, so that a plain
    run stays fast. `PHOENIX_COLLECTOR_ENDPOINT` is where traces go, unless the settings say where.

    Raises
    ------
    ConfigError
        The file is missing (when asked for by name), is not YAML, or holds an unknown key or a
        value of the wrong kind; the message names file and line, or the variable.
    """
    environment = os.environ if environment is None else environment
    found = path or settings_file(folder)
    if path is not None and not path.is_file():
        raise ConfigError(f"there is no settings file `{path}`", "a YAML file", "check the path")
    variables = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
    phoenix = _phoenix(environment)
    if found is None and not variables and not phoenix:
        return Settings()
    document, places = read_file(found, environment) if found is not None else ({}, {})
    if found is not None:
        _place_paths(document, found.parent)
    for name, text in sorted(variables.items()):
        _set_variable(document, places, name, text)
    section = document.get("tracing") or {}
    if phoenix and isinstance(section, dict) and "endpoint" not in section:
        document["tracing"] = {**section, "endpoint": phoenix}
    return checked(document, places)


def _phoenix(environment: Mapping[str, str]) -> str:
    """Where programs that know Phoenix send traces. Not meant for us alone: "" without the extra `otel`."""
    given = environment.get(PHOENIX, "")
    if not given.startswith(("http://", "https://")):
        return ""
    from importlib.util import find_spec

    try:
        parts = [find_spec(f"opentelemetry.{part}") for part in ("sdk.trace", "exporter.otlp.proto.common")]
    except ModuleNotFoundError:
        return ""
    if None in parts:
        return ""
    return given.rstrip("/").removesuffix("/v1/traces") + "/v1/traces"


def settings_file(folder: Path | None = None) -> Path | None:
    """The `hunter.yaml` of this folder or of the nearest one above it; None where there is none."""
    start = Path(folder or Path.cwd()).absolute()
    return next((file for one in (start, *start.parents) if (file := one / FILE_NAME).is_file()), None)


PLACED: Final = (("remember", "memory"), ("reasoning", "egress_log"))
"""Paths that are taken from the folder of the file, not from where the program starts."""


_FILE_URL: Final = re.compile(r"^((?:sqlite|duckdb):///)([^/].*)$")
"""Of a database in a file, with a path that is not absolute."""


def _place_paths(document: dict[str, Any], folder: Path) -> None:
    for name, key in PLACED:
        section = document.get(name)
        given = section.get(key) if isinstance(section, dict) else None
        if isinstance(section, dict) and isinstance(given, str) and given and "://" not in given:
            section[key] = str(folder / given)
    watches = document.get(WATCHES)
    for watch in watches.values() if isinstance(watches, dict) else ():
        if isinstance(watch, dict):
            _place_watch(watch, folder)


def _place_watch(watch: dict[str, Any], folder: Path) -> None:
    for key in ("files", "events", "graph"):
        given = watch.get(key)
        if isinstance(given, str) and given:
            watch[key] = str(folder / given)
        elif isinstance(given, list):
            watch[key] = [str(folder / one) if isinstance(one, str) else one for one in given]
    sql = watch.get("sql")
    if isinstance(sql, dict) and isinstance(sql.get("url"), str):
        sql["url"] = _FILE_URL.sub(lambda found: f"{found[1]}{folder / found[2]}", sql["url"])


def _set_variable(document: dict[str, Any], places: dict[Any, str], name: str, text: str) -> None:
    """HUNTER__DETECT__SENSITIVITY=2 becomes document["detect"]["sensitivity"] = 2."""
    import yaml

    path = tuple(part.lower() for part in name.removeprefix(PREFIX).split("__"))
    if len(path) != 2 or not all(path):  # a section and a key
        raise ConfigError(f"the variable {name} names no setting", f"{PREFIX}SECTION__KEY", "rename it")
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"the variable {name} is not a YAML value", "2, up, [a, b]", "mend it") from error
    section = document.setdefault(path[0], {})
    if isinstance(section, dict):
        section[path[1]] = given
    places[path] = places[path[:1]] = name
