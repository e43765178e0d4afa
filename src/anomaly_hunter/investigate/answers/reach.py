"""How far an incident reaches: which services and metrics, who feels it, how much traffic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Evidence, Number

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_NAMED = 6


def reach(case: Case) -> Evidence:
    """See :meth:`Case.reach`."""
    name, question = f"reach:{case.subject}", "how far does it reach"
    if case.series is None:
        rows = len({row for a in case.anomalies for row in a.rows})
        return Evidence(name, question, f"it touches {say.counted(rows, 'row')}", {"rows": rows})
    touched = services_touched(case)
    series = {a.subject_id for a in case.anomalies}
    everyone = {d.series.id: case.service_of(d.series) for d in case.detections if d.series is not None}
    of_services = len(set(everyone.values()) - {""})
    numbers: dict[str, Number] = {
        "services": len(touched), "of_services": of_services,
        "series": len(series), "of_series": len(everyone),
    }  # fmt: skip
    text = f"{len(series):,} of {say.counted(len(everyone), 'series', 'series')}"
    if of_services > 1 and touched:
        text = f"{len(touched)} of {of_services} services ({say.listed(touched, MOST_NAMED)}), {text}"
    entries, share = _felt_at(case, touched)
    if entries:
        numbers |= {"felt_at": ", ".join(entries), "traffic_share": share}
        text += f"; people feel it at {say.joined(list(entries[:MOST_NAMED]))}"
        if share is not None:
            one = "which takes" if len(entries) == 1 else "which take"
            text += f", {one} {say.percent(share)} of the requests from outside"
    return Evidence(name, question, text, numbers)


def services_touched(case: Case) -> tuple[str, ...]:
    """Services with an anomaly in the incident, the highest score first."""

    def find() -> tuple[str, ...]:
        found = (case.detection_of(anomaly).series for anomaly in case.anomalies)
        named = dict.fromkeys(case.service_of(series) for series in found if series is not None)
        return tuple(name for name in named if name)

    return case.once("services touched", find)


def _felt_at(case: Case, touched: tuple[str, ...]) -> tuple[tuple[str, ...], float | None]:
    """Touched services that nobody calls, and their share of the requests that come in there."""
    if case.graph is None:
        return (), None
    entries = [name for name in case.graph.nodes if not case.graph.callers(name)]
    felt = tuple(name for name in entries if name in set(touched))
    requests = {m.service: m.before for m in case.movements if m.kind == "traffic"}
    if not felt or any(not requests.get(name, math.nan) >= 0 for name in felt):
        return felt, None
    whole = sum(requests[name] for name in entries if requests.get(name, math.nan) >= 0)
    return felt, round(sum(requests[name] for name in felt) / whole, 4) if whole > 0 else None
