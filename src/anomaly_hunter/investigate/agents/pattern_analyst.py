"""Pattern Analyst: what is it, is it real, and which part of the data carries it?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.expectation import DATA_SHAPES, PATTERN_SHAPES
from anomaly_hunter.investigate.causes import segment_causes
from anomaly_hunter.model import Cause, Evidence, Finding

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

COLUMN_NAMED = 0.6
SEGMENT_NAMED = 0.5
MOST_ON_RECORDS = {"volume": 1, "carried-by": 2, "category-shift": 1, "theme": 2, "mood": 1}
"""How many answers of each kind on counted records are cited: enough to see what people write."""
SEASON_SHAPES = ("season break", "odd shape", "variance", "level shift", "flat line")


class PatternAnalyst:
    """Statistics of the anomaly: size, shape, rarity, season, and the part that carries it.

    Never names a cause outside of the data: only a segment, a column or a pattern in time.

    Confidence that it is real: ``1 - (1 - 0.75 s)(1 - 0.6 c)(1 - 0.4 d)`` times ``0.5 + 0.5 trust``
    with ``s = score^2 / (1 + score^2)``, ``c = 1 / (1 + points that noise alone would bring)`` (for
    shapes in time: how far the course left its season, else a half) and ``d = 1 - 1 / points``.
    With a cause, times ``0.6 + 0.4 share``.
    """

    name: ClassVar[str] = "pattern_analyst"

    async def investigate(self, case: Case) -> Finding:
        """One finding on what it is."""
        expected, rarity, season, quality = case.expected(), case.rarity(), case.season(), case.quality()
        carriers, segments = case.carriers(), case.segments()
        cited = [expected, rarity, quality, *([season] if season.numbers["period"] else [])]
        cause = _cause(case, season, rarity)
        if cause is not None and cause.kind in ("column", "segment"):
            among_several = case.series is None or case.series.channels
            cited += [*([carriers] if among_several else []), *segments[:2]]
        cited += _on_records(case)
        real = realness(case, rarity, season, quality)
        confidence = real if cause is None else real * (0.6 + 0.4 * cause.share)
        return Finding(
            "Pattern Analyst",
            say.one_line(_claim(case, cited, cause)),
            round(confidence, 4),
            tuple(evidence.id for evidence in cited),
            cause,
            _steps(case, cause, quality),
        )


def _on_records(case: Case) -> list[Evidence]:
    left = dict(MOST_ON_RECORDS)
    cited = []
    for evidence in case.tickets():
        kind = evidence.id.partition(":")[0]
        if left.get(kind, 0) > 0:
            left[kind] -= 1
            cited.append(evidence)
    return cited


def realness(case: Case, rarity: Evidence, season: Evidence, quality: Evidence) -> float:
    """Confidence that this is no noise, in [0, 0.97]."""
    lead = case.lead
    square = min(max(lead.score, 0.0), 1e6) ** 2
    points = len(case.anomalies) if case.series is None else max(1, lead.stop - lead.start)
    strength, lasting = square / (1.0 + square), 1.0 - 1.0 / points
    unlikely = _unlikely(case, rarity, season)
    sure = 1.0 - (1.0 - 0.75 * strength) * (1.0 - 0.6 * unlikely) * (1.0 - 0.4 * lasting)
    return min(0.97, sure * (0.5 + 0.5 * _float(quality, "trust", 1.0)))


def _unlikely(case: Case, rarity: Evidence, season: Evidence) -> float:
    shape = case.lead.shape
    if shape in DATA_SHAPES:
        return 1.0
    chance = 1.0 / (1.0 + _float(rarity, "by_chance", 1.0))
    if shape not in PATTERN_SHAPES:
        return chance
    usual, now = _float(season, "usual_likeness", 0.0), _float(season, "likeness", 0.0)
    lost = 1.0 - max(0.0, now) / usual if usual > 0.3 else 0.5
    return max(chance, lost)


def _float(evidence: Evidence, key: str, default: float) -> float:
    value = evidence.numbers.get(key)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else default


def _cause(case: Case, season: Evidence, rarity: Evidence) -> Cause | None:
    """A segment before a column before a pattern in time; None when nothing in the data stands out."""
    segments = segment_causes(case)
    if segments and segments[0].share >= SEGMENT_NAMED:
        return segments[0]
    carriers = case.carriers()
    top, share = carriers.numbers["top"], _float(carriers, "share", 0.0)
    if isinstance(top, str) and share >= COLUMN_NAMED:
        return Cause("column", top, f"{top} carries {say.percent(share)} of it", share, (carriers.id,))
    every = rarity.numbers["every"]
    if isinstance(every, str):
        statement = f"it returns every {every}: something on a schedule"
        return Cause("pattern", f"returns every {every}", statement, 0.7, (rarity.id,))
    if season.numbers.get("broken") and case.lead.shape in SEASON_SHAPES:
        usual, now = _float(season, "usual_likeness", 1.0), _float(season, "likeness", 0.0)
        statement = (
            f"the season of {season.numbers['season']} broke: r = {now:.2f} where {usual:.2f} is usual"
        )
        share = min(1.0, max(0.0, 1.0 - max(0.0, now) / usual))
        return Cause("pattern", "season break", statement, share, (season.id,))
    return None


def _claim(case: Case, cited: list[Evidence], cause: Cause | None) -> str:
    lead = case.lead
    if case.series is None:
        total = len(case.detection.score)
        stand = "stands" if len(case.anomalies) == 1 else "stand"
        rows = say.counted(len(case.anomalies), "row")
        head = f"{rows} of {total:,} {stand} out; {cited[0].statement}"
    else:
        head = f"{lead.shape}: {cited[0].statement}, for {say.lasted(case.series, lead)}"
    rank = f"; {cited[1].statement}"
    why = f"; {cause.statement}" if cause is not None else ""
    return head + rank + why


def _steps(case: Case, cause: Cause | None, quality: Evidence) -> tuple[str, ...]:
    lead = case.lead
    begin = say.moment(case.series, lead.start)
    found = []
    if cause is not None and cause.kind == "segment":
        found.append(f"filter on {cause.name} and compare it with the rest: that is where it sits")
    elif cause is not None and cause.kind == "column":
        where = f"in {say.clip(case.dataset.name, 40)}" if case.series is None else f"from {begin} on"
        found.append(f"check {cause.name} {where} first: it carries {say.percent(cause.share)} of it")
    elif cause is not None and cause.name == "season break":
        found.append(
            f"find out what kept {say.plainly(lead.subject)} from its usual course at {begin}: "
            "a holiday, a job that did not run"
        )
    elif cause is not None:
        found.append(f"look for a job or timer that {cause.name} and touches {say.plainly(lead.subject)}")
    if _float(quality, "trust", 1.0) < 0.9:
        found.append(
            f"mind the quality of {lead.subject} first: {quality.statement}"
            if case.series is None
            else f"repair or explain the missing data of {say.plainly(lead.subject)} around {begin} "
            "before trusting the numbers"
        )
    return tuple(found)
