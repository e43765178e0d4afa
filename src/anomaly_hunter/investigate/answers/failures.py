"""Which known failure patterns fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_hunter.investigate.matching import Match, matches
from anomaly_hunter.model import Evidence, Number

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def patterns(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.patterns`."""
    return tuple(_evidence(match) for match in matches(case))


def _evidence(match: Match) -> Evidence:
    where = f" at {match.service}" if match.service else ""
    text = f"{match.pattern.name}{where}: {match.matched} symptoms matched ({', '.join(match.present)}"
    if match.absent:
        text += f"; absent: {', '.join(match.absent)}"
    text += ")"
    if match.unknown:
        text += f"; not measured: {', '.join(match.unknown)}"
    numbers: dict[str, Number] = {
        "pattern": match.pattern.name, "service": match.service, "matched": len(match.present),
        "of": len(match.present) + len(match.absent), "not_measured": len(match.unknown),
        "confidence": match.confidence, "metric": match.metric,
    }  # fmt: skip
    return Evidence(f"patterns:{match.pattern.name}", "which failure patterns fit", text, numbers)
