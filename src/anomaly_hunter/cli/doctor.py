"""`hunter doctor`: is everything here that is needed, and what is the cure if not."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator

import typer

from anomaly_hunter import __version__
from anomaly_hunter.config import FILE_NAME, PREFIX, credentials, load_settings, settings_file
from anomaly_hunter.errors import HunterError
from anomaly_hunter.investigate.reasoning.options import ROLES

EXTRAS = {
    "tables": ("scikit-learn", "pyod"),
    "forecast": ("statsmodels", "lightgbm", "prophet"),
    "bench": ("scikit-learn", "pyod", "river", "statsmodels", "prophet"),
    "holidays": ("holidays",),
    "oidc": ("authlib", "joserfc"),
    "postgres": ("psycopg",),
    "llm": ("pydantic-ai-slim",),
    "mcp": ("mcp",),
    "otel": ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-common"),
}


def command() -> None:
    """Check Python, packages, extras, settings and the terminal; say the cure for what is wrong."""
    broken = False
    for mark, what, fact in (*_machine(), *_packages(), *_extras(), *_settings(), *_models(), *_terminal()):
        broken |= mark == "error"
        typer.echo(f"{mark:<14} {what:<12} {fact}")
    if broken:
        raise typer.Exit(1)


Line = tuple[str, str, str]


def _machine() -> Iterator[Line]:
    yield "ok", "hunter", __version__
    yield "ok", "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _packages() -> Iterator[Line]:
    from importlib.metadata import PackageNotFoundError, requires, version

    for requirement in requires("anomaly-hunter") or ():
        if "extra ==" in requirement:
            continue
        name = requirement.split(";")[0]
        for sign in "<>=!~[ ":
            name = name.split(sign)[0]
        try:
            yield "ok", name, version(name)
        except PackageNotFoundError:
            yield "error", name, "not installed. Cure: pip install --upgrade anomaly-hunter"


def _extras() -> Iterator[Line]:
    from importlib.metadata import PackageNotFoundError, version

    for extra, packages in EXTRAS.items():
        try:
            yield "ok", extra, ", ".join(f"{name} {version(name)}" for name in packages)
        except PackageNotFoundError as missing:
            yield "not installed", extra, f"{missing.name}: pip install 'anomaly-hunter[{extra}]' adds it"


def _settings() -> Iterator[Line]:
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    try:
        found = settings_file()
        load_settings()
    except HunterError as error:
        yield "error", "settings", str(error)
        return
    sources = [str(found)] * (found is not None) + names
    yield "ok", "settings", ", ".join(sources) or f"built-in (no {FILE_NAME}, no {PREFIX} variable)"


def _models() -> Iterator[Line]:
    """Each language model of the settings, asked for one word."""
    try:
        settings = load_settings()
    except HunterError:
        return  # told above
    wanted = {
        (o.model, o.base_url): (role, o) for role in ROLES if (o := settings.agents.of(role)) is not None
    }
    if not wanted:
        yield "ok", "models", "none set; every finding comes from the data alone"
        return
    try:
        from anomaly_hunter.investigate.reasoning.greeting import greeted
    except ImportError:
        yield "error", "models", "the extra llm is not installed. Cure: pip install 'anomaly-hunter[llm]'"
        return
    for role, options in wanted.values():
        trouble = greeted(role, options, settings.reasoning, credentials(settings))
        yield ("error" if trouble else "ok"), "models", f"{options.model}: {trouble or 'connected'}"


def _terminal() -> Iterator[Line]:
    encoding = (sys.stdout.encoding or "unknown").lower()
    size = shutil.get_terminal_size()
    color = "no" if os.environ.get("NO_COLOR") or not sys.stdout.isatty() else "yes"
    fact = f"{size.columns} columns, {encoding}, colour {color}"
    if encoding.replace("-", "") == "utf8":
        yield "ok", "terminal", fact
    else:
        yield "warning", "terminal", f"{fact}. Cure: export PYTHONIOENCODING=utf-8 for better charts"
