"""Why: the answer, what speaks for it and against it, and what it could be instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from anomaly_hunter.model import Cause, Evidence, Verdict
from anomaly_hunter.tell import words
from anomaly_hunter.tell.terminal.paper import Paper

_LONG = 400
_MOST_CANDIDATES = 5
_MOST_FACTS = 5


def cause(verdict: Verdict, paper: Paper) -> list[RenderableType]:
    """The answer with its evidence, the other candidates with why they stand behind, the dissent."""
    known = {evidence.id: evidence for evidence in verdict.evidence}
    parts: list[RenderableType] = [paper.heading("Cause"), _answer(verdict, paper)]
    first = words.leading(verdict)
    if first is not None:
        if first != verdict.cause:
            parts.append(_suspect(first, paper))
        parts.append(_for_and_against(verdict, first, known, paper))
    others = words.others(verdict)
    if others:
        parts.append(Text())
        parts.append(paper.text("Also considered (share of the evidence)", "dim"))
        parts.extend(_candidate(c, paper) for c in others[:_MOST_CANDIDATES])
    if len(others) > _MOST_CANDIDATES:
        parts.append(paper.text(f"and {len(others) - _MOST_CANDIDATES} more", "dim"))
    if verdict.disagreement:
        parts.append(_row(paper.pick("≠", "!"), paper.text(verdict.disagreement, limit=_LONG), "yellow", 2))
    return parts


def _answer(verdict: Verdict, paper: Paper) -> Text:
    if verdict.cause is None:
        return paper.text(words.answer(verdict), "bold")
    text = paper.text(verdict.cause.statement or verdict.cause.name, "bold", _LONG)
    if verdict.answer != "cause":
        text.append(". ").append_text(paper.text(words.answer(verdict)))
    return text


def _suspect(first: Cause, paper: Paper) -> Text:
    text = paper.text(f"First suspect ({words.percent(first.share)} of the evidence):", "bold")
    return text.append(" ").append_text(paper.text(first.statement or first.name, limit=_LONG))


def _for_and_against(verdict: Verdict, chosen: Cause, known: Mapping[str, Evidence], paper: Paper) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, min_width=8, style="dim")
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    speaks_for = [e for e in _facts(chosen.evidence, known) if e.statement != chosen.statement]
    speaks_for = speaks_for or _facts(chosen.evidence, known)
    _add(grid, "for", speaks_for, (paper.pick("+", "+"), "green"), paper)
    against = _facts(chosen.against, known)
    if against:
        _add(grid, "against", against, (paper.pick("−", "-"), "red"), paper)
    else:
        grid.add_row("against", "", paper.text("none of the checks speaks against it", "dim"))
    runner_up = verdict.runner_up if verdict.runner_up != chosen else None
    if runner_up is None:
        grid.add_row("instead", "", paper.text("no other candidate contradicts it", "dim"))
    else:
        text = paper.text(runner_up.name, limit=120)
        if runner_up.behind:
            text.append_text(paper.text(f", but {runner_up.behind}", limit=_LONG))
        grid.add_row("instead", Text(paper.pick("?", "?"), "yellow"), text)
    return grid


def _add(grid: Grid, title: str, facts: list[Evidence], mark: tuple[str, str], paper: Paper) -> None:
    for i, fact in enumerate(facts[:_MOST_FACTS]):
        line = paper.text(fact.statement, limit=_LONG)
        line.append("  ").append_text(paper.text(fact.id, "cyan", limit=120))
        grid.add_row("" if i else title, Text(*mark), line)
    if len(facts) > _MOST_FACTS:
        grid.add_row("", "", paper.text(f"and {len(facts) - _MOST_FACTS} more", "dim"))


def _facts(ids: Iterable[str], known: Mapping[str, Evidence]) -> list[Evidence]:
    return [known[name] for name in ids if name in known]


def _candidate(candidate: Cause, paper: Paper) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right", min_width=4)
    grid.add_column(ratio=1)
    text = paper.text(candidate.statement or candidate.name, limit=_LONG)
    for name in candidate.evidence[:1]:
        text.append("  ").append_text(paper.text(name, "cyan", limit=120))
    if candidate.behind:
        text.append("\n").append_text(paper.text(candidate.behind, "dim", _LONG))
    grid.add_row(
        paper.bar(candidate.share, 6, "cyan"), paper.text(words.percent(candidate.share), "dim"), text
    )
    return grid


def steps(verdict: Verdict, paper: Paper) -> list[RenderableType]:
    """What to check first, numbered."""
    if not verdict.recommendations:
        return []
    lines = [
        _row(f"{index}.", paper.text(step, limit=_LONG), "bold", 2)
        for index, step in enumerate(verdict.recommendations, start=1)
    ]
    return [paper.heading("What to check first"), *lines]


def _row(sign: str, text: Text, style: str, width: int) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, min_width=width, justify="right")
    grid.add_column(ratio=1)
    grid.add_row(Text(sign, style=style), text)
    return grid
