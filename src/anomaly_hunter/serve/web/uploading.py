"""What the form of "Upload and hunt" asks for where no script sends it: files, numbers or an example."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from anomaly_hunter.serve.hunting.form import Form, check_files, not_described

FIELDS: Final = ("csrf_token", "pasted", "time", "tz", "sensitivity", "sample")
_BETWEEN: Final = re.compile(r"[\s,;]+")
_COLUMNS: Final = re.compile(r"[,;].*[,;]|[^\s\d.,;eE+-]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is begun with."""

    request: Mapping[str, Any]
    content: bytes


def asked(form: Form, example: Callable[[str], list[tuple[str, str, str]]]) -> Asked:
    """Everything that was given, as one hunt; an example that was chosen is hunted alone.

    ``example`` says field, name and text of each file of one.

    Raises
    ------
    Problem
        422: there is nothing to hunt in, or an option is none.
    """
    chosen = form.said.get("sample", "")
    if chosen:
        return _together([(role, name, text.encode()) for role, name, text in example(chosen)], {})
    parts, start = [], 0
    for one in form.files:
        parts.append((one["role"], one["name"], form.content[start : start + one["bytes"]]))
        start += one["bytes"]
    text = form.said.get("pasted", "").strip()
    if text:
        parts.append(("files", *pasted(text)))
    if parts and all(role != "files" for role, _, _ in parts):
        parts[0] = ("files", *parts[0][1:])  # something has to be hunted in
    if not parts:
        raise not_described("nothing to hunt in", "a file, or pasted numbers", "choose a file, or paste some")
    return _together(parts, _options(form.said))


def pasted(text: str) -> tuple[str, bytes]:
    """A name and content for what was pasted: numbers, a table, or JSON.

    >>> pasted("12, 13.5 null 12"), pasted('[{"a": 1}]')[0], pasted("t,x,y")[0]
    (('pasted numbers.csv', b'value\\n12\\n13.5\\n\\n12\\n'), 'pasted.json', 'pasted.csv')
    """
    values = ["" if one == "null" else one for one in _BETWEEN.split(text)]
    table = "\n" in text and any(_COLUMNS.search(line) for line in text.split("\n"))
    if not table and all(one == "" or _is_number(one) for one in values):
        return "pasted numbers.csv", ("value\n" + "\n".join(values) + "\n").encode()
    return ("pasted.json" if text[0] in "[{" else "pasted.csv"), text.encode()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _options(said: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {
        name: said[name].strip() for name in ("time", "tz") if said.get(name, "").strip()
    }
    wanted = said.get("sensitivity", "").strip()
    if wanted:
        if not _is_number(wanted) or not math.isfinite(float(wanted)):
            raise not_described(f"the sensitivity is {wanted[:40]!r}", "a number such as 2", "change it")
        options["sensitivity"] = float(wanted)
    return options


def _together(parts: list[tuple[str, str, bytes]], options: Mapping[str, Any]) -> Asked:
    files = [{"name": name, "role": role, "bytes": len(content)} for role, name, content in parts]
    check_files(files)
    return Asked({"files": files, "options": dict(options)}, b"".join(content for _, _, content in parts))
