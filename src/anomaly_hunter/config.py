"""Settings from `hunter.yaml` and the environment; the only reader of both.

Later wins: built-in defaults, the YAML file, `HUNTER__SECTION__KEY` variables, the call itself.
`${NAME}` and `${NAME:-default}` inside the file are taken from the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.errors import ConfigError, UsageError
from anomaly_hunter.investigate.options import InvestigateOptions
from anomaly_hunter.investigate.reasoning.options import (
    BUILT_IN,
    AgentsOptions,
    Price,
    ReasoningOptions,
    RoleOptions,
)
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.tell.options import TellOptions
from anomaly_hunter.tracing.options import TracingOptions
from anomaly_hunter.watch.options import PrometheusOptions, SqlOptions, WatchOptions
from anomaly_hunter.yaml_file import read_file

FILE_NAME: Final = "hunter.yaml"
PREFIX: Final = "HUNTER__"
PHOENIX: Final = "PHOENIX_COLLECTOR_ENDPOINT"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one section per room.

    Attributes
    ----------
    read:
        How data are read.
    detect:
        What counts as strange.
    investigate:
        Who investigates.
    tell:
        Where results go.
    remember:
        Whether hunts are remembered, and where.
    agents:
        Which language model plays which role.
    reasoning:
        How much language models may do, see and cost.
    tracing:
        Where spans and counters are sent.
    serve:
        Where the server listens, who may come in, how much one may ask for.
    watches:
        What is looked at again and again, by name.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    detect: DetectOptions = field(default_factory=DetectOptions)
    investigate: InvestigateOptions = field(default_factory=InvestigateOptions)
    tell: TellOptions = field(default_factory=TellOptions)
    remember: RememberOptions = field(default_factory=RememberOptions)
    agents: AgentsOptions = field(default_factory=AgentsOptions)
    reasoning: ReasoningOptions = field(default_factory=ReasoningOptions)
    tracing: TracingOptions = field(default_factory=TracingOptions)
    serve: ServeOptions = field(default_factory=ServeOptions)
    watches: Mapping[str, WatchOptions] = field(default_factory=dict)


SECTIONS: Final[Mapping[str, type]] = {
    "read": ReadOptions,
    "detect": DetectOptions,
    "investigate": InvestigateOptions,
    "tell": TellOptions,
    "remember": RememberOptions,
    "agents": AgentsOptions,
    "reasoning": ReasoningOptions,
    "tracing": TracingOptions,
    "serve": ServeOptions,
}
WATCHES: Final = "watches"
"""The section whose keys are names that people choose, each a record."""


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
    return _checked(document, places)


KEYS: Final = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY",
    "OLLAMA_BASE_URL", "STACKAI_API_KEY",
)  # fmt: skip
"""Variables that hold what language models are reached with."""


def credentials(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What language models are reached with, by the name of the variable; only those that are set.

    >>> credentials(Settings(), {"OPENAI_API_KEY": "sk-1", "HOME": "/root"})
    {'OPENAI_API_KEY': 'sk-1'}
    """
    environment = os.environ if environment is None else environment
    own = (getattr(settings.agents, f.name).key for f in fields(settings.agents))
    return {name: environment[name] for name in (*KEYS, *filter(None, own)) if environment.get(name)}


OIDC_SECRET: Final = "HUNTER_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of the variable
"""Variable with what proves to the issuer of `serve.oidc_issuer` that it is this server."""


def oidc_client_secret(environment: Mapping[str, str] | None = None) -> str:
    """The secret of :data:`OIDC_SECRET`; no setting, so that no file holds it and no page shows it."""
    environment = os.environ if environment is None else environment
    return environment.get(OIDC_SECRET, "")


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


def override(settings: Settings, **options: Any) -> Settings:
    """``settings`` with single options replaced by their own names (they are unique).

    >>> override(Settings(), sensitivity=2.0).detect.sensitivity
    2.0
    """
    if not isinstance(settings, Settings):
        raise UsageError(f"settings came as a {type(settings).__name__}", "Settings", "see load_settings()")
    owner = {f.name: section for section, cls in SECTIONS.items() for f in fields(cls)}
    changes: dict[str, dict[str, Any]] = {}
    for name, given in options.items():
        if name not in owner:
            raise UsageError(
                f"unknown option {name!r}", f"one of {', '.join(sorted(owner))}", _near(name, owner)
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

    >>> described(TellOptions)["sinks"]
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


def as_mapping(settings: Any) -> Any:
    """Settings as plain dicts and lists, for printing.

    >>> as_mapping(Settings())["investigate"]["most_incidents"]
    20
    """
    if is_dataclass(settings):
        return {f.name: as_mapping(getattr(settings, f.name)) for f in fields(settings)}
    if isinstance(settings, Mapping):
        return {key: as_mapping(value) for key, value in settings.items()}
    return list(settings) if isinstance(settings, tuple) else settings


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


# ------------------------------------------------------------------ checking


def _checked(document: dict[str, Any], places: Mapping[Any, str]) -> Settings:
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
    from pydantic import TypeAdapter, ValidationError

    hints = get_type_hints(cls)
    values = {}
    for key, value in given.items():
        place = places.get((*path, key), ".".join(path))
        alone = "..." in str(hints[key]) and isinstance(value, str)  # one name for a list of names
        try:
            values[key] = TypeAdapter(hints[key]).validate_python([value] if alone else value)
        except ValidationError as error:
            first = error.errors()[0]
            within = tuple(first["loc"]) if is_dataclass(_record_in(hints[key])) else ()
            where = ".".join(map(str, (*path, key, *within)))
            place = places.get((*path, key, *within), place)
            came = first["input"] if within else value
            raise ConfigError(
                f"`{place}`: {where} is {came!r}", _lower_first(first["msg"]), f"change {key}"
            ) from error
        except UsageError as error:  # a record below this one
            raise ConfigError(f"`{place}`: {error.came}", error.expected, error.cure) from error
        try:
            cls(**{key: values[key]})
        except UsageError as error:
            raise ConfigError(f"`{place}`: {error.came}", error.expected, error.cure) from error
    return cls(**values)


def _unknown(path: tuple[str, ...], known: Iterable[str], places: Mapping[Any, str]) -> ConfigError:
    return ConfigError(
        f"`{places.get(path, '.'.join(path))}`: unknown key {'.'.join(path)!r}",
        f"one of {', '.join(sorted(known))}",
        _near(path[-1], known),
    )


def _near(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else "remove it"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:].removesuffix(".")


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
