"""What docs/troubleshooting.md quotes by hand is what the command prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap

import pytest

from docs.generate import ROOT, comparable
from tests.docs.pages import page


def _quotes() -> list[tuple[str, list[str]]]:
    """(command, lines quoted from its output), generated parts left out."""
    text = re.sub(r"<!-- begin: .*?<!-- end -->", "", page("troubleshooting.md"), flags=re.DOTALL)
    found: list[tuple[str, list[str]]] = []
    for indent, block in re.findall(r"^( *)```console\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        for line in textwrap.dedent(indent + block.lstrip(" ")).splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "lines"), _quotes(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_every_quoted_line_is_printed(command, lines):
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", "from anomaly_hunter.cli.app import run; run()", *shlex.split(command)[1:]],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False, encoding="utf-8",
    )  # fmt: skip
    printed = comparable(done.stdout + done.stderr).splitlines()
    assert lines
    assert [line for line in map(comparable, lines) if line not in printed] == []
