"""Settings as they may be shown: nothing in them opens anything."""

from __future__ import annotations

import re
from typing import Any, Final

from anomaly_hunter.config import Settings, as_mapping

HIDDEN: Final = "***"
_ADDRESS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,30}://)([^\s/?#]*@)?([^\s/?#@]*)([^\s]*)")
_SECRET: Final = re.compile(r"token|secret|password|passwd|authorization|credential|cookie", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


def shown(settings: Settings) -> dict[str, Any]:
    """All sections; of an address only its host, of headers only their names.

    A `key` of a language model is the name of a variable; anything else that stands there is hidden.
    """
    return {name: _masked(section, "") for name, section in as_mapping(settings).items()}


def _masked(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        hide = name == "headers"
        return {key: HIDDEN if hide else _masked(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one, name) for one in value]
    if not isinstance(value, str) or not value:
        return value
    if _SECRET.search(name) or (name == "key" and not _VARIABLE.fullmatch(value)):
        return HIDDEN
    return _ADDRESS.sub(_host, value)


def _host(found: re.Match[str]) -> str:
    scheme, user, host, rest = found.groups()
    return f"{scheme}{HIDDEN + '@' if user else ''}{host}{'/' + HIDDEN if rest not in ('', '/') else ''}"
