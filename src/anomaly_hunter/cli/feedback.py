"""`hunter feedback`: say what an incident was; see what that changes; take it back."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from anomaly_hunter.cli.memory import asking
from anomaly_hunter.config import load_settings
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.feedback import Effect

SHOWN: Final = 8
"""Lines of one kind that are shown."""


def command(
    *,
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="INCIDENT [real|expected|ignore] | undo [ANSWER]",
            help="An incident and what it was, or `undo` and the number of an answer (the last one).",
        ),
    ],
    cause: Annotated[
        str,
        typer.Option("--cause", metavar="right|wrong|NAME", help="Whether the cause was right, or which."),
    ] = "",
    acted: Annotated[bool, typer.Option("--acted", help="It led somebody to do something.")] = False,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for those who ask.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Keep nothing, only show what would change.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Settings (./hunter.yaml).")
    ] = None,
) -> None:
    """Say what an incident was: real, expected, or to be ignored with the like of it.

    The next hunt differs: boundaries of the series, weights of the agents, confidence. Every answer
    can be taken back.
    """
    from anomaly_hunter.feedback import feedback, undo_feedback

    with asking(load_settings(config)) as store:
        if given[0] == "undo":
            effect = undo_feedback(_number(given[1:]), memory=store)
            print(f"Taken back: answer {', '.join(map(str, effect.answers))}.")
        else:
            said = {"cause": cause, "why": why, "who": _who()}
            effect = feedback(given[0], _word(given[1:]), memory=store, acted=acted, preview=preview, **said)
            kept = f"Kept as answer {effect.answers[0]}" if effect.answers else "Nothing was kept (--preview)"
            print(f"{kept}.")
    print("\n".join(told(effect, would=preview)))
    if effect.answers and given[0] != "undo":
        print(f"Take it back: hunter feedback undo {effect.answers[0]}")


def told(effect: Effect, *, would: bool) -> list[str]:
    """What changes, and what becomes of past alarms, line by line."""
    lines = [f"{'Would change' if would else 'Changed'}:" if effect.lines else "No number moves."]
    lines += _first([f"  {line}" for line in effect.lines])
    replay = effect.replay
    for heading, found in (
        ("Past alarms that would go", replay.gone),
        ("Past alarms that would come back", replay.back),
    ):
        if found:
            lines.append(f"{heading}: {len(found)}")
            lines += _first([f"  {one.when}  {one.seen.subject} ({one.seen.shape})" for one in found])
    if effect.lines:
        lines.append(f"Past alarms that stay: {replay.kept}.")
    return lines


def _first(lines: list[str]) -> list[str]:
    more = [f"  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _word(rest: list[str]) -> str:
    if len(rest) > 1:
        raise UsageError(f"{rest[1]!r} is one word too many", "INCIDENT and one word", "leave it out")
    return rest[0] if rest else ""


def _number(rest: list[str]) -> int | None:
    if not rest:
        return None
    if len(rest) > 1 or not rest[0].isdecimal():
        raise UsageError(
            f"undo {' '.join(rest)}", "undo and the number of an answer", "hunter feedback undo 3"
        )
    return int(rest[0])


def _who() -> str:
    """The name of the account; "" where there is none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
