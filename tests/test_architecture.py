"""The laws of the house: who may import whom, and what the first import may cost."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_hunter.registry import KINDS

SOURCE = Path(__file__).parents[1] / "src" / "anomaly_hunter"
GROUND = {"model", "errors", "tracing"}
ROOMS = {"read", "detect", "investigate", "tell", "remember"}
ABOVE = (
    GROUND
    | ROOMS
    | {"stats", "registry", "config", "hunt", "reading", "explain", "feedback", "forecast", "samples"}
)
MAY_IMPORT = {
    "model": {"errors"},
    "errors": set(),
    "tracing": {"errors"},
    "stats": GROUND,
    **{room: GROUND | {"stats", room} for room in ROOMS},
    "samples": GROUND | {"stats", "samples"},
    "registry": GROUND | ROOMS,
    "yaml_file": GROUND,
    "config": GROUND | ROOMS | {"yaml_file", "serve", "watch"},  # of the last two their options alone: below
    "reading": GROUND | ROOMS | {"registry", "config"},
    "second_pass": GROUND | ROOMS | {"config"},
    "hunt": GROUND | ROOMS | {"stats", "registry", "config", "reading", "second_pass"},
    "explain": GROUND | ROOMS | {"hunt", "registry", "config"},
    "forecast": GROUND | ROOMS | {"hunt", "reading", "registry", "config"},
    "feedback": GROUND | {"remember"},
    "render": GROUND | {"tell", "registry", "config"},
    "sklearn": GROUND | {"detect", "registry"},
    "client": {"errors"},
    "watch": ABOVE | {"yaml_file"},
    "serve": ABOVE | {"watch", "client"},  # of the client its records alone
    "bench": ABOVE,
    "cli": ABOVE | {"bench", "serve", "watch"},
    "__main__": {"cli"},
}


def modules():
    return sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def imports_of(path):
    """(room, names) of every import from this package, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("anomaly_hunter"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("anomaly_hunter."):
                    yield alias.name.split(".")[1]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_what_is_below_it(path):
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[room]  # a new file at the top says first whom it may import
    assert {name for name in imports_of(path) if name not in {"__version__", room}} <= allowed


def test_settings_know_of_the_rooms_above_them_only_what_can_be_set():
    text = "\n".join(path.read_text("utf-8") for path in (SOURCE / "config").glob("*.py"))
    known = re.findall(r"from anomaly_hunter\.((?:serve|watch)\S*) import", text)
    assert known
    for name in known:
        path = SOURCE / (name.replace(".", "/") + ".py")
        assert path.name == "options.py"
        assert set(imports_of(path)) <= GROUND


def test_only_the_store_of_the_memory_knows_a_database():
    knowing = {
        path.relative_to(SOURCE).as_posix()
        for path in modules()
        if re.search(r"^\s*(?:from|import) (?:sqlalchemy|alembic)\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {name for name in knowing if not name.startswith("remember/")} == set()
    assert {name for name in knowing if name.startswith("remember/learning/")} == set()


def python(code):
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


HEAVY = {
    "pandas", "polars", "pyarrow", "sklearn", "scipy", "pyod", "matplotlib", "torch",
    "yaml", "httpx", "sqlalchemy", "alembic", "psycopg", "fastapi", "jinja2", "narwhals",
    "opentelemetry", "pydantic_ai", "mcp",
    "mcp_types", "starlette", "uvicorn", "anomaly_hunter.serve.app",
}  # fmt: skip
COMMAND_ONLY = {"pydantic", "importlib.metadata", "typer", "rich", "duckdb"}  # Typer itself brings pydantic


def test_detect_imports_nothing_that_it_does_not_use(tmp_path):
    file = tmp_path / "latency.csv"
    rows = [f"2026-01-01T{i // 60:02}:{i % 60:02}:00Z,{10 + i % 3 + 90 * (i == 200)}" for i in range(300)]
    file.write_text("time,latency_ms\n" + "\n".join(rows))
    loaded = python(
        "import sys, io, contextlib\n"
        "from anomaly_hunter.cli.app import app\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    app(['detect', {str(file)!r}, '-o', 'terminal'], standalone_mode=False)\n"
        "print('\\n'.join(sys.modules))"
    )
    assert "anomaly_hunter.hunt" in loaded
    assert HEAVY.isdisjoint(loaded)


def test_importing_the_package_opens_nothing_and_is_light():
    loaded = python("import sys, anomaly_hunter; print('\\n'.join(sys.modules))")
    assert (HEAVY | COMMAND_ONLY).isdisjoint(loaded)


def test_a_hunt_from_python_imports_nothing_that_it_does_not_use():
    code = "import sys, anomaly_hunter; anomaly_hunter.hunt([1.0, 2.0] * 30); print('\\n'.join(sys.modules))"
    assert (HEAVY | COMMAND_ONLY).isdisjoint(python(code))


def test_the_page_names_every_room_and_kind():
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").is_file()]
    missing = [path.name for path in rooms if f"`{path.name}/`" not in page]
    missing += [path.stem for path in SOURCE.glob("*.py") if path.stem not in page and "_" not in path.stem]
    missing += [kind for kind in KINDS if kind not in page]
    assert missing == []


@pytest.mark.parametrize("room", ["investigate", "remember", "serve"])
def test_the_page_says_what_the_files_of_a_large_room_are_for(room):
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    everywhere = {"__init__", "contract", "laws", "options", "records"}
    stems = {path.stem for path in (SOURCE / room).glob("*.py")} - everywhere
    assert sorted(stem for stem in stems if not re.search(rf"\b{stem}\b", page)) == []


def test_no_group_is_repeated_possessively():
    """Python 3.11.0 to 3.11.4 match such patterns wrongly (CPython issue 106052)."""
    wrong = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+[^\n]*(?:\"|')\)?,?$", re.MULTILINE)
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in modules()
        if wrong.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_page_names_every_place_that_catches_everything():
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    said = page.partition("## Where everything is caught")[2]
    catching = [
        path for path in modules() if re.search(r"except (?:Base)?Exception\b", path.read_text("utf-8"))
    ]
    assert len(catching) > 5
    assert [path.stem for path in catching if not re.search(rf"\b{path.stem}\b", said)] == []
