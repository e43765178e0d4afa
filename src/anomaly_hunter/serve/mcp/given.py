"""What an outsider gave (a path, values, CSV text, what is known around them) to what a hunt takes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from anomaly_hunter.config import Settings, override
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Dataset
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.serve.mcp.folders import Folders
from anomaly_hunter.serve.mcp.limits import Limits

OPTIONS: Final = tuple(
    one.name for cls in (ReadOptions, DetectOptions) for one in fields(cls) if one.name != "max_series"
)
"""Settings that an outsider may choose: how data are read, and what counts as strange."""

Paths = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Given:
    """One call for a hunt. Exactly one of ``path``, ``values`` and ``csv`` is given.

    Attributes
    ----------
    path:
        A file or a folder below the allowed folders, or several.
    values, timestamps:
        Numbers (None = missing), and a time for each if there is a clock.
    csv:
        Text with a header line.
    events, graph, logs:
        A path, or what such a file would hold.
    options:
        Single settings by name: see :data:`OPTIONS`.
    """

    path: Paths | None = None
    values: Sequence[float | None] | None = None
    timestamps: Sequence[str | float] | None = None
    csv: str | None = None
    events: str | Sequence[Mapping[str, Any]] | None = None
    graph: str | Mapping[str, Sequence[str]] | None = None
    logs: str | Sequence[str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def check(self, limits: Limits) -> None:
        """Raise a UsageError where it is too much or not clear what is meant."""
        named = [name for name in ("path", "values", "csv") if getattr(self, name) is not None]
        if len(named) != 1:
            raise UsageError(
                f"data came as {' and '.join(named) or 'nothing'}", "one of path, values and csv", "give one"
            )
        if self.timestamps is not None and self.values is None:
            raise UsageError("timestamps came without values", "values for them", "give both, or a path")
        if self.values is not None and len(self.values) > limits.inline_points:
            raise UsageError(f"{len(self.values):,} values", f"at most {limits.inline_points:,}",
                             "save them to a file and give its path")  # fmt: skip
        if (
            self.values is not None
            and self.timestamps is not None
            and len(self.values) != len(self.timestamps)
        ):
            raise UsageError(f"{len(self.timestamps):,} timestamps for {len(self.values):,} values",
                             "one for each", "mend the lists")  # fmt: skip
        size = sum(map(_bytes, (self.csv, self.events, self.graph, self.logs, self.options)))
        if size > limits.inline_bytes:
            raise UsageError(f"{size / 1e6:.1f} MB sent along", f"at most {limits.inline_bytes / 1e6:.1f} MB",
                             "save it to a file and give its path")  # fmt: skip

    def settings(self, base: Settings) -> Settings:
        """The server's settings with the options of the call.

        Raises
        ------
        UsageError
            An option is unknown, of the wrong type, or not for outsiders.
        """
        for name in self.options:
            if name not in OPTIONS:
                raise UsageError(
                    f"unknown option {name[:80]!r}", f"one of {', '.join(OPTIONS)}", "leave it out"
                )
        ranges = {name: tuple(value) for name, value in self.options.items() if isinstance(value, list)}
        return override(base, **{**self.options, **ranges})

    def data(self, folders: Folders, options: ReadOptions) -> object:
        """What to hunt in: real paths, plain data, or what the CSV text holds."""
        if self.path is not None:
            return _one_or_all([str(file) for file in folders.files(self.path)])
        if self.csv is not None:
            return _dataset_of(self.csv, options)
        if self.timestamps is None:
            return list(self.values or ())
        return {"data": list(self.values or ()), "timestamps": list(self.timestamps)}

    def around(self, folders: Folders) -> dict[str, Any]:
        """What is known around the data, with paths at their real place.

        Raises
        ------
        UsageError
            A path is not one file below the folders; of events there may be a folder.
        """
        given = {"events": self.events, "graph": self.graph, "logs": self.logs}
        return {
            name: _file_of(name, one, folders) if isinstance(one, str) else one for name, one in given.items()
        }


def _file_of(name: str, path: str, folders: Folders) -> str | list[str]:
    files = [str(file) for file in folders.files(path)]
    if len(files) > 1 and name != "events":  # a list of texts would be edges, or log lines
        raise UsageError(f"{name} came as {len(files)} files", "one file", "name it")
    return _one_or_all(files)


def _one_or_all(files: list[str]) -> str | list[str]:
    return files[0] if len(files) == 1 else files


def _bytes(given: object) -> int:
    """What it is as text; a path is next to nothing."""
    if given is None:
        return 0
    text = given if isinstance(given, str) else json.dumps(given, default=str)
    return len(text.encode("utf-8", "replace"))


def _dataset_of(text: str, options: ReadOptions) -> Dataset:
    from anomaly_hunter.read.dataset import to_dataset
    from anomaly_hunter.read.one_file import read_file
    from anomaly_hunter.read.unpack import spooled

    stream = io.BytesIO(text.encode("utf-8", "replace"))
    with spooled(stream, "the CSV text") as path:
        return to_dataset([read_file(path, "the CSV text", "csv")], options, "csv")
