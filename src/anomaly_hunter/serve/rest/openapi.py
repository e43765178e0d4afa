"""The description of the API: what FastAPI knows, and what is the same for every operation."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from anomaly_hunter.serve.rest.below import Below
from anomaly_hunter.serve.rest.examples import EXAMPLES
from anomaly_hunter.serve.rest.problem import MEDIA_TYPE

_UNSAFE: Final = ("post", "put", "patch", "delete")
_METHODS: Final = ("get", *_UNSAFE)

_ABOUT: Final = """Incidents, hunts, watches and all that is around them, for programs.

Every error is `application/problem+json` (RFC 9457) and says what came, what was expected and the cure.
Lists come in pages: `{"items": [...], "next": "CURSOR" or null}`; ask on with `?after=CURSOR`.
A request with `Idempotency-Key` can be sent again when its answer was lost: it is done once.
`X-Request-ID` is taken from the request, or made, and sent back.
"""

PROBLEMS: Final = {
    400: "The request cannot be read: no JSON, NaN, half characters, a NUL in the address.",
    401: "Nobody is signed in, or the API key does not hold.",
    403: "Who asks may not do this.",
    404: "There is nothing of this id, or it is another organisation's: nobody can tell which.",
    409: "It does not fit how things stand; or the same request is being answered.",
    413: "The body is too large, too deep, or holds too many values.",
    414: "The address is too long.",
    415: "The body is of another type.",
    422: "It is not as described here, or cannot be done.",
    429: "Too many requests; the header Retry-After says when to come back.",
    500: "The server has a fault; `request_id` finds it in the log.",
    501: "It needs an optional package that is not installed.",
    503: "The store is busy; the header Retry-After says when to come back.",
    507: "The store has no room, or can only be read: nothing was changed.",
}
_ALWAYS: Final = (400, 401, 403, 404, 413, 414, 429, 500, 503)

_PROBLEM: Final = {
    "type": "object",
    "title": "Problem",
    "description": "An error as RFC 9457 says it.",
    "required": ["type", "title", "status", "detail", "instance", "expected", "cure", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The kind of problem, the same words each time."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What came, what was expected, the cure."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "expected": {"type": "string"},
        "cure": {"type": "string"},
        "request_id": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "about:blank", "title": "Not found", "status": 404,
            "detail": "there is no incident '0a1b'; expected an id that the list shows. Cure: check it.",
            "instance": "/api/v1/incidents/0a1b", "expected": "an id that the list shows",
            "cure": "check it", "request_id": "5f1d8c7a2b3e4d60",
        }
    ],
}  # fmt: skip
_KEY: Final = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A word of your own (a UUID): the request is done once, however often it is sent.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}  # fmt: skip
_REQUEST_ID: Final = {"description": "The id of the request.", "schema": {"type": "string"}}


_MAKING: Final = Lock()


class Described(FastAPI):
    """The application, with a whole description of itself and of its operations."""

    def __init__(self, operations: Below, **options: Any) -> None:
        super().__init__(**options)
        self.operations = operations

    def openapi(self) -> dict[str, Any]:
        """OpenAPI 3.1; made when first asked for."""
        with _MAKING:
            if self.openapi_schema is None:
                self.operations.load()
                self.openapi_schema = description(self)
            return self.openapi_schema


def description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of an application, with every error and an example for every record."""
    document = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    for name, example in EXAMPLES.items():
        if name in schemas:
            schemas[name].setdefault("examples", [example])
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: hk_..."}
    }
    document["security"] = [{"key": []}, {}]
    for _, method, operation in operations(document):
        _complete(method, operation)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a description."""
    for path, methods in document.get("paths", {}).items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _complete(method: str, operation: dict[str, Any]) -> None:
    """The errors that any operation of its kind may answer, and the headers of all."""
    statuses = [*_ALWAYS, 422]  # a parameter that no operation knows
    parameters = operation.setdefault("parameters", [])
    if "requestBody" in operation:
        statuses.append(415)
    if method in _UNSAFE:
        statuses += [409, 501, 507]
        parameters.append(_KEY)
    responses = operation["responses"]
    for status in sorted(statuses):
        responses[str(status)] = _problem(status)
    for answer in responses.values():
        if answer["description"] == "Successful Response":
            answer["description"] = operation.get("summary", "Done")
        answer.setdefault("headers", {})["X-Request-ID"] = _REQUEST_ID


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": PROBLEMS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
