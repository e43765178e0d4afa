"""A settings file as plain values, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.errors import ConfigError

if TYPE_CHECKING:
    import yaml

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_SECRETS: Final = (("sql", "url"), ("prometheus", "url"), ("prometheus", "token"))


def read_file(path: Path, environment: Mapping[str, str]) -> tuple[dict[str, Any], dict[Any, str]]:
    """The document, and for every key path where it stands (`hunter.yaml:3`).

    Raises
    ------
    ConfigError
        It cannot be read, is not YAML or no mapping, or uses a variable that is not set.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ConfigError(f"`{path}` uses a YAML alias", "plain values", "write the value out")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            return {}, {}
        if not isinstance(root, yaml.MappingNode):
            raise ConfigError(f"`{path}` is not a mapping", "sections such as `detect:`", "see the docs")
        places: dict[Any, str] = {}
        return dict(_plain(root, (), path.name, environment, places)), places
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"`{path}` cannot be read: {error}", "a YAML file in UTF-8", "check it") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"`{path}:{line}` is not YAML: {error.problem}", "valid YAML", "mend that line"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"`{path}` is not YAML: {error}", "valid YAML", "mend the file") from error
    except RecursionError as error:
        raise ConfigError(f"`{path}` is nested too deeply", "sections of keys", "mend the file") from error


def _plain(
    node: yaml.Node, where: tuple[Any, ...], name: str, environment: Mapping[str, str], places: dict[Any, str]
) -> Any:
    import yaml

    place = places[where] = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, child in node.value:
            key = key_node.value
            if key in result:
                raise ConfigError(f"`{place}`: the key {key!r} stands twice", "each key once", "remove one")
            result[key] = _plain(child, (*where, key), name, environment, places)
            places[*where, key] = f"{name}:{key_node.start_mark.line + 1}"
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*where, i), name, environment, places) for i, child in enumerate(node.value)]
    if "${" in node.value and not _is_secret(where):
        return _substituted(node.value, place, environment)
    try:
        return yaml.SafeLoader("").construct_object(node)
    except ValueError as error:  # a 99th of May, a number of thousands of digits
        raise ConfigError(
            f"`{place}` holds {node.value[:40]!r}, which is no value", "a value", "mend it"
        ) from error


def _is_secret(where: tuple[Any, ...]) -> bool:
    """Addresses and tokens of watches stay as they are written: they are filled in when they are used."""
    return len(where) == 4 and where[0] == "watches" and where[2:] in _SECRETS


def filled_in(text: str, environment: Mapping[str, str]) -> str:
    """A text with its ``${NAME}`` and ``${NAME:-default}``.

    Raises
    ------
    ConfigError
        A variable is not set.

    >>> filled_in("postgresql://me:${PASSWORD}@db/shop", {"PASSWORD": "p"})
    'postgresql://me:p@db/shop'
    """
    return _substituted(text, text, environment)


def _substituted(text: str, place: str, environment: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        name, default = match.groups()
        if name in environment:
            return environment[name]
        if default is None:
            raise ConfigError(
                f"`{place}` uses ${{{name}}}, which is not set",
                "a variable of that name",
                f"export {name}, or write ${{{name}:-default}}",
            )
        return str(default)

    return _VARIABLE.sub(value_of, text)
