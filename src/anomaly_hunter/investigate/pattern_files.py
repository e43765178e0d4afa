"""The catalogue of failure patterns: ours, and the files of users, who may replace ours.

Ours are written one YAML file each under ``catalogue/`` and shipped compiled to one JSON file as
well: reading that takes a millisecond, while YAML would have to be imported and parsed at every
start. YAML is read only where a user has patterns of his own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.investigate.pattern_schema import pattern_from
from anomaly_hunter.investigate.patterns import Catalogue, Pattern

FOLDER: Final = Path(__file__).parent / "catalogue"
COMPILED: Final = FOLDER / "catalogue.json"
_ENDINGS: Final = (".yaml", ".yml")
_LARGEST: Final = 1_000_000


@lru_cache(maxsize=1)
def built_in() -> Catalogue:
    """The patterns that ship with the package, by id."""
    documents = json.loads(COMPILED.read_text(encoding="utf-8"))
    return tuple(pattern_from(document, COMPILED.name) for document in documents)


def catalogue(paths: Sequence[str] = ()) -> Catalogue:
    """Ours and those in ``paths`` (files or folders); of one id the one that was named last.

    Raises
    ------
    ConfigError
        A path is missing or a file is not a valid pattern; or two files of one path share an id.

    >>> [pattern.name for pattern in catalogue() if pattern.id == "memory-leak"]
    ['memory leak']
    """
    found = {pattern.id: pattern for pattern in built_in()}
    for path in paths:
        found |= {pattern.id: pattern for pattern in read_patterns(Path(path))}
    return tuple(found.values()) if paths else built_in()


def read_patterns(path: Path) -> tuple[Pattern, ...]:
    """The patterns of a YAML file (one document each), or of all YAML files of a folder."""
    owner: dict[str, Path] = {}
    found = []
    for file in _files(path):
        for document in documents_of(file):
            pattern = pattern_from(document, str(file))
            if pattern.id in owner:
                raise ConfigError(
                    f"`{file}`: the id {pattern.id!r} stands in `{owner[pattern.id]}` already",
                    "an id for each pattern",
                    "rename one of them",
                )
            owner[pattern.id] = file
            found.append(pattern)
    return tuple(found)


def named(patterns: Catalogue, name: str) -> Pattern:
    """The pattern of this id; UsageError with the nearest id when there is none."""
    by_id = {pattern.id: pattern for pattern in patterns}
    if name not in by_id:
        import difflib

        close = difflib.get_close_matches(name, by_id, n=1)
        cure = f"did you mean {close[0]!r}?" if close else "`hunter patterns` lists them"
        raise UsageError(f"there is no pattern {name!r}", f"one of {len(by_id)} ids", cure)
    return by_id[name]


def compiled() -> str:
    """What ``catalogue.json`` must hold: the YAML files beside it, by name."""
    documents = [document for file in sorted(FOLDER.glob("*.yaml")) for document in documents_of(file)]
    return json.dumps(documents, indent=1, ensure_ascii=False) + "\n"


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS and file.is_file())
        if files:
            return files
        raise ConfigError(
            f"the folder `{path}` has no patterns", "files NAME.yaml", "add one, or drop the folder"
        )
    if not path.is_file():
        raise ConfigError(
            f"there are no patterns `{path}`", "a YAML file or a folder of them", "check the path"
        )
    return [path]


def documents_of(file: Path) -> Iterator[Any]:
    """The YAML documents of a file; empty ones are left out, a file without any is an error."""
    import yaml

    try:
        if file.stat().st_size > _LARGEST:
            raise ConfigError(f"`{file}` is larger than 1 MB", "a file of patterns", "split it")
        text = file.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ConfigError(f"`{file}` uses a YAML alias", "plain values", "write the value out")
        documents = [one for one in yaml.load_all(text, Loader=_strict_loader()) if one is not None]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"`{file}:{line}` is not YAML: {error.problem}", "valid YAML", "mend that line"
        ) from error
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"`{file}` cannot be read: {error}", "a YAML file in UTF-8", "check it") from error
    if not documents:
        raise ConfigError(f"`{file}` is empty", "a pattern", "see docs/patterns.md for an example")
    yield from documents


def _strict_loader() -> Any:
    """The safe loader, which also refuses a key that stands twice."""
    import yaml

    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [key.value for key, _ in node.value]
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {twice!r} stands twice", node.start_mark
                )
            return dict(super().construct_mapping(node, deep))

    return Strict
