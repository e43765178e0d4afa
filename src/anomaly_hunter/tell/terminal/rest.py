"""Below the verdict: the other incidents, what else is worth knowing, the data, how to read it."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from anomaly_hunter.model import Hunt, moment
from anomaly_hunter.tell import words
from anomaly_hunter.tell.terminal.paper import LEVEL_STYLE, Paper

_MOST_INCIDENTS = 20
_MOST_ISSUES = 5
_MOST_FACTS = 8


def others(hunt: Hunt, paper: Paper) -> list[RenderableType]:
    """One line for every other incident, up to a screenful, and how many there are beyond."""
    rest = hunt.incidents[1:]
    parts: list[RenderableType] = []
    if rest:
        grid = Grid(box=None, padding=(0, 2, 0, 0), width=paper.width, show_header=False)
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis" if paper.rich else "crop")
        for incident in rest[:_MOST_INCIDENTS]:
            verdict = incident.verdict
            style = LEVEL_STYLE[verdict.level]
            begin = incident.begin
            since = moment(begin) if begin is not None else words.place(incident.lead)
            grid.add_row(
                paper.bar(verdict.severity / 10, 5, style),
                Text(f"{verdict.severity:.1f}", "bold"),
                Text(verdict.level),
                paper.text(since, "dim", limit=24),
                paper.text(verdict.headline, limit=300),
            )
        parts += [paper.heading(f"{words.counted(len(rest), 'other incident')}"), grid]
    beyond = max(0, len(rest) - _MOST_INCIDENTS)
    if beyond:
        parts.append(paper.text(f"and {beyond:,} more: all of them with -o json or -o html", "dim"))
    if hunt.not_investigated:
        count = words.counted(hunt.not_investigated, "smaller group")
        parts.append(paper.text(f"and {count} of anomalies beyond the limit, not investigated", "dim"))
    return parts


def observations(hunt: Hunt, paper: Paper) -> list[RenderableType]:
    """Facts worth knowing that are no anomaly."""
    if not hunt.observations:
        return []
    lines = [
        _bullet(paper.text(fact.statement, limit=400), paper) for fact in hunt.observations[:_MOST_FACTS]
    ]
    return [paper.heading("Worth knowing"), *lines]


def data(hunt: Hunt, paper: Paper) -> list[RenderableType]:
    """How the data were read, what is wrong with them, how long it took."""
    quality = hunt.dataset.quality
    found = words.counted(len(quality.issues), "issue") if quality.issues else "nothing wrong found"
    style = "green" if quality.score >= 90 else "yellow" if quality.score >= 70 else "red"
    mark = paper.line(
        ("quality ", ""),
        (f"{words.number(round(quality.score))} of 100", f"bold {style}"),
        (f" · {found}", ""),
    )
    parts: list[RenderableType] = [paper.heading("Data"), paper.text(hunt.dataset.reading, limit=400), mark]
    parts += [
        _bullet(paper.text(words.located(issue), limit=300), paper) for issue in quality.issues[:_MOST_ISSUES]
    ]
    if len(quality.issues) > _MOST_ISSUES:
        parts.append(
            paper.text(f"and {words.counted(len(quality.issues) - _MOST_ISSUES, 'more issue')}", "dim")
        )
    parts += [_bullet(paper.text(note, limit=300), paper) for note in hunt.dataset.notes[:_MOST_FACTS]]
    parts.append(paper.text(f"looked at {looked_at(hunt)}", "dim"))
    if hunt.took_ms:
        parts.append(paper.text(words.took(hunt.took_ms), "dim"))
    return parts


def looked_at(hunt: Hunt) -> str:
    """How much was scored, and by which detectors."""
    series = [d for d in hunt.detections if d.table is None]
    tables = [d for d in hunt.detections if d.table is not None]
    parts = []
    if series:
        points = words.counted(sum(len(d.score) for d in series), "point")
        parts.append(f"{words.counted(len(series), 'series', 'series')} with {points}")
    parts += [f"{words.counted(len(d.score), 'row')} of {d.subject}" for d in tables[:3]]
    names = sorted({name for d in hunt.detections for name in d.detectors})
    if names:
        parts.append(f"{'detector' if len(names) == 1 else 'detectors'} {', '.join(names)}")
    return "; ".join(parts) if parts else "nothing: there was no series and no table to score"


def legend(paper: Paper) -> list[RenderableType]:
    """How to read severity, confidence and consensus."""
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for term, meaning in words.LEGEND:
        grid.add_row(Text(term, "dim bold"), paper.text(meaning, "dim"))
    return [paper.heading("How to read this"), grid]


def _bullet(text: Text, paper: Paper) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_row(Text(paper.pick("•", "-"), "dim"), text)
    return grid
