"""Which log lines surge or are new."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.surges import Surge, surges
from anomaly_hunter.model import Evidence, Number, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case


def logs(case: Case, most: int) -> tuple[Evidence, ...]:
    """See :meth:`Case.logs`."""
    return tuple(_evidence(surge) for surge in surges(case)[: max(0, most)])


def _evidence(surge: Surge) -> Evidence:
    template = surge.template
    numbers: dict[str, Number] = {
        "service": template.service, "level": template.level, "template": say.clip(template.text, 200),
        "example": say.clip(template.example, 200), "before": surge.before, "after": surge.after,
        "before_s": surge.before_s, "after_s": surge.after_s, "z": surge.z,
        "first_seen": iso(template.first), "new": surge.new,
    }  # fmt: skip
    if math.isfinite(surge.ratio):
        numbers["ratio"] = surge.ratio
    where = f" at {template.service}" if template.service else ""
    level = f"{template.level} " if template.level else ""
    text = f"{level}`{say.clip(template.text, 100)}`{where}: {_change(surge)}"
    return Evidence(f"logs:{template.id}", "which log lines surge", text, numbers)


def _change(surge: Surge) -> str:
    lines = say.counted(surge.after, "line")
    within = f"{lines} in {say.duration(surge.after_s)} from the onset on"
    if not surge.before:
        return f"{within}, never before (first seen {iso(surge.template.first)})"
    earlier = f"{surge.before:,} in {say.duration(surge.before_s)} before"
    return f"{within}, {earlier} ({say.number(surge.ratio)} times the rate)"
