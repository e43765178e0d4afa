"""`hunter detect`: hunt in files and tell the verdict."""

from __future__ import annotations

import sys
from typing import Any

import typer

from anomaly_hunter.cli import options as o
from anomaly_hunter.cli.memory import hunted, keep, remembered, remembering
from anomaly_hunter.cli.progress import ProgressLine
from anomaly_hunter.config import Settings, override


@o.with_settings
def command(
    *,
    files: o.Files,
    settings: Settings,
    events: o.Events = None,
    graph: o.GraphOption = None,
    logs: o.Logs = None,
    patterns: o.Patterns = None,
    model: o.Model = None,
    output: o.Output = None,
    out: o.Out = None,
    sink: o.Sink = None,
    fail_on: o.FailOn = None,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
    memory: o.Remember = True,
) -> None:
    """Hunt in files: what is abnormal, since when, how bad, why, how sure, what next.

    Reads, prints and leaves nothing behind, except in a folder of `hunter init`, which remembers.
    """
    from anomaly_hunter.cli import output as rim
    from anomaly_hunter.cli.fail_on import condition

    gate = condition(fail_on) if fail_on else None
    form = rim.format_of(output, settings.tell.output, out)
    sinks = (*settings.tell.sinks, *(sink or ()))
    rim.check(form, sinks)
    rim.spare(out, (*files, events, graph, logs))
    from anomaly_hunter.hunt import hunt

    if patterns:
        settings = override(settings, patterns=patterns)
    settings = o.with_model(settings, model)
    data = files[0] if len(files) == 1 else files
    around: dict[str, Any] = {"events": events, "graph": graph, "logs": logs, "settings": settings}
    with remembering(settings, wanted=memory) as opened:
        with ProgressLine("series", shown=not quiet, then=_asking(settings)) as line:
            found, store = hunted(
                lambda asked: hunt(data, **around, progress=line, memory=asked, keep=False), opened
            )
        if out is not None or not quiet:
            rim.deliver(rim.render(found, form, color=False if no_color or out else None), out, quiet=quiet)
        for target in sinks:
            rim.send(found, target)
        kept = keep(found, store, settings)
    if kept and form == "terminal" and out is None and not quiet:
        rim.deliver("\n".join(["", *remembered(found), ""]), None)
    if gate is not None and gate(found):
        print(f"hunter: {fail_on} holds", file=sys.stderr)
        raise typer.Exit(3)


def _asking(settings: Settings) -> str:
    """What a person waits for when models are asked; "" where none is."""
    if not settings.agents.reasons:
        return ""
    return f"asking language models, {settings.reasoning.limit_seconds:g} s at most"
