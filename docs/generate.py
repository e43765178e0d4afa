"""Writes the generated parts of README and docs again; a test checks that they are up to date.

A generated part stands between `<!-- begin: KIND ARGUMENT -->` and `<!-- end -->`:

    commands            every command of `hunter` and what it does
    detectors           every built-in detector
    adapters            the names of scikit-learn and PyOD detectors
    settings            every setting, its default and what it does
    patterns            every shipped failure pattern
    file PATH           a file of the repository
    run COMMAND         what the command prints, in 100 columns (times in ms differ between runs)
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from anomaly_hunter.investigate.patterns import Symptom

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("README.md", "CONTRIBUTING.md", "docs/*.md")
_PART: Final = re.compile(r"(<!-- begin: (\w+)(?: ([^\n]*?))? -->\n).*?(<!-- end -->)", re.DOTALL)
_VARYING: Final = re.compile(r"\d+(\.\d+)? ?(ms|s)\b")


def pages() -> list[Path]:
    """All pages that may hold generated parts."""
    return sorted(path for pattern in PAGES for path in ROOT.glob(pattern))


def generated(text: str) -> str:
    """A page with all its generated parts written again."""
    return _PART.sub(lambda m: f"{m[1]}{_part(m[2], m[3] or '')}\n{m[4]}", text)


def comparable(text: str) -> str:
    """A page without what may differ between runs: durations of this run."""
    return _VARYING.sub("n ms", text)


def _part(kind: str, argument: str) -> str:
    if kind == "file":
        path = ROOT / argument
        return f"```{path.suffix.removeprefix('.').replace('py', 'python')}\n{path.read_text().rstrip()}\n```"
    if kind == "run":
        return f"```console\n$ {argument}\n{run(argument)}\n```"
    parts = {
        "commands": _commands, "detectors": _detectors, "adapters": _adapters, "settings": _settings,
        "patterns": _patterns,
    }  # fmt: skip
    return parts[kind]()


def run(command: str) -> str:
    """Standard output of one of our commands, as a person in a terminal of 100 columns sees it."""
    program, *arguments = shlex.split(command)
    if program != "hunter":
        raise ValueError(f"docs run only `hunter`, not {program!r}")
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", "from anomaly_hunter.cli.app import run; run()", *arguments],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=True, encoding="utf-8",
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _commands() -> str:
    import typer

    from anomaly_hunter.cli.app import app

    group = typer.main.get_group(app)
    rows = [(f"`hunter {name}`", (c.help or "").split("\n")[0]) for name, c in group.commands.items()]
    return _table(("command", "what it does"), rows)


def _detectors() -> str:
    from anomaly_hunter import registry

    ours = [entry for entry in registry.describe("detectors") if entry.origin == "built-in"]
    return _table(("detector", "for", "what it does"), [(f"`{e.name}`", e.takes, e.summary) for e in ours])


def _adapters() -> str:
    from anomaly_hunter import registry

    others = [entry for entry in registry.describe("detectors") if entry.origin in ("scikit-learn", "PyOD")]
    return ", ".join(f"`{entry.name}`" for entry in others)


def _settings() -> str:
    from anomaly_hunter.config import settings_table

    rows = [(f"`{key}`", f"`{default}`" if default else "", text) for key, default, text in settings_table()]
    return _table(("setting", "default", "what it does"), rows)


def _patterns() -> str:
    from anomaly_hunter.investigate.pattern_files import built_in

    def told(symptoms: Sequence[Symptom]) -> str:
        return "; ".join(f"{symptom.text} ({symptom.weight:g})" for symptom in symptoms) or "–"

    rows = [
        (
            p.domain, f"`{p.id}`", p.meaning, told(p.required), told(p.supporting), told(p.against),
            f"{p.alone:.2f}",
        )
        for p in sorted(built_in(), key=lambda p: (p.domain, p.id))
    ]  # fmt: skip
    head = ("domain", "pattern", "means", "required", "supporting", "against", "alone")
    return _table(head, rows)


def main() -> None:
    """Write the compiled failure patterns and every page again."""
    from anomaly_hunter.investigate.pattern_files import COMPILED, built_in, compiled

    if COMPILED.read_text(encoding="utf-8") != compiled():
        COMPILED.write_text(compiled(), encoding="utf-8")
        built_in.cache_clear()
        print(f"wrote {COMPILED.relative_to(ROOT)}")
    for path in pages():
        before = path.read_text(encoding="utf-8")
        after = generated(before)
        if comparable(after) != comparable(before):
            path.write_text(after, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
