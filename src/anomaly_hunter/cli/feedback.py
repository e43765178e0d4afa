"""`hunter feedback`: say what an incident was; see what that changes; take it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from anomaly_hunter.cli.memory import account, first, minute, printable
from anomaly_hunter.cli.stored import with_store
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.feedback import Answered, Effect
    from anomaly_hunter.remember.store import Store


@with_store()
def command(
    *,
    store: Store,
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT...",
            help="INCIDENT real|expected|ignore, or `undo [ANSWER]` (the last one), or `history`.",
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
) -> None:
    """Say what an incident was: real, expected, or to be ignored with the like of it.

    real: you want such alarms. expected: it happened, no alarm was wanted; a few such answers raise
    the boundary of the series. ignore: keep the like of it quiet from now on.

    hunter feedback 87e91eabe924 ignore --why "nightly backup"

    hunter feedback 267c1fd43a90 real --cause right --acted

    The next hunt differs and says why. Every answer can be taken back: hunter feedback undo.
    """
    from anomaly_hunter.feedback import answered, feedback, undo_feedback

    if given[0] in ("undo", "history"):
        _alone(given[0], cause, why, acted=acted)
    if given[0] == "history":
        _word(given)
        print("\n".join(_history(answered(store))))
        return
    if given[0] == "undo":
        effect = undo_feedback(_number(given[1:]), memory=store, preview=preview)
        numbers = ", ".join(map(str, effect.answers))
        print(f"{'Would take back' if preview else 'Taken back'}: answer {numbers}.")
    else:
        said = {"cause": cause, "why": why, "who": account()}
        effect = feedback(given[0], _word(given[1:]), memory=store, acted=acted, preview=preview, **said)
        kept = f"Kept as answer {effect.answers[0]}" if effect.answers else "Nothing was kept (--preview)"
        print(f"{kept}.")
    print("\n".join(told(effect, would=preview)))
    if not preview and given[0] != "undo":
        print(f"Take it back: hunter feedback undo {effect.answers[0]}")


def _alone(what: str, cause: str, why: str, *, acted: bool) -> None:
    """``undo`` and ``history`` say nothing of an incident."""
    if cause or why or acted:
        raise UsageError(
            f"`{what}` came with something to say", "--cause, --why, --acted with an INCIDENT", "leave it out"
        )


def _history(found: Sequence[Answered]) -> Iterator[str]:
    if not found:
        yield "no answers yet: hunter feedback INCIDENT real|expected|ignore"
    for one in found:
        said = one.said
        what = f"{said.answer}: {said.cause_name}" if said.cause_name else said.answer
        by = f" ({said.by})" if said.by else ""
        note = f"  {said.note!r}" if said.note else ""
        back = f"  taken back {minute(said.withdrawn_at)}" if said.withdrawn_at is not None else ""
        yield printable(f"answer {said.id}  {minute(said.at)}  {said.incident_id}  {what}{by}{note}{back}")
        yield from (f"    {printable(line)}" for line in first(list(one.lines)))


def told(effect: Effect, *, would: bool) -> list[str]:
    """What changes, and what becomes of past alarms, line by line."""
    heading = "Would change in later hunts" if would else "Changed for later hunts"
    lines = [f"{heading}:" if effect.lines else "No boundary, weight or confidence moves visibly."]
    lines += first([f"  {line}" for line in effect.lines])
    replay = effect.replay
    for heading, found in (
        ("Past alarms that would go" if would else "Past alarms that are quiet now", replay.gone),
        ("Past alarms that would come back" if would else "Past alarms that are back", replay.back),
    ):
        if found:
            lines.append(f"{heading}: {len(found)}")
            lines += first([f"  {one.when}  {one.seen.subject} ({one.seen.shape})" for one in found])
    if effect.lines:
        lines.append(f"Past alarms that stay: {replay.kept}.")
    return [printable(line) for line in lines] + ([effect.note] if effect.note else [])


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
