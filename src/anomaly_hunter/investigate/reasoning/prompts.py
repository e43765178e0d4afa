"""The words that a model gets: one file each in `prompts/`, with a version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "prompts"
_FORM: Final = re.compile(r"---\nversion: (\d+)\n---\n(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text and its version, which is raised whenever the text changes."""

    name: str
    version: int
    text: str

    @property
    def label(self) -> str:
        """Name and version: "root_cause 1"."""
        return f"{self.name} {self.version}"


@cache
def prompt(name: str) -> Prompt:
    """The prompt of this name.

    Raises
    ------
    ValueError
        The file does not begin with its version.

    >>> prompt("root_cause").label
    'root_cause 1'
    """
    found = _FORM.fullmatch((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"prompts/{name}.md does not begin with `---`, `version: N`, `---`")
    return Prompt(name, int(found[1]), found[2].strip())


def names() -> tuple[str, ...]:
    """The names of all prompts, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))
