"""The words of a verdict: headline and summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answer import WORTH_NAMING, no_change_fits
from anomaly_hunter.investigate.answers.doubts import hidden_callees
from anomaly_hunter.investigate.semantics import is_improvement
from anomaly_hunter.model import Anomaly, Answer, Cause, severity_level

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

LIKELY: Final = 0.5
"""Confidence from which a cause is said to be likely; below, it is possible."""


def headline(
    case: Case, answer: Answer, cause: Cause | None, candidates: Sequence[Cause], sure: float = 1.0
) -> str:
    """One line: what, how much, since when, and the cause where there is one.

    ``sure`` is the confidence of the verdict: what is likelier wrong than right is a possible cause.
    """
    text = f"{what(case)}{_when(case)}"
    if cause is not None:
        return f"{text}; {_lead_in(answer, cause, sure)}"
    close = [in_brief(c) for c in candidates[:2] if c.share >= WORTH_NAMING]
    if answer == "no change explains this":
        return f"{text}; no recorded change explains it"
    if answer == "several candidates" and len(close) == 2:
        return f"{text}; candidates: {close[0]} or {close[1]}"
    return f"{text}; cause inconclusive" + (f", first suspect: {close[0]}" if close else "")


def _lead_in(answer: Answer, cause: Cause, sure: float) -> str:
    """The cause as the end of the headline."""
    brief = in_brief(cause)
    if answer == "nearest instrumented service":
        return f"it comes from {brief} or from what {brief} calls, which is not measured"
    if cause.kind in ("column", "segment"):
        return f"carried by {brief}"
    if cause.evidence and cause.evidence[0].startswith(("season:", "rarity:")):
        return f"in short: {brief}"  # it says what it is, not why
    word = "origin" if cause.kind == "service" else "cause"
    return f"{'likely' if sure >= LIKELY else 'possible'} {word}: {brief}"


def in_brief(cause: Cause) -> str:
    """A cause as a headline names it."""
    if cause.kind == "event":
        return cause.statement.rpartition(", ")[0] if ", " in cause.statement else cause.statement
    return say.clip(cause.name)


def what(case: Case) -> str:
    """The anomaly in half a sentence, with its numbers; data faults are called data faults."""
    lead = case.lead
    name, series = say.clip(say.plainly(lead.subject)), case.series
    if series is None:
        return _rows_in_brief(case, name)
    if lead.shape == "gap":
        return f"{name} has no data for {say.lasted(series, lead)}"
    if lead.shape == "flat line":
        return f"{name} stands still at {say.reached(lead)} for {say.lasted(series, lead)}"
    far = say.deviation(lead)
    numbers = f"{say.reached(lead)} against {say.against(lead.expected, lead.spread)}"
    good = ", better than usual" if is_improvement(series.name, lead.direction) else ""
    return f"{name} {_verb(lead)} {numbers}{f' ({far})' if far else ''}{good}"


def _verb(lead: Anomaly) -> str:
    up = say.upward(lead)
    if lead.shape in _VERBS:
        return _VERBS[lead.shape][0 if up else 1]
    return "reached" if up else "fell to"


_VERBS: Final = {
    "spike": ("spiked to", "fell to"),
    "dip": ("reached", "dipped to"),
    "level shift": ("rose to", "dropped to"),
    "drift": ("drifted up to", "drifted down to"),
    "variance": ("swings unusually, up to", "swings unusually, down to"),
    "season break": ("broke its season:", "broke its season:"),
    "odd shape": ("ran an unusual course:", "ran an unusual course:"),
    "volume": ("counts", "counts only"),
}


def _rows_in_brief(case: Case, name: str) -> str:
    lead, total = case.lead, len(case.detection.score)
    count = len({row for a in case.anomalies for row in (a.rows or (a.start,))})
    column = case.carriers().numbers["top"]
    by = f", mainly in {column}" if isinstance(column, str) else ""
    own = max(lead.carriers, key=lambda c: c.share).name if lead.carriers else column
    worst = f"{say.reached(lead)} against {say.against(lead.expected, lead.spread)} in row {lead.peak}"
    if own != column:
        worst = f"{own} {worst}"
    stand = "stands" if count == 1 else "stand"
    return f"{say.counted(count, 'row')} of {total:,} in {name} {stand} out{by} ({worst})"


def _when(case: Case) -> str:
    series, lead = case.series, case.lead
    if series is None:
        return ""
    begin = say.moment(series, lead.start)
    if lead.ongoing:
        return f" since {begin}"
    if lead.stop - lead.start < 2:
        return f" at {begin}"
    return f" between {begin} and {say.moment(series, lead.stop - 1)}"


def summary(
    case: Case, answer: Answer, cause: Cause | None, candidates: Sequence[Cause], severity: float
) -> str:
    """What the headline leaves out: between when and when it began, how bad and wide, why."""
    lead, series = case.lead, case.series
    first = ""
    if series is not None:
        state = "and still goes on" if lead.ongoing else f"and was over after {say.lasted(series, lead)}"
        out = f", was out of bounds from {say.moment(series, lead.start)} on" * (lead.start > lead.onset[1])
        first = f"It {case.onset().statement}{out} {state}. "
    moved = {a.subject for a in case.anomalies}
    wide = (
        f", with {say.counted(len(moved) - 1, 'other series', 'other series')} involved"
        if len(moved) > 1
        else ""
    )
    second = f"Severity {severity:.1f} ({severity_level(severity)}){wide}."
    second += _on_the_data(case)
    return f"{first}{second} {_why(case, answer, cause, candidates)}"


def _why(case: Case, answer: Answer, cause: Cause | None, candidates: Sequence[Cause]) -> str:
    """The last sentences of the summary: the cause, or what kept it from being named."""
    close = [in_brief(c) for c in candidates[:3] if c.share >= WORTH_NAMING]
    if cause is not None:
        text = f"Why: {cause.statement}."
        if answer == "nearest instrumented service":
            hidden = say.listed(hidden_callees(case, cause.place or cause.name))
            text += f" It calls {hidden}, where nothing is measured, so the root may lie behind it."
        elif cause.kind != "event" and no_change_fits(case):
            text += " No recorded change explains it."
        return text
    if answer == "no change explains this":
        text = f"Why: none of {say.counted(len(case.events), 'known change')} fits in time and place"
        return f"{text}; the best other candidate is {close[0]}." if close else f"{text}."
    if len(close) > 1:
        return f"Why: not settled between {say.joined(close)}."
    if not close:
        return "Why: inconclusive."
    known = case.answered()
    doubt = next((known[name].statement for name in candidates[0].against if name in known), "")
    return f"Why: inconclusive. First suspect: {close[0]}, but {doubt or 'too little speaks for it'}."


def _on_the_data(case: Case) -> str:
    """A warning that the data may be at fault and not the thing; zero can be either."""
    lead = case.lead
    if case.series is None or lead.shape not in ("gap", "flat line"):
        return ""
    if lead.shape == "flat line" and lead.actual == 0 and lead.expected != 0:
        return " A standstill at zero is an outage, or values that are no longer delivered."
    return " This speaks of the data first: what is measured may be fine."
