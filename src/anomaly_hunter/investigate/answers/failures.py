"""Which known failure patterns fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.matching import Match, matches
from anomaly_hunter.model import Evidence, Number

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def patterns(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.patterns`."""
    return tuple(_evidence(match) for match in matches(case))


def _evidence(match: Match) -> Evidence:
    where = f" at {match.service}" if match.service else ""
    text = f"{match.pattern.name}{where}: {match.matched} symptoms matched ({say.row(match.present)}"
    if match.absent:
        text += f"; absent: {say.row(match.absent)}"
    text += ")"
    if match.against:
        text += f"; against it: {say.row(match.against)}"
    if match.unknown:
        text += f"; not measured: {say.row(match.unknown)}"
    numbers: dict[str, Number] = {
        "pattern": match.pattern.name, "id": match.pattern.id, "service": match.service, "score": match.score,
        "for": "; ".join(match.present), "contradicted": "; ".join(match.absent),
        "against": "; ".join(match.against), "not_measured": "; ".join(match.unknown),
        "matched": len(match.present), "of": len(match.present) + len(match.absent),
        "unmeasured": len(match.unknown),
        "confidence": match.confidence, "metric": match.metric, "shown_by": "; ".join(match.shown_by),
    }  # fmt: skip
    return Evidence(match.evidence_id, "which failure patterns fit", text, numbers)
