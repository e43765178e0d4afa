"""Templates that were compiled are kept where Python keeps its own: a start takes half a second less."""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

import anomaly_hunter


class Compiled(BytecodeCache):
    """Code of templates in a folder such as ``__pycache__``; where that cannot be written, there is none.

    Another source, version of Python, of Jinja or of this package is compiled anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = f"{jinja2.__version__}-{anomaly_hunter.__version__}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """What is kept, if it is of this source."""
        try:
            with self._file(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # none, or no longer whole
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        kept = self._file(bucket)
        unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
        try:
            self._folder.mkdir(exist_ok=True)
            with unfinished.open("wb") as file:
                bucket.write_bytecode(file)
            unfinished.replace(kept)
        except OSError:  # a package that cannot be written to is compiled at each start
            with suppress(OSError):
                unfinished.unlink()

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}-{self._mark}.jinja"
