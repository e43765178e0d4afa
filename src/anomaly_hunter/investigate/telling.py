"""The words of a verdict: headline, summary, what to do next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answer import WORTH_NAMING, no_change_fits
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.semantics import is_improvement
from anomaly_hunter.investigate.suspects import undoing
from anomaly_hunter.model import Anomaly, Answer, Cause, Finding, moment, severity_level

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 4
UNDOING: Final = ("undo ", "roll back ", "switch back ", "set back ", "take back ")
WORTH_A_LOOK: Final = 0.05


def headline(case: Case, answer: Answer, cause: Cause | None, candidates: Sequence[Cause]) -> str:
    """One line: what, how much, since when, and the cause where there is one."""
    text = f"{what(case)}{_when(case)}"
    if cause is not None:
        lead = {"column": "carried by", "segment": "carried by"}.get(cause.kind, "likely cause:")
        if cause.evidence and cause.evidence[0].startswith(("season:", "rarity:")):
            lead = "in short:"  # it says what it is, not why
        if answer == "nearest instrumented service":
            lead = "seen as far down as"
        return f"{text}; {lead} {_cause_in_brief(cause)}"
    close = [_cause_in_brief(c) for c in candidates[:2] if c.share >= WORTH_NAMING]
    if answer == "no change explains this":
        return f"{text}; no recorded change explains it"
    if len(close) == 2:
        return f"{text}; candidates: {close[0]} or {close[1]}"
    return f"{text}; cause inconclusive"


def _cause_in_brief(cause: Cause) -> str:
    if cause.kind == "event":
        return cause.statement.rpartition(", ")[0] if ", " in cause.statement else cause.statement
    return say.clip(cause.name)


def what(case: Case) -> str:
    """The anomaly in half a sentence, with its numbers; data faults are called data faults."""
    lead = case.lead
    name, series = say.clip(lead.subject), case.series
    if series is None:
        return _rows_in_brief(case, name)
    if lead.shape == "gap":
        return f"{name} has no data for {say.lasted(series, lead)}"
    if lead.shape == "flat line":
        return f"{name} stands still at {say.number(lead.actual)} for {say.lasted(series, lead)}"
    far = say.deviation(lead)
    numbers = f"{say.number(lead.actual)} against {say.against(lead.expected, lead.spread)}"
    good = ", better than usual" if is_improvement(series.name, lead.direction) else ""
    return f"{name} {_verb(lead)} {numbers} ({far}){good}"


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
    worst = f"{say.number(lead.actual)} against {say.against(lead.expected, lead.spread)} in row {lead.peak}"
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
    close = [_cause_in_brief(c) for c in candidates[:3] if c.share >= WORTH_NAMING]
    if cause is not None:
        text = f"Why: {cause.statement}."
        if answer == "nearest instrumented service":
            text += f" What {cause.name} calls is not measured, so the root may lie behind it."
        elif cause.kind != "event" and no_change_fits(case):
            text += " No recorded change explains it."
        return text
    if answer == "no change explains this":
        text = f"Why: none of {say.counted(len(case.events), 'known change')} fits in time and place"
        return f"{text}; the best other candidate is {close[0]}." if close else f"{text}."
    if len(close) > 1:
        return f"Why: not settled between {say.joined(close)}."
    return f"Why: inconclusive, {close[0]} is a weak candidate." if close else "Why: inconclusive."


def _on_the_data(case: Case) -> str:
    """A warning that the data may be at fault and not the thing; zero can be either."""
    lead = case.lead
    if case.series is None or lead.shape not in ("gap", "flat line"):
        return ""
    if lead.shape == "flat line" and lead.actual == 0 and lead.expected != 0:
        return " A standstill at zero is an outage, or values that are no longer delivered."
    return " This speaks of the data first: what is measured may be fine."


def recommendations(
    case: Case, findings: Sequence[Finding], cause: Cause | None, runner_up: Cause | None = None
) -> tuple[str, ...]:
    """Two to four steps: of those who name the cause first, then of the surest; filled up from the case.

    The place of the runner-up comes last, for when the first steps change nothing.
    """

    def rank(finding: Finding) -> tuple[bool, float]:
        names_it = cause is not None and finding.cause is not None and (
            finding.cause.kind, finding.cause.name) == (cause.kind, cause.name)  # fmt: skip
        return (not names_it, -finding.confidence)

    steps = [step for finding in sorted(findings, key=rank) for step in finding.steps]
    steps = list({_gist(step): step for step in reversed(steps)}.values())[::-1]
    if cause is not None:  # what undoes the cause comes first
        steps.sort(key=lambda step: f"'{say.clip(cause.name)}'" not in step)
        steps = _undone(case, cause, steps)
        steps = [step for step in steps if step is steps[0] or not _tries_again(step, cause)]
    fill = _from_the_case(case)
    if cause is None:
        missing = _missing_inputs(case)
        steps, fill = [*steps[: MOST_STEPS - 1], *missing[:1]], (*missing[1:], *fill)
    elsewhere = _elsewhere(case, cause, runner_up)
    steps = [*steps[: MOST_STEPS - len(elsewhere)], *elsewhere]
    for step in fill:
        if len(steps) >= FEWEST_STEPS:
            break
        steps.append(step)
    return tuple(steps)


def _elsewhere(case: Case, cause: Cause | None, runner_up: Cause | None) -> tuple[str, ...]:
    """Where to look when the named cause proves wrong."""
    if cause is None or runner_up is None or not runner_up.place or runner_up.place == cause.place:
        return ()
    if runner_up.share < WORTH_A_LOOK:
        return ()
    place = runner_up.place
    name = _cause_in_brief(runner_up).removesuffix(f" at {place}")
    since = f"look at {place} from {say.moment(case.series, case.lead.onset[1])} on"
    return (f"if that changes nothing, {since}" + (f" ({name})" if name != place else ""),)


def _tries_again(step: str, cause: Cause) -> bool:
    """It undoes the event that another step undoes already."""
    return cause.kind == "event" and step.startswith(UNDOING) and f"'{say.clip(cause.name)}'" in step


def _undone(case: Case, cause: Cause, steps: list[str]) -> list[str]:
    """Where the change that is to blame was taken back already: check that, do not ask for it."""
    later = undoing(case, cause)
    if later is None:
        return steps
    others = [step for step in steps if not step.startswith(UNDOING)]
    check = f"check that {event_name(later)} at {moment(later.time)} UTC ended it"
    return [check, f"find out what was wrong in '{say.clip(cause.name)}' before it goes out again", *others]


def _gist(step: str) -> str:
    """What two steps share that ask for the same: verb and quoted name, else all of it."""
    match = re.match(r"(\w+ \w+).*?('.+?')", step)
    return f"{match[1]} {match[2]}" if match else step


def _missing_inputs(case: Case) -> tuple[str, ...]:
    """What would let the next hunt say more."""
    series = case.series
    if series is None or not series.clocked:
        return ()
    found = []
    if not case.events:
        begin = say.moment(series, case.lead.onset[0])
        found.append(
            f"give the deploys and settings changed around {begin} (--events FILE): none are known here"
        )
    if case.graph is None and len(case.movements) > 1:
        among = say.counted(len(case.movements), "series", "series")
        found.append(
            f"give the calls between services (--graph FILE): {say.clip(case.lead.subject)} is one of {among}"
        )
    return tuple(found)


def _from_the_case(case: Case) -> tuple[str, ...]:
    lead, series = case.lead, case.series
    name = say.clip(lead.subject)
    if series is None:
        rows = sorted({row for a in case.anomalies for row in (a.rows or (a.start,))})
        shown = say.listed([str(row) for row in rows], 5)
        return (
            f"check {'row' if len(rows) == 1 else 'rows'} {shown} of {name} against the source: "
            "error or true exception?",
            f"mark what is expected among them, so that {name} stays quiet about it",
        )
    begin, peak = say.moment(series, lead.start), say.moment(series, lead.peak)
    if lead.shape in ("gap", "flat line"):
        return (
            f"check what delivers {name}: its last trustworthy value is from before {begin}",
            f"look at other measures of the same thing at {begin}: a data fault, or a true standstill?",
        )
    still = f"watch whether {name} returns to {say.against(lead.expected, lead.spread)}"
    look = f"look at logs and records behind {name} at {peak}, where it is strangest"
    return (
        (look, still)
        if lead.ongoing
        else (
            look,
            f"note what ended it at {say.moment(series, lead.stop - 1)}: by itself, or by hand?",
        )
    )
