"""What to check first: the steps of the agents in order, and what the case itself asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answer import CLOSE, WORTH_NAMING, no_change_fits
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.suspects import undoing
from anomaly_hunter.investigate.telling import LIKELY, in_brief
from anomaly_hunter.model import Cause, Finding, moment

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 4
UNDOING: Final = ("undo ", "roll back ", "switch back ", "set back ", "take back ")
WORTH_A_LOOK: Final = 0.05


def recommendations(
    case: Case,
    findings: Sequence[Finding],
    cause: Cause | None,
    runner_up: Cause | None = None,
    *,
    candidates: Sequence[Cause] = (),
    sure: float = 1.0,
) -> tuple[str, ...]:
    """Two to four steps: of those who name the cause first, then of the surest; filled up from the case.

    Without a cause, of those first whose cause leads the candidates; a change is then only to be undone
    where it is a candidate worth naming. The place of the runner-up comes last, for when the first steps
    change nothing.
    """
    leading = cause or next(iter(candidates), None)

    def rank(finding: Finding) -> tuple[bool, float]:
        names_it = leading is not None and finding.cause is not None and (
            finding.cause.kind, finding.cause.name) == (leading.kind, leading.name)  # fmt: skip
        return (not names_it, -finding.confidence)

    steps = [step for finding in sorted(findings, key=rank) for step in finding.steps]
    if cause is None and candidates:
        steps = [step for step in steps if not _undoes_a_bystander(step, candidates)]
    steps = list({_gist(step): step for step in reversed(steps)}.values())[::-1]
    if cause is not None:  # what undoes the cause comes first
        steps.sort(key=lambda step: f"'{say.clip(cause.name)}'" not in step)
        steps = _undone(case, cause, steps)
        steps = [step for step in steps if step is steps[0] or not _tries_again(step, cause)]
        if sure < LIKELY:
            steps = [f"{s}, if that is safe: it is no more than possible" if _undoes(s) else s for s in steps]
    fill = _from_the_case(case)
    if cause is None:
        missing = (*_beyond_changes(case), *_missing_inputs(case))
        steps, fill = [*steps[: MOST_STEPS - 1], *missing[:1]], (*missing[1:], *fill)
    elsewhere = _elsewhere(case, leading, runner_up)
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
    name = in_brief(runner_up).removesuffix(f" at {place}")
    since = f"look at {place} from {say.moment(case.series, case.lead.onset[1])} on"
    return (f"if that changes nothing, {since}" + (f" ({name})" if name != place else ""),)


def _undoes(step: str) -> bool:
    return step.startswith(UNDOING)


def _undoes_a_bystander(step: str, candidates: Sequence[Cause]) -> bool:
    """It would undo a change that hardly anything speaks for."""
    least = max(WORTH_NAMING, candidates[0].share / CLOSE)
    worth = [c.name for c in candidates if c.kind == "event" and c.share >= least]
    return _undoes(step) and not any(f"'{say.clip(name)}'" in step for name in worth)


def _beyond_changes(case: Case) -> tuple[str, ...]:
    """Where to look when changes are on record and none of them fits."""
    if not no_change_fits(case):
        return ()
    begin = say.moment(case.series, case.lead.onset[0])
    what_else = "a job, a provider, a certificate, a change made by hand"
    return (f"no recorded change fits, so look for what is not recorded around {begin}: {what_else}",)


def _tries_again(step: str, cause: Cause) -> bool:
    """It undoes the event that another step undoes already."""
    return cause.kind == "event" and _undoes(step) and f"'{say.clip(cause.name)}'" in step


def _undone(case: Case, cause: Cause, steps: list[str]) -> list[str]:
    """Where the change that is to blame was taken back already: check that, do not ask for it."""
    later = undoing(case, cause)
    if later is None:
        return steps
    others = [step for step in steps if not _undoes(step)]
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
        name = say.clip(say.plainly(case.lead.subject))
        found.append(f"give the calls between services (--graph FILE): {name} is one of {among}")
    return tuple(found)


def _from_the_case(case: Case) -> tuple[str, ...]:
    lead, series = case.lead, case.series
    name = say.clip(say.plainly(lead.subject))
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
