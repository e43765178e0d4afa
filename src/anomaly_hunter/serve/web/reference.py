"""The description of the API as the page /docs shows it: by resource, with an example of everything."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from anomaly_hunter.serve.rest.openapi import operations

_DEEPEST: Final = 12
_BY_TYPE: Final[Mapping[str, Any]] = {
    "integer": 1, "number": 0.5, "boolean": True, "null": None, "string": "text", "object": {}
}  # fmt: skip
_BY_FORMAT: Final = {"date-time": "2026-03-01T12:00:00Z", "binary": "@metrics.csv"}
_ID: Final = "0a1b2c3d4e5f"
Schemas = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: where it stands (path, query, header), of which kind, and what it means."""

    name: str
    place: str
    kind: str
    needed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``example`` is JSON text, or "" where there is no body."""

    status: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; texts hold pieces, every second of which is code."""

    id: str
    method: str
    path: str
    title: str
    text: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: str
    answers: tuple[Answer, ...]
    refusals: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations of a resource."""

    name: str
    operations: tuple[Operation, ...]


def resources(document: Mapping[str, Any], origin: str) -> tuple[Resource, ...]:
    """All operations of a description, by resource in order of their names."""
    schemas = document.get("components", {}).get("schemas", {})
    found: dict[str, list[Operation]] = {}
    for path, method, operation in operations(dict(document)):
        name = (operation.get("tags") or ["other"])[0]
        found.setdefault(name, []).append(_operation(path, method, operation, schemas, origin))
    return tuple(Resource(name, tuple(found[name])) for name in sorted(found))


def pieces(text: str) -> tuple[str, ...]:
    """Plain text and code in turns.

    >>> pieces("ask with `?after=` again")
    ('ask with ', '?after=', ' again')
    """
    return tuple(text.split("`"))


def sample(schema: Mapping[str, Any], schemas: Schemas, deep: int = 0) -> Any:
    """A value that a schema describes: its own example, or one put together.

    >>> sample({"type": "array", "items": {"$ref": "#/components/schemas/A"}}, {"A": {"examples": [3]}})
    [3]
    """
    if "$ref" in schema:
        return sample(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas, deep + 1)
    for word in ("examples", "enum"):
        if isinstance(schema.get(word), list) and schema[word]:
            return schema[word][0]
    for word in ("example", "const", "default"):
        if word in schema:
            return schema[word]
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return sample(next((one for one in several if one.get("type") != "null"), several[0]), schemas, deep)
    return None if deep > _DEEPEST else _made(schema, schemas, deep)


def _made(schema: Mapping[str, Any], schemas: Schemas, deep: int) -> Any:
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [sample(schema.get("items", {}), schemas, deep + 1)]
    if kind == "object" and "properties" in schema:
        return {name: sample(one, schemas, deep + 1) for name, one in schema["properties"].items()}
    if kind == "integer" and "minimum" in schema:
        return schema["minimum"]
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(kind))


def _operation(
    path: str, method: str, operation: Mapping[str, Any], schemas: Schemas, origin: str
) -> Operation:
    answers = [_answer(status, one, schemas) for status, one in operation["responses"].items()]
    kind, body = _body(operation, schemas)
    return Operation(
        id=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        title=operation.get("summary", ""),
        text=pieces(operation.get("description", "")),
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        body=body,
        answers=tuple(one for one in answers if one.status < "4"),
        refusals=tuple(one for one in answers if one.status >= "4"),
        curl=_curl(origin + _address(path, operation, schemas), method, kind, body),
    )


def _parameter(given: Mapping[str, Any]) -> Parameter:
    schema = given.get("schema", {})
    return Parameter(
        given["name"], given["in"], _kind(schema), bool(given.get("required")), given.get("description", "")
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """What may stand there, in a few words."""
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(one) for one in several if one.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"several: {_kind(schema.get('items', {}))}"
    kind = str(schema.get("format") or schema.get("type", "any"))
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{kind}, {low} to {high}" if low is not None and high is not None else kind


def _body(operation: Mapping[str, Any], schemas: Schemas) -> tuple[str, str]:
    """The type of the body and an example of it; a form is shown by its fields."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return "", ""
    kind = "application/json" if "application/json" in content else next(iter(content))
    media = content[kind]
    named = next(iter(media.get("examples", {}).values()), None)
    value = named["value"] if named else sample(media.get("schema", {}), schemas)
    return kind, _text(value)


def _answer(status: str, given: Mapping[str, Any], schemas: Schemas) -> Answer:
    content = next(iter(given.get("content", {}).values()), None)
    if content is None or int(status[:1] or 0) >= 4:
        return Answer(status, given.get("description", ""))
    example = content.get("example")
    found = example if example is not None else sample(content.get("schema", {}), schemas)
    return Answer(status, given.get("description", ""), found if isinstance(found, str) else _text(found))


def _address(path: str, operation: Mapping[str, Any], schemas: Schemas) -> str:
    """The path with everything that is needed in it."""
    query = {}
    for one in operation.get("parameters", ()):
        value = str(sample(one.get("schema", {}), schemas))
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", value if value.isdigit() else _ID)
        elif one["in"] == "query" and one.get("required"):
            query[one["name"]] = value
    return f"{path}?{urlencode(query, safe=':')}" if query else path


def _curl(address: str, method: str, kind: str, body: str) -> str:
    parts = ["curl", "--fail-with-body"]
    if method != "get":
        parts += ["-X", method.upper()]
    lines = [shlex.join([*parts, address])]
    if kind == "application/json":
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(json.loads(body)))}"]
    elif kind:
        lines.append("-F files=@metrics.csv")
    return " \\\n  ".join(lines)


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
