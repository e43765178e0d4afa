"""The command `hunter`: one function per command, each in a file of its own."""

from __future__ import annotations

import io
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from anomaly_hunter import __version__
from anomaly_hunter.cli import (
    audit,
    bench,
    config,
    demo,
    detect,
    detectors,
    doctor,
    explain,
    feedback,
    forecast,
    incidents,
    init,
    keys,
    mcp,
    patterns,
    serve,
    stats,
    store,
    users,
    watch,
)
from anomaly_hunter.cli import eval as evaluation
from anomaly_hunter.errors import HunterError

app = typer.Typer(
    name="hunter",
    help="Says what is abnormal in your data, since when, how bad, why, how sure it is and what to do next.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 error, 2 wrong usage, 3 only with --fail-on, 130 interrupted.",
)
app.command("detect")(detect.command)
app.command("explain")(explain.command)
app.command("forecast")(forecast.command)
app.command("init")(init.command)
app.add_typer(incidents.app, name="incidents")
app.command("feedback")(feedback.command)
app.command("stats")(stats.command)
app.command("demo")(demo.command)
app.command("detectors")(detectors.command)
app.command("bench")(bench.command)
app.command("eval")(evaluation.command)
app.command("serve")(serve.command)
app.add_typer(users.app, name="users")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.command("watch")(watch.command)
app.command("mcp")(mcp.command)
app.command("doctor")(doctor.command)
app.add_typer(store.app, name="store")
app.add_typer(patterns.app, name="patterns")
app.add_typer(config.app, name="config")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hunter {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """The entry point: errors of ours become one message on stderr and an exit code."""
    if sys.stdout is None:  # closed by the caller (`>&-`): what is printed goes nowhere
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the whole run
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name that the terminal cannot show is no reason to stop
        sys.stdout.reconfigure(errors="replace")
    warnings.formatwarning = _warning
    try:
        app()
    except HunterError as error:
        print(f"hunter: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is not None:
            raise
        print(f"hunter: standard output cannot be written ({error.strerror})", file=sys.stderr)
        _give_up(sys.stdout)
    except KeyboardInterrupt:  # before the command line was even read
        sys.exit(130)


def _warning(message: Warning | str, *_: object, **__: object) -> str:
    """A warning as a person reads it: without the line of the program that it came from."""
    return f"hunter: warning: {message}\n"


def _give_up(stream: TextIO) -> NoReturn:
    """Exit 1; what the stream still holds goes nowhere, or Python would try to write it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(1)
