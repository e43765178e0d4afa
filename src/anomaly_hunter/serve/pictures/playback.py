"""An investigation as it went, step by step, from what was kept of it.

Nothing is computed again: every step tells what the hunt read, saw, asked and weighed, with the ids of the
evidence, and says which chart, which stretch of it and which service to light.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

from anomaly_hunter.model import Cause, Detection, Evidence, Finding, confidence_level
from anomaly_hunter.serve.pictures.seen import Member, Seen
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.html.compact import cut

Kind: TypeAlias = Literal[
    "read", "quality", "detect", "alarm", "group", "past", "question", "finding", "disagreement",
    "candidate", "models", "severity", "verdict", "next",
]  # fmt: skip

_ISSUES: Final = 6
_SERIES: Final = 12
_CANDIDATES: Final = 6
_TEXT: Final = 1200
_ASKING: Final = (
    "what",
    "how",
    "are",
    "when",
    "which",
    "who",
    "whom",
    "is",
    "have",
    "has",
    "does",
    "did",
    "where",
)
_TIMES: Final = ("at", "when", "earliest", "latest")


@dataclass(frozen=True, slots=True)
class Light:
    """What to light in a step: ids of series, a stretch of the x axis, a service, a moment."""

    series: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    at: float | None = None
    node: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was done, what came out, and what it rests on.

    ``agent`` is who asks or says it, "" where that is no agent; ``against`` holds the ids of evidence that
    speaks against what the step says; ``points`` are its details, one line each.
    """

    kind: Kind
    title: str
    text: str
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    agent: str = ""
    light: Light = Light()


def playback(seen: Seen) -> tuple[Step, ...]:
    """The steps of an investigation in their order."""
    steps = [
        *_reading(seen),
        *_detecting(seen),
        *_grouping(seen),
        *_asking(seen),
        *_judging(seen),
        *_concluding(seen),
    ]
    return tuple(_fitted(step) for step in steps)


def playback_document(seen: Seen) -> dict[str, Any]:
    """The steps as plain types."""
    steps = playback(seen)
    return {
        "incident": seen.incident.id,
        "hunt": seen.kept.id if seen.kept is not None else None,
        "steps": [{"number": number, **asdict(step)} for number, step in enumerate(steps, 1)],
    }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _fitted(step: Step) -> Step:
    points = tuple(cut(point, _TEXT) for point in step.points)
    return replace(step, title=cut(step.title, 200), text=cut(step.text, _TEXT), points=points)


# ---------------------------------------------------------------- what was read, and what is strange in it


def _reading(seen: Seen) -> Iterator[Step]:
    if seen.hunt is None:
        return
    data = seen.hunt.dataset
    around = [words.counted(len(data.events), "event")] if data.events else []
    around += [words.counted(len(data.graph.nodes), "service")] if data.graph is not None else []
    beside = f" Beside it: {' and '.join(around)}." if around else ""
    light = Light(tuple(member.id for member in seen.members))
    yield Step(
        "read", "Read the data", f"{data.name}: {data.reading}.{beside}", points=data.notes, light=light
    )
    quality = data.quality
    issues = tuple(words.located(issue) for issue in quality.issues[:_ISSUES])
    more = len(quality.issues) - len(issues)
    text = f"{quality.score:.0f} of 100 over {words.counted(quality.points, 'value')}. Nothing was repaired."
    if not issues:
        text = f"{quality.score:.0f} of 100 over {words.counted(quality.points, 'value')}: nothing is wrong."
    points = (*issues, *([f"{more} more"] if more > 0 else []))
    yield Step("quality", "Check the quality of the data", text, points=points, light=light)


def _detecting(seen: Seen) -> Iterator[Step]:
    for member in seen.members[:1]:
        found = seen.detection(member)
        yield Step(
            "detect",
            f"Look for what is strange in {member.subject}",
            _looked(found),
            points=_known(found),
            light=Light((member.id,)),
        )
    lead = seen.incident.lead
    unit = next(
        (one.picture.detection.series.unit for one in seen.members[:1] if one.picture.detection.series), ""
    )
    said = [
        f"{lead.shape}, {words.place(lead)}",
        f"score {lead.score:.3g}, where 1 is the boundary of an alarm",
    ]
    if math.isfinite(lead.actual) and not lead.rows:
        moved = ", ".join(p for p in (words.change(lead.change_pct), words.sigmas(lead.sigmas)) if p)
        usual = words.expectation(lead.expected, lead.spread, unit)
        said.append(
            f"{words.number(lead.actual, unit)} where {usual} was expected" + (f" ({moved})" if moved else "")
        )
    carriers = sorted(lead.carriers, key=lambda share: -share.share)[:5]
    points = tuple(f"{share.name} carries {words.percent(share.share)}" for share in carriers)
    yield Step(
        "alarm", f"Alarm: {lead.subject}", f"{'; '.join(said)}.", points=points, light=_of(seen.members[:1])
    )


def _looked(found: Detection) -> str:
    looked = f"{words.counted(len(found.score), 'row' if found.table is not None else 'point')}"
    by = f", scored by {', '.join(found.detectors)}" if found.detectors else ""
    several = words.counted(len(found.anomalies), "anomaly", "anomalies")
    return f"{looked}{by} on one scale, where 1 is the boundary of an alarm: {several}."


def _known(found: Detection) -> tuple[str, ...]:
    """What the series is like, and what was kept quiet by which rule."""
    said = []
    profile = found.profile
    if profile is not None and profile.period:
        said.append(f"it repeats every {words.counted(profile.period, 'point')}")
    if profile is not None and profile.missing:
        said.append(f"{words.counted(profile.missing, 'value')} missing")
    rules: dict[str, int] = {}
    for quiet in found.quiet:
        rules[quiet.rule] = rules.get(quiet.rule, 0) + 1
    said += [
        f"the rule {rule} keeps {words.counted(count, 'span')} quiet that scored over the boundary"
        for rule, count in rules.items()
    ]
    return (*said, *([found.note] if found.note else []))


def _grouping(seen: Seen) -> Iterator[Step]:
    anomalies = seen.incident.anomalies
    subjects = list(dict.fromkeys(one.subject for one in anomalies))
    found = words.counted(len(anomalies), "anomaly", "anomalies")
    if len(anomalies) == 1:
        text = "It stands alone: nothing else moved with it."
    else:
        where = "one series" if len(subjects) == 1 else f"{len(subjects):,} series"
        text = f"{found} of {where} belong together; {seen.incident.lead.subject} leads."
    more = len(subjects) - _SERIES
    points = (*subjects[:_SERIES], *([f"{more:,} more"] if more > 0 else []))
    yield Step("group", "Put together what belongs together", text, points=points, light=_of(seen.members))


# ---------------------------------------------------------------- what was asked


def _asking(seen: Seen) -> Iterator[Step]:
    """Every question once, by the agent that asked it first; then what each agent makes of the answers."""
    verdict = seen.incident.verdict
    known = {one.id: one for one in verdict.evidence}
    past = [one for one in verdict.evidence if one.id.startswith(("seen-before:", "past:"))]
    if past:
        ids = tuple(one.id for one in past)
        points = tuple(one.statement for one in past[1:])
        yield Step("past", "Look for incidents like it", _sentence(past[0].statement), ids, points=points)
    asked = {one.id for one in past}
    for finding in verdict.findings:
        new = [known[name] for name in finding.evidence if name in known and name not in asked]
        asked.update(one.id for one in new)
        yield from _questions(seen, finding.agent, new)
        yield _finding(seen, finding)
    yield from _questions(
        seen, "", [known[name] for name in verdict.scope if name in known and name not in asked]
    )
    if verdict.findings:
        differ = verdict.disagreement or "They do not contradict each other."
        yield Step("disagreement", "Compare what the agents say", f"{words.consensus(verdict)}. {differ}")


def _questions(seen: Seen, agent: str, answers: Iterable[Evidence]) -> Iterator[Step]:
    by_question: dict[str, list[Evidence]] = {}
    for one in answers:
        by_question.setdefault(one.question, []).append(one)
    for question, found in by_question.items():
        yield Step(
            "question",
            _as_question(question),
            _sentence(found[0].statement),
            tuple(one.id for one in found),
            points=tuple(one.statement for one in found[1:]),
            agent=agent,
            light=_light(seen, found[-1]),
        )


def _as_question(text: str) -> str:
    mark = "?" if text.partition(" ")[0].lower() in _ASKING else ""
    return f"{text[:1].upper()}{text[1:]}{mark}"


def _finding(seen: Seen, finding: Finding) -> Step:
    sure = f"{words.percent(finding.confidence)}, {confidence_level(finding.confidence)}"
    return Step(
        "finding",
        f"{models.title(finding)} concludes ({sure})",
        _sentence(finding.claim),
        finding.evidence,
        points=finding.steps,
        agent=finding.agent,
        light=_of_cause(seen, finding.cause),
    )


def _light(seen: Seen, evidence: Evidence) -> Light:
    """The series that an answer speaks of, its times where it names some, and its service."""
    about = evidence.id.partition(":")[2]
    named = [one for one in seen.members if one.subject and one.subject in about]
    members = sorted(named, key=lambda one: -len(one.subject)) or list(seen.members[:1])
    times = [t for name in _TIMES if (t := _second(evidence.numbers.get(name))) is not None]
    service = evidence.numbers.get("service")
    light = replace(_of(members[:1]), node=service if isinstance(service, str) else "")
    if not times or not members or not members[0].clocked:
        return light
    if len(times) == 1:
        return replace(light, at=times[0])
    return replace(light, low=min(times), high=max(times))


def _second(value: object) -> float | None:
    """Seconds since 1970 of a time as evidence writes it; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.removesuffix(" UTC"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


# ---------------------------------------------------------------- what was concluded


def _judging(seen: Seen) -> Iterator[Step]:
    verdict = seen.incident.verdict
    for number, cause in enumerate(verdict.candidates[:_CANDIDATES], 1):
        weight = f"{words.percent(cause.share)} of the evidence"
        behind = f" Behind the first: {_sentence(cause.behind)}" if cause.behind else ""
        yield Step(
            "candidate",
            f"Candidate {number} of {len(verdict.candidates)}: {cause.name} ({weight})",
            f"{_sentence(cause.statement)}{behind}",
            cause.evidence,
            cause.against,
            points=tuple(_statements(seen, cause.evidence, "for"))
            + tuple(_statements(seen, cause.against, "against")),
            light=_of_cause(seen, cause),
        )
    for names, role in models.rows(verdict.reasoned):
        yield Step("models", f"Ask a language model: {names}", f"{role.model}: {models.line(role)}.")


def _statements(seen: Seen, names: Iterable[str], side: str) -> Iterator[str]:
    known = {one.id: one.statement for one in seen.incident.verdict.evidence}
    return (f"{side}: {known[name]}" for name in names if name in known)


def _concluding(seen: Seen) -> Iterator[Step]:
    verdict = seen.incident.verdict
    factors = [(name, value) for name, value in verdict.factors.items() if math.isfinite(value)]
    yield Step(
        "severity",
        f"How bad is it: {words.severity(verdict.severity)} of 10 ({verdict.level})",
        "From " + ", ".join(f"{name} {words.percent(value)}" for name, value in factors) + "."
        if factors
        else "From the data.",
        light=_of(seen.members),
    )
    sure = words.of_what(verdict)
    about = f"Confidence {words.confidence(verdict.confidence)}{f' {sure}' if sure else ''}."
    yield Step(
        "verdict",
        "The verdict",
        " ".join(
            part
            for part in (_sentence(verdict.headline), verdict.summary, words.answer(verdict), about)
            if part
        ),
        tuple(dict.fromkeys((*(verdict.cause.evidence if verdict.cause else ()), *verdict.scope))),
        verdict.cause.against if verdict.cause else (),
        light=_of_cause(seen, words.leading(verdict)),
    )
    if verdict.recommendations:
        first, *rest = verdict.recommendations
        yield Step(
            "next",
            "What to do next",
            _sentence(first),
            points=tuple(rest),
            light=_of_cause(seen, verdict.cause),
        )


def _of(members: Iterable[Member]) -> Light:
    """The anomalies of these members, from the first to the last."""
    shown = list(members)
    if not shown:
        return Light()
    same = [one for one in shown if one.clocked == shown[0].clocked]
    low, high = min(one.low for one in same), max(one.high for one in same)
    return Light(tuple(one.id for one in shown), low, high, shown[0].peak if len(shown) == 1 else None)


def _of_cause(seen: Seen, cause: Cause | None) -> Light:
    """The lead with the place of a cause, and with its moment where it is an event."""
    light = _of(seen.members[:1])
    if cause is None:
        return light
    light = replace(light, node=cause.place or (cause.name if cause.kind == "service" else ""))
    known = {one.id: one for one in seen.incident.verdict.evidence}
    times = [_second(known[name].numbers.get("at")) for name in cause.evidence if name in known]
    moments = [time for time in times if time is not None] if cause.kind == "event" else []
    return replace(light, at=moments[0]) if moments and seen.members and seen.members[0].clocked else light
