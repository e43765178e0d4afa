"""Every route of an application, as it can be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from fastapi.routing import iter_route_contexts
from sqlalchemy import Boolean, Float, Integer, LargeBinary, insert, select
from sqlalchemy.types import JSON

from anomaly_hunter.remember import schema
from anomaly_hunter.serve.guard.arriving import SAFE


@dataclass(frozen=True)
class Asked:
    """A method, and an address with an id in each place that wants one."""

    method: str
    path: str
    template: str

    @property
    def safe(self):
        return self.method in SAFE

    @property
    def has_id(self):
        return "{" in self.template


def every_route(app, name="0" * 12):
    """All routes that answer requests, pages and API; `name` stands where they want an id."""
    found = set()
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            found.add(Asked(method, re.sub(r"\{[^}]*\}", name, route.path), route.path))
    return sorted(found, key=lambda one: (one.path, one.method))


def examples(app):
    """What the description of the API gives as a body: {(method, path): body}."""
    found = {}
    described = app.openapi()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            given = described.get("components", {}).get("schemas", {}).get(name, {}).get("examples")
            of_content = [one["value"] for one in content.get("examples", {}).values()]
            if given or of_content:
                found[method.upper(), path] = (of_content or given)[0]
    return found


def wanted(app):
    """What has to stand behind the ? of an address: {(method, path): {name: something}}."""
    return {
        (method.upper(), path): {
            one["name"]: "1"
            for one in operation.get("parameters", ())
            if one["in"] == "query" and one["required"]
        }
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    }


def filled(store, name):
    """One row with this id in every table that has such ids, for the store's organisation."""
    with store.writing() as (connection, owner):
        for table in schema.metadata.sorted_tables:
            columns = table.c
            if "organisation_id" not in columns or "id" not in columns or table.name in ("member", "api_key"):
                continue
            if getattr(columns.id.type, "length", None) != 12 or columns.id.foreign_keys:
                continue
            row = {c.name: _something(c, name) for c in columns if not c.nullable}
            row |= {"organisation_id": owner, "id": name}
            if table.name == "anomaly":
                row |= {"incident_id": name, "series_id": name}
            connection.execute(insert(table).values(row))


def _something(column, name):
    kind = column.type
    if isinstance(kind, schema.Moment):
        return np.datetime64("2026-04-01", "ns")
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, LargeBinary):
        return b""
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer | Float):
        return 1
    return name


def rows_of(store):
    """Everything that the store's organisation has, but its audit log."""
    with store.reading() as (connection, owner):
        return {
            table.name: sorted(
                map(repr, connection.execute(select(table).where(table.c.organisation_id == owner)).all())
            )
            for table in schema.metadata.sorted_tables
            if "organisation_id" in table.c and table.name != "audit"
        }
