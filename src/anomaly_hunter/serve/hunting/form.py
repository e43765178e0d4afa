"""A form with files, of a program or of a page: read, and checked before anything is kept of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from anomaly_hunter.serve.hunting.uploaded import ROLES, check_content, checked_name
from anomaly_hunter.serve.pool.refused import within_the_disk
from anomaly_hunter.serve.rest.body import too_large
from anomaly_hunter.serve.rest.problem import Problem

MOST_FILES: Final = 200
PICKED: Final = "picked"
"""The field of a page whose files are told apart by their names."""
_HEAD: Final = 8
_NAMED: Final = (
    ("graph", re.compile(r"graph|topolog|depend", re.IGNORECASE)),
    ("events", re.compile(r"event|deploy|change", re.IGNORECASE)),
    ("logs", re.compile(r"\.log$", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Form:
    """The files as a job keeps them, their bytes one after the other, and what else was said."""

    files: tuple[Mapping[str, Any], ...]
    content: bytes
    said: Mapping[str, str]


async def read_form(
    request: Request, most: int, fields: Collection[str], roles: Collection[str] = ROLES
) -> Form:
    """The form of a request.

    Parameters
    ----------
    most:
        Bytes of all files together.
    fields:
        Names of the texts that it may hold.
    roles:
        Names of the fields that may hold files.

    Raises
    ------
    Problem
        400, 413, 422: it cannot be read, is too large, or holds what is not described.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise too_large(int(length), most)
    try:
        with within_the_disk():
            async with request.form(max_files=MOST_FILES, max_fields=20, max_part_size=1_000_000) as form:
                return await _read(form, fields, roles, most)
    except MultiPartException as error:
        raise Problem(400, "Not as described", f"the form cannot be read ({error.message})"[:200]) from error


async def _read(form: FormData, fields: Collection[str], roles: Collection[str], most: int) -> Form:
    files: list[dict[str, Any]] = []
    pieces, said = [], {}
    for role, one in form.multi_items():
        if role == PICKED and not (one if isinstance(one, str) else one.filename):
            continue  # nothing was chosen
        if isinstance(one, str) and role in fields:
            said[role] = one
            continue
        if not isinstance(one, UploadFile) or role not in roles:
            raise not_described(f"a field {role[:80]!r}", f"one of {', '.join(roles)}", "mend it")
        content = await one.read()
        name = checked_name(one.filename or "")
        check_content(name, content[:_HEAD])
        whose = role_of(name, [each["role"] for each in files]) if role == PICKED else role
        files.append({"name": name, "role": whose, "bytes": len(content)})
        pieces.append(content)
    if sum(map(len, pieces)) > most:
        raise too_large(sum(map(len, pieces)), most)
    return Form(tuple(files), b"".join(pieces), said)


def role_of(name: str, taken: Collection[str]) -> str:
    """What a file holds, by its name; there is one each of what is no data.

    >>> role_of("shop-events.csv", ()), role_of("shop-events.csv", ("events",)), role_of("cpu.csv", ())
    ('events', 'files', 'files')
    """
    found = next((role for role, pattern in _NAMED if pattern.search(name)), "files")
    return "files" if found in taken else found


def check_files(files: Collection[Mapping[str, Any]]) -> None:
    """Raise a 422 where there is nothing to hunt in, or two of what may be there once."""
    if not any(one["role"] == "files" for one in files):
        raise not_described("no file to hunt in", "one or more in the field `files`", "add one")
    for role in ROLES[1:]:
        if sum(one["role"] == role for one in files) > 1:
            raise not_described(f"several files of {role}", "one", "put them together")
    names = [one["name"] for one in files]
    if len(set(names)) < len(names):
        raise not_described("two files of one name", "a name for each", "rename one")


def not_described(came: str, expected: str, cure: str) -> Problem:
    """The 422 of a form that is not as described."""
    return Problem(422, "Not as described", came, expected, cure)
