"""`-o md`: Markdown for a ticket or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from anomaly_hunter.model import Anomaly, Cause, Evidence, Finding, Hunt, Incident, Verdict, moment
from anomaly_hunter.tell import models, words
from anomaly_hunter.tell.plain import plain
from anomaly_hunter.tell.spark import spans_in, spark
from anomaly_hunter.tell.view import view

_MOST: Final = 20
_LONG: Final = 400
_SPARK: Final = 64
# What has a meaning in the middle of Markdown text (CommonMark 2.4, GitHub's mentions and issues).
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~$&#!^])")


class Markdown:
    """The same content as the terminal report, as headings, tables and lists.

    Text from the data is escaped: it cannot break a table, open a link or an image, mention
    anybody or bring in HTML.
    """

    name: ClassVar[str] = "md"

    def render(self, hunt: Hunt) -> str:
        """The whole report, ending with a line break."""
        blocks = [*(_incident(hunt) if hunt.incidents else _calm(hunt)), *_others(hunt)]
        blocks += [*_observations(hunt), *_data(hunt), _legend()]
        return "\n\n".join(blocks) + "\n"


def escape(text: str, limit: int = _LONG) -> str:
    """Text from the data as Markdown that reads as that text.

    >>> print(escape("a|b <b>x</b> [l](http://e.x)"))
    a\\|b \\<b\\>x\\</b\\> \\[l\\](http&#58;//e.x)
    """
    escaped = _SPECIAL.sub(r"\\\1", plain(text, limit))
    escaped = re.sub(r"(?i)(https?|ftp)://", r"\1&#58;//", escaped)
    escaped = re.sub(r"(?i)\bwww\.", "www&#46;", escaped)
    escaped = escaped.replace("@", "@\u200b")  # mentions are looked for after escapes are resolved
    return re.sub(r"^([-+=]|\d+[.)])", _first, escaped)


def _first(found: re.Match[str]) -> str:
    """A sign at the beginning that would make a list, a heading or a rule."""
    return f"{found.group()[:-1]}\\{found.group()[-1]}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def _code(text: str) -> str:
    """An evidence id: as code where it can be, else escaped."""
    clean = plain(text, 120)
    return f"`{clean}`" if clean and not set("`|") & set(clean) else escape(text, 120)


def _incident(hunt: Hunt) -> list[str]:
    worst = hunt.incidents[0]
    verdict = worst.verdict
    by = models.note(verdict)
    blocks = [
        f"## {verdict.level.capitalize()}: {escape(verdict.headline)}",
        escape(words.without_why(verdict)) + (f" *({escape(by)})*" if by else ""),
        _verdict(hunt, worst),
    ]
    if verdict.recommendations:
        steps = [f"{i}. {escape(step)}" for i, step in enumerate(verdict.recommendations, start=1)]
        blocks += ["### What to check first", "\n".join(steps)]
    blocks += [
        *_cause(verdict),
        *_picture(hunt, worst),
        *_members(worst),
        *_findings(verdict),
        *_models(hunt, verdict),
    ]
    return [block for block in blocks if block]


def _verdict(hunt: Hunt, incident: Incident) -> str:
    verdict = incident.verdict
    where = words.incident_place(incident)
    if incident.begin is not None and incident.end is not None and incident.end > incident.begin:
        where += f", {words.duration(words.seconds_between(incident.begin, incident.end))}"
    where += ", still going on" if incident.lead.ongoing else ""
    factors = ", ".join(f"{escape(name)} {words.percent(share)}" for name, share in verdict.factors.items())
    mark = "**" if verdict.cause is not None else ""
    rows = [
        ("Severity", f"**{words.severity(verdict.severity)} of 10** ({verdict.level})"),
        ("Confidence", f"**{words.confidence(verdict.confidence)}** {words.of_what(verdict)}".strip()),
        ("Consensus", words.consensus(verdict)),
        ("When" if incident.begin is not None else "Where", where),
        ("Cause", f"{mark}{escape(words.brief_answer(verdict))}{mark}"),
        *((term, escape(statement)) for term, statement in words.scope(verdict)),
        ("Factors", factors),
        ("Data", escape(hunt.dataset.name)),
    ]
    return _table((" ", " "), [row for row in rows if row[1]])


def _picture(hunt: Hunt, incident: Incident) -> list[str]:
    detection = hunt.detection_of(incident.lead)
    if detection.table is not None:
        rows = [_row(anomaly) for anomaly in incident.anomalies[:_MOST]]
        return [
            "### Rows",
            _table(("row", "score", "carried by"), rows),
            *_beyond(len(incident.anomalies), "row"),
        ]
    shown = view(detection, incident.lead, hunt.dataset.events, _SPARK)
    if shown is None:
        return []
    line = spark(shown.whole[shown.start : shown.stop], _SPARK)
    spans = tuple(
        (max(a, shown.start) - shown.start, b - shown.start) for a, b in shown.spans if b > shown.start
    )
    marks = "".join(" ▵▲"[mark] for mark in spans_in(spans, shown.stop - shown.start, _SPARK)).rstrip()
    part = f", points {shown.start:,} to {shown.stop - 1:,} of {shown.total:,}" if shown.zoomed else ""
    events = [
        f"- {moment(event.time)} UTC, {escape(event.kind)}: {escape(event.title)}"
        + (f" ({escape(event.service)})" if event.service else "")
        for event in shown.events[:3]
    ]
    title = f"{escape(shown.title)}{f' ({escape(shown.unit)})' if shown.unit else ''}{part}"
    return [f"{title}:", f"```text\n{line}\n{marks}\n```", *(["\n".join(events)] if events else [])]


def _row(anomaly: Anomaly) -> tuple[str, str, str]:
    carriers = ", ".join(f"{escape(s.name, 60)} {words.percent(s.share)}" for s in anomaly.carriers[:3])
    place = words.place(anomaly).removeprefix("rows ").removeprefix("row ")
    return place, words.number(anomaly.score), carriers


def _members(incident: Incident) -> list[str]:
    anomalies = incident.anomalies
    if len(anomalies) < 2 or any(anomaly.rows for anomaly in anomalies):
        return []
    rows = [
        (
            escape(anomaly.subject, 120),
            anomaly.shape,
            ", ".join(filter(None, (words.change(anomaly.change_pct), words.sigmas(anomaly.sigmas)))),
            words.place(anomaly),
        )
        for anomaly in anomalies[:_MOST]
    ]
    table = _table(("anomaly of", "shape", "size", "when"), rows)
    return [f"### {len(anomalies):,} anomalies", table, *_beyond(len(anomalies), "anomaly", "anomalies")]


def _beyond(count: int, noun: str, plural: str = "") -> list[str]:
    return (
        [f"and {words.counted(count - _MOST, f'more {noun}', plural and f'more {plural}')}"]
        if count > _MOST
        else []
    )


def _findings(verdict: Verdict) -> list[str]:
    if not verdict.findings:
        return []
    cited = dict.fromkeys(name for finding in verdict.findings for name in finding.evidence)
    facts = [
        f"- {_code(evidence.id)}: {escape(evidence.statement)}"
        for evidence in verdict.evidence
        if evidence.id in cited
    ]
    table = _table(("agent", "confidence", "finding", "evidence"), map(_finding, verdict.findings))
    return ["### What the agents found", table, "\n".join(facts)]


def _models(hunt: Hunt, verdict: Verdict) -> list[str]:
    """Which language models were asked, and what it cost."""
    if not verdict.reasoned:
        return []
    rows = [
        (escape(names), escape(role.model), escape(models.line(role)))
        for names, role in models.rows(verdict.reasoned)
    ]
    table = _table(("role", "model", "what it took"), rows)
    return ["### Language models", table, escape(models.together(hunt))]


def _finding(finding: Finding) -> tuple[str, str, str, str]:
    evidence = ", ".join(map(_code, dict.fromkeys(finding.evidence)))
    return (
        escape(models.title(finding)),
        words.confidence(finding.confidence),
        escape(finding.claim),
        evidence,
    )


def _cause(verdict: Verdict) -> list[str]:
    known = {evidence.id: evidence for evidence in verdict.evidence}
    chosen, answer = words.leading(verdict), words.answer(verdict)
    blocks = ["### Cause"]
    if chosen is None or verdict.cause is None:
        blocks.append(answer)
    if chosen is not None:
        said = f"**{escape(chosen.statement or chosen.name)}**"
        if verdict.cause is None:
            blocks.append(f"First suspect ({words.percent(chosen.share)} of the evidence): {said}")
        else:
            blocks.append(said + (f". {answer}" if answer else ""))
        rows = [("for", *_fact(known[name])) for name in chosen.evidence if name in known]
        rows += [("against", *_fact(known[name])) for name in chosen.against if name in known]
        if not chosen.against:
            rows.append(("against", "none of the checks speaks against it", ""))
        if verdict.runner_up is None:
            rows.append(("instead", "no other candidate contradicts it", ""))
        else:
            behind = f", but {verdict.runner_up.behind}" if verdict.runner_up.behind else ""
            rows.append(("instead", escape(f"{verdict.runner_up.name}{behind}"), ""))
        blocks.append(_table((" ", "what", "evidence"), rows))
    if others := words.others(verdict):
        blocks.append("Also considered (share of the evidence):")
        blocks.append("\n".join(_candidate(candidate) for candidate in others[:5]))
    if verdict.disagreement:
        blocks.append(f"Where they differ: {escape(verdict.disagreement)}")
    return blocks


def _fact(evidence: Evidence) -> tuple[str, str]:
    return escape(evidence.statement), _code(evidence.id)


def _candidate(cause: Cause) -> str:
    evidence = ", ".join(map(_code, cause.evidence[:1]))
    text = f"- {words.percent(cause.share)} {escape(cause.statement or cause.name)}"
    text += f" ({evidence})" if evidence else ""
    return f"{text}: {escape(cause.behind)}" if cause.behind else text


def _calm(hunt: Hunt) -> list[str]:
    if not hunt.detections:
        return [
            f"## No answer: {escape(hunt.dataset.name)}",
            words.unscored(hunt),
        ]
    points = words.counted(sum(len(d.score) for d in hunt.detections), "point")
    names = sorted({name for d in hunt.detections for name in d.detectors})
    looked = f"Looked at {words.counted(len(hunt.detections), 'subject')} with {points}"
    detectors = f", detectors: {', '.join(map(escape, names))}." if names else "."
    if hunt.anomalies:
        count = words.counted(len(hunt.anomalies), "anomaly", "anomalies")
        return [f"## {count}, none investigated: {escape(hunt.dataset.name)}", looked + detectors]
    mind = [f"Mind: {escape(note)}." for note in words.notes(hunt)[:3]]
    head = "Too little to say anything" if words.undecided(hunt) else "Nothing abnormal"
    return [f"## {head}: {escape(hunt.dataset.name)}", looked + detectors, *mind]


def _others(hunt: Hunt) -> list[str]:
    rest = hunt.incidents[1:]
    blocks = []
    if rest:
        rows = [
            (
                words.severity(incident.verdict.severity),
                incident.verdict.level,
                words.incident_place(incident),
                escape(incident.verdict.headline, 200),
            )
            for incident in rest[:_MOST]
        ]
        table = _table(("severity", "level", "when", "what"), rows)
        blocks = [f"### {words.counted(len(rest), 'other incident')}", table, *_beyond(len(rest), "incident")]
    if hunt.not_investigated:
        count = words.counted(hunt.not_investigated, "smaller group")
        blocks.append(f"and {count} of anomalies beyond the limit, not investigated")
    return blocks


def _observations(hunt: Hunt) -> list[str]:
    if not hunt.observations:
        return []
    return [
        "### Worth knowing",
        "\n".join(f"- {escape(fact.statement)}" for fact in hunt.observations[:_MOST]),
    ]


def _data(hunt: Hunt) -> list[str]:
    quality = hunt.dataset.quality
    found = words.counted(len(quality.issues), "issue") if quality.issues else "nothing wrong found"
    lines = [
        f"- {escape(hunt.dataset.reading)}",
        f"- quality {words.number(round(quality.score))} of 100, {found}",
    ]
    lines += [f"- {escape(words.located(issue))}" for issue in quality.issues[:_MOST]]
    lines += [f"- {escape(note)}" for note in hunt.dataset.notes[:_MOST]]
    if hunt.took_ms:
        lines.append(f"- {escape(words.took(hunt.took_ms))}")
    return ["### Data", "\n".join(lines)]


def _legend() -> str:
    lines = [f"- **{term}**: {meaning}" for term, meaning in words.LEGEND]
    return "### How to read this\n\n" + "\n".join(lines)
