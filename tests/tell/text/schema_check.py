"""A small check of the part of JSON Schema that our schema uses; an unknown keyword is an error."""

from __future__ import annotations

import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
}
ASIDE = {"$schema", "$id", "$defs", "title", "description"}


def problems(value, schema, root, path="$"):
    """Every place where ``value`` does not keep ``schema``."""
    return [text for key, rule in schema.items() for text in _keyword(key, rule, value, schema, root, path)]


def _keyword(key, rule, value, schema, root, path):
    if key in ASIDE:
        return []
    if key == "$ref":
        return problems(value, root["$defs"][rule.removeprefix("#/$defs/")], root, path)
    if key == "anyOf":
        tried = [problems(value, option, root, path) for option in rule]
        return [] if not all(tried) else [text for found in tried for text in found]
    if key == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        return [] if any(TYPES[kind](value) for kind in kinds) else [f"{path}: {value!r} is not {rule}"]
    if isinstance(value, dict) and key in ("properties", "required", "additionalProperties"):
        return _object(key, rule, value, schema, root, path)
    if isinstance(value, list) and key == "items":
        return [t for i, item in enumerate(value) for t in problems(item, rule, root, f"{path}[{i}]")]
    kept = {
        "const": lambda: value == rule,
        "enum": lambda: value in rule,
        "minimum": lambda: not TYPES["number"](value) or value >= rule,
        "maximum": lambda: not TYPES["number"](value) or value <= rule,
        "pattern": lambda: not isinstance(value, str) or re.search(rule, value),
        "minItems": lambda: not isinstance(value, list) or len(value) >= rule,
        "maxItems": lambda: not isinstance(value, list) or len(value) <= rule,
        **dict.fromkeys(("properties", "required", "additionalProperties", "items"), lambda: True),
    }
    return [] if kept[key]() else [f"{path}: {value!r} breaks {key} {rule!r}"]


def _object(key, rule, value, schema, root, path):
    if key == "required":
        return [f"{path}: {name} is missing" for name in rule if name not in value]
    if key == "properties":
        return [
            t
            for name in rule
            if name in value
            for t in problems(value[name], rule[name], root, f"{path}.{name}")
        ]
    more = [name for name in value if name not in schema.get("properties", {})]
    if rule is False:
        return [f"{path}: {name} is not in the schema" for name in more]
    return [t for name in more for t in problems(value[name], rule, root, f"{path}.{name}")]
