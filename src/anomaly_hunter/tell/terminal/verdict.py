"""The panel at the top: what happened, how bad, how sure, since when, why."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from anomaly_hunter.model import Hunt, Incident, confidence_level
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.terminal.paper import LEVEL_STYLE, Paper

_WIDE = 110


def panel(hunt: Hunt, incident: Incident, paper: Paper) -> Panel:
    """The verdict on one incident, framed in the colour of its level."""
    verdict = incident.verdict
    style = LEVEL_STYLE[verdict.level]
    title = paper.line((f" {verdict.level.upper()} ", f"bold reverse {style}"), (" ", ""))
    title.append_text(paper.text(hunt.dataset.name, limit=max(8, paper.width // 3))).append(" ")
    count = len(hunt.incidents) + hunt.not_investigated
    subtitle = paper.text(f"the worst of {count:,} incidents", "dim") if count > 1 else None
    head = [paper.text(verdict.headline, "bold")]
    if verdict.summary and verdict.summary != verdict.headline:
        told = paper.text(words.without_why(verdict))
        if models.note(verdict):
            told.append("  ").append_text(paper.text(f"({models.note(verdict)})", "dim", limit=120))
        head.append(told)
    body = _beside(_gauges(incident, paper), _facts(hunt, incident, paper), paper.width)
    return _framed(Group(*head, Text(), *body), title, subtitle, style, paper)


def calm(title: str, lines: list[RenderableType], paper: Paper, style: str = "green") -> Panel:
    """The panel of a hunt without an incident."""
    tag = paper.line((f" {title.upper()} ", f"bold reverse {style}"))
    return _framed(Group(*lines), tag, None, style, paper)


def _framed(body: Group, title: Text, subtitle: Text | None, style: str, paper: Paper) -> Panel:
    return Panel(
        body,
        title=title,
        title_align="left",
        subtitle=subtitle,
        subtitle_align="right",
        border_style=style,
        box=box.ROUNDED if paper.rich else box.ASCII,
        padding=(1, 2),
        width=paper.width,
    )


def _beside(left: Table, right: Table, width: int) -> list[RenderableType]:
    if width < _WIDE:
        return [left, right]
    both = Table.grid(padding=(0, 4), expand=True)
    both.add_column(no_wrap=True)
    both.add_column(ratio=1)
    both.add_row(left, right)
    return [both]


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=10, style="dim", no_wrap=True)
    return grid


def _gauges(incident: Incident, paper: Paper) -> Table:
    verdict = incident.verdict
    style = LEVEL_STYLE[verdict.level]
    grid = _grid()
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(
        "Severity",
        paper.bar(verdict.severity / 10, 10, style),
        paper.line((f"{words.severity(verdict.severity)} of 10  ", "bold"), (verdict.level, "")),
    )
    level = confidence_level(verdict.confidence)
    grid.add_row(
        "Confidence",
        paper.bar(verdict.confidence, 10, "cyan"),
        paper.line(
            (f"{words.percent(verdict.confidence)}  ", "bold"),
            (f"{level} {words.of_what(verdict)}".strip(), ""),
        ),
    )
    agents = len(verdict.findings)
    lights = Text()
    for index in range(min(agents, 5)):
        agrees = index < verdict.agreement
        sign = paper.pick("●", "*") if agrees else paper.pick("○", "o")
        lights.append(sign + "  ", style="green" if agrees else "dim")
    grid.add_row("Consensus", lights, paper.text(words.consensus(verdict)))
    return grid


def _facts(hunt: Hunt, incident: Incident, paper: Paper) -> Table:
    verdict = incident.verdict
    grid = _grid()
    grid.add_column(ratio=1)
    where = words.incident_place(incident)
    if long := words.lasted(hunt, incident):
        where += f" · {long}"
    if incident.lead.ongoing:
        where += " · still going on"
    grid.add_row("When" if incident.begin is not None else "Where", paper.text(where))
    style = "bold" if verdict.cause is not None else ""
    grid.add_row("Cause", paper.text(words.brief_answer(verdict), style, 200))
    for term, statement in words.scope(verdict):
        grid.add_row(term, paper.text(statement, limit=300))
    if verdict.factors:
        parts = " · ".join(f"{name} {words.percent(share)}" for name, share in verdict.factors.items())
        grid.add_row("Factors", paper.text(parts, "dim"))
    return grid
