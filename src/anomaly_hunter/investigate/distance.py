"""How far from the incident was a change made: at the service, along its calls, or elsewhere?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.semantics import RESOURCES, SERVICE_LABELS, node_in, words_of
from anomaly_hunter.investigate.surges import surges
from anomaly_hunter.model import Event

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

COMPLAINED_OF: Final = 0.9
FELT: Final = ("latency", "errors", "success")
SHORTEST_NAME: Final = 4
_WORD: Final = re.compile(r"[a-z0-9](?:[\w-]*[a-z0-9])?")


def distance(case: Case, event: Event) -> tuple[float, str]:
    """Weight of the place of an event, and the relation in words."""
    service = event.service or service_in(case, event.title)
    if not service:
        labels = case.series.labels if case.series is not None else {}
        shared = [key for key, value in event.labels.items() if value and labels.get(key) == value]
        return (0.9, f"on the same {shared[0]}") if shared else (0.5, "on no named service")
    return case.once(f"distance of {service}", lambda: _distance_of(case, service))


def _distance_of(case: Case, service: str) -> tuple[float, str]:
    if _is_own(case, service):
        return 1.0, f"on {service} itself"
    segment = _carrying_segment(case)
    if node_in(segment, words_of(service)):
        return 0.9, f"on {service}, which {segment} names"
    return _distance_of_other(case, service)


def _carrying_segment(case: Case) -> str:
    """Of counted records: the segment that carries most of the change; "" without one."""
    carried = (e for e in case.tickets() if e.id.startswith("carried-by:"))
    first = next(carried, None)
    if first is None or not float(first.numbers.get("share") or 0.0) > 0.5:
        return ""
    return f"{first.numbers['facet']}={first.numbers['value']}"


def _is_own(case: Case, service: str) -> bool:
    """The service is that of the lead by a label, or stands in the name of its series."""
    series = case.series
    if series is None:
        return False
    by_label = service in (case.service, *(series.labels.get(key, "") for key in SERVICE_LABELS))
    return by_label or bool(node_in(series.name, words_of(service)))


def _distance_of_other(case: Case, service: str) -> tuple[float, str]:
    own = case.service
    below, above = _steps_around(case)
    if service in below:
        return _distance_below(case, service, below[service])
    if service in above and service in _at_fault(case):
        return 0.7, f"on {service}, which calls {own} and shows more than its symptoms"
    if service in above:
        return 0.4, f"on {service}, whose calls lead to {own}"
    return _distance_apart(case, service)


def _distance_apart(case: Case, service: str) -> tuple[float, str]:
    """Of a service that no known calls tie to the lead's."""
    if is_complained_of(case, service):
        return COMPLAINED_OF, f"on {service}, which log lines name that surge"
    if service in _affected(case):
        return 0.7, f"on {service}, which is part of the incident"
    if not case.service:
        return 0.5, f"on {service}"
    if service not in _known(case):
        return 0.3, f"on {service}, of which nothing is known"
    return 0.15, f"on {service}, which has no known link"


def _distance_below(case: Case, service: str, steps: int) -> tuple[float, str]:
    where = f"on {service}, {say.counted(steps, 'call')} below {case.service}"
    if service in _affected(case):
        return 0.9, where
    if is_complained_of(case, service):
        return COMPLAINED_OF, f"{where}, which log lines name that surge"
    return 0.7 * 0.85 ** (steps - 1), where


def serves_well(case: Case, service: str) -> bool:
    """Its latency or errors are measured, and stayed: then it did not harm those who call it."""
    felt = [m for m in case.movements if m.service == service and m.kind in FELT]
    return bool(felt) and all(m.stayed for m in felt)


def _known(case: Case) -> frozenset[str]:
    """Services that are measured, or stand in the graph."""

    def find() -> frozenset[str]:
        nodes = case.graph.nodes if case.graph is not None else ()
        return frozenset((*nodes, *(m.service for m in case.movements)))

    return case.once("known services", find)


def service_in(case: Case, title: str) -> str:
    """The one known service that a title names; "" where it names none, or several."""
    known = case.once(
        "services by name", lambda: {s.lower(): s for s in _known(case) if len(s) >= SHORTEST_NAME}
    )
    named = {known[word] for word in _WORD.findall(title.lower()) if word in known}
    return named.pop() if len(named) == 1 else ""


def _names(text: str, service: str) -> bool:
    return service in text and re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", text) is not None


def is_complained_of(case: Case, service: str) -> bool:
    """Lines that surge and were not written by it name it.

    Of a service that is measured, only lines of the lead's service or below it count: those above pass on
    what they suffer, and name what they call on the way.
    """
    if len(service) < SHORTEST_NAME:
        return False
    lines = case.once("complaints", lambda: tuple(
        (s.template.service, f"{s.template.text} {s.template.example}".lower()) for s in surges(case)
    ))  # fmt: skip
    near = {case.service, *_steps_around(case)[0]} if service in _known(case) else None
    return any(
        by != service and (near is None or by in near) and _names(text, service.lower()) for by, text in lines
    )


def is_only_told_of(case: Case, service: str) -> bool:
    """Others complain of it, and none of the lines that surge is known to be its own."""
    writers = {s.template.service for s in surges(case)}
    own = service in writers or ("" in writers and service in _known(case))
    return not own and is_complained_of(case, service)


def _at_fault(case: Case) -> frozenset[str]:
    """Services where a resource moved (cache, memory, pool, queries): no symptom of what they call."""
    moved = (m for m in case.movements if m.moved and m.kind in RESOURCES)
    return case.once("at fault", lambda: frozenset(m.service for m in moved))


def _steps_around(case: Case) -> tuple[dict[str, int], dict[str, int]]:
    """Calls from the lead's service down to each service, and from each down to it."""

    def find() -> tuple[dict[str, int], dict[str, int]]:
        if case.graph is None or not case.service:
            return {}, {}
        return case.graph.steps_below(case.service), case.graph.steps_above(case.service)

    return case.once("steps around", find)


def _affected(case: Case) -> frozenset[str]:
    """Services with an anomaly in the incident, the lead's own left out."""

    def find() -> frozenset[str]:
        series = (case.detection_of(anomaly).series for anomaly in case.anomalies)
        return frozenset(case.service_of(s) for s in series if s is not None) - {"", case.service}

    return case.once("affected", find)
