"""The error tree. Every message says what came, what was expected and the cure.

HunterError                    anything this package raises on purpose   exit 1
├── UsageError                 the call is wrong: option, name, mix      exit 2
│   ├── ConfigError            a settings file or variable is wrong      exit 2
│   ├── UnknownError           there is nothing of this id               exit 2
│   └── ConflictError          it does not fit how things stand          exit 2
├── DataError                  the data cannot be read or used           exit 1
├── MissingExtraError          an optional package is not installed      exit 1
├── StoreError                 the memory cannot be used                 exit 1
│   ├── StoreBusyError         another program holds it
│   └── StoreReadOnlyError     it can be read only
├── ServerError                a server of ours cannot be reached, or failed  exit 1
└── PluginError                a plug-in does not load or breaks its contract  exit 1
"""

from __future__ import annotations

from typing import ClassVar


class HunterError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    came:
        What arrived, in the reader's words ("`latency.csv` is empty").
    expected:
        What would have worked ("a header line and at least two rows").
    cure:
        What to do now ("check the export, or pass another file").

    >>> print(DataError("`a.csv` is empty", "a header and rows", "check the export"))
    `a.csv` is empty; expected a header and rows. Cure: check the export.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, came: str, expected: str = "", cure: str = "") -> None:
        super().__init__(came, expected, cure)
        self.came = came
        self.expected = expected
        self.cure = cure

    def __str__(self) -> str:
        text = self.came
        if self.expected:
            text += f"; expected {self.expected}"
        text += "."
        if self.cure:
            text += f" Cure: {self.cure}" + ("" if self.cure.endswith("?") else ".")
        return text


class UsageError(HunterError):
    """The call is wrong: an unknown option, name or combination."""

    exit_code = 2


class ConfigError(UsageError):
    """A settings file, key or environment variable is wrong."""


class UnknownError(UsageError):
    """There is nothing of this id, or nothing that who asks may know of."""


class ConflictError(UsageError):
    """It does not fit how things stand: somebody was faster, or it is there already."""


class DataError(HunterError):
    """The data cannot be read, or not in the way that was asked."""


class MissingExtraError(HunterError):
    """A feature needs an optional package that is not installed."""


class StoreError(HunterError):
    """The memory cannot be used: damaged, from a newer version, not there."""


class StoreBusyError(StoreError):
    """Another program holds the memory, longer than it is waited for."""


class StoreReadOnlyError(StoreError):
    """The memory can be read and not be written."""


class ServerError(HunterError):
    """A server of ours cannot be reached, does not let in, or failed."""


class PluginError(HunterError):
    """A plug-in cannot be loaded or does not keep its contract."""
