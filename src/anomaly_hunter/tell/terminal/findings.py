"""What each agent found and on which evidence, and the anomalies of the incident."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text
from rich.tree import Tree

from anomaly_hunter.model import Evidence, Finding, Hunt, Incident, Verdict, moment
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.terminal.paper import Paper

_LONG = 400
_CLAIM = 1200  # an agent's conclusion stands at the end of its claim
_MOST_MEMBERS = 6


def findings(verdict: Verdict, paper: Paper) -> list[RenderableType]:
    """The findings as a tree; every evidence is told once and then only named."""
    if not verdict.findings:
        return []
    known = {evidence.id: evidence for evidence in verdict.evidence}
    told: set[str] = set()
    tree = Tree(paper.text(words.consensus(verdict), "dim"), guide_style="dim")
    for finding in verdict.findings:
        branch = tree.add(_claim(finding, paper))
        named = [name for name in dict.fromkeys(finding.evidence) if _is_told(name, known, finding, told)]
        for name in dict.fromkeys(finding.evidence):
            if name not in named:
                branch.add(_evidence(known[name], paper))
        if named:
            branch.add(_names(named, paper))
        told.update(finding.evidence)
    return [paper.heading("What the agents found"), tree]


def _claim(finding: Finding, paper: Paper) -> Text:
    sure = finding.confidence >= 0.7
    style = "green" if sure else "dim"
    line = paper.line((f"{models.title(finding)}  ", "bold"))
    line.append(f"{paper.pick('●', '*') if sure else paper.pick('○', 'o')} ", style=style)
    line.append(paper.safe(words.confidence(finding.confidence)), style=style)
    return line.append("\n").append_text(paper.text(finding.claim, limit=_CLAIM))


def _is_told(name: str, known: dict[str, Evidence], finding: Finding, told: set[str]) -> bool:
    """Whether the reader has seen this statement: it is unknown, told above, or part of the claim."""
    return name in told or name not in known or known[name].statement in finding.claim


def _evidence(evidence: Evidence, paper: Paper) -> Text:
    line = paper.text(evidence.statement, limit=_LONG)
    return line.append("  ").append_text(paper.text(evidence.id, "cyan", limit=120))


def _names(names: list[str], paper: Paper) -> Text:
    line = paper.text("rests on", "dim")
    for name in names:
        line.append("  ").append_text(paper.text(name, "cyan", limit=120))
    return line


def asked(hunt: Hunt, verdict: Verdict, paper: Paper) -> list[RenderableType]:
    """Which language models were asked, what that took, and where the finding without one stands."""
    if not verdict.reasoned:
        return []
    rows = models.rows(verdict.reasoned)
    beside = max(len(role.model) for _, role in rows) <= max(12, paper.width // 4)
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(max_width=max(16, paper.width // 4))
    if beside:
        grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for names, role in rows:
        sign = paper.line((paper.pick("✓", "+"), "green") if models.taken(role) else ("!", "yellow"))
        model = paper.text(role.model, "dim", limit=120)
        told = paper.text(models.line(role), limit=_LONG)
        apart = (model, told) if beside else (Text("\n").join((model, told)),)
        grid.add_row(sign, paper.text(names), *apart)
    total = paper.text(models.together(hunt), "dim")
    return [paper.heading("Language models"), grid, total]


def members(incident: Incident, paper: Paper) -> list[RenderableType]:
    """The anomalies of an incident that spans more than one place; nothing for rows of a table."""
    anomalies = incident.anomalies
    if len(anomalies) < 2 or any(anomaly.rows for anomaly in anomalies):
        return []
    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", width=paper.width, show_header=False)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis" if paper.rich else "crop")
    for _ in range(3):
        grid.add_column(no_wrap=True)
    for anomaly in anomalies[:_MOST_MEMBERS]:
        size = ", ".join(filter(None, (words.change(anomaly.change_pct), words.sigmas(anomaly.sigmas))))
        onset = f"{moment(anomaly.begin)} UTC" if anomaly.begin is not None else words.place(anomaly)
        grid.add_row(
            paper.text(anomaly.subject),
            paper.text(anomaly.shape),
            paper.text(size, "bold"),
            paper.text(onset, "dim"),
        )
    left = len(anomalies) - _MOST_MEMBERS
    more = (
        [paper.text(f"and {words.counted(left, 'more anomaly', 'more anomalies')}", "dim")]
        if left > 0
        else []
    )
    return [paper.heading(f"{len(anomalies):,} anomalies in this incident"), grid, *more]
