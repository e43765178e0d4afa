"""How good alarms are: hits, false alarms, delay, precision and recall of points.

A true span is **hit** by an alarm that overlaps it once widened by 5 points on each side; an
alarm, after merging, that touches no true span so widened is **false**.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anomaly_hunter.bench.spans import Span, mask_of, merge_spans

WIDEN = 5
"""Points by which a true span is widened on each side before an alarm is held against it."""

WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Alarms:
    """What the alarms of one series were worth.

    ``tp, fp, fn`` count points, without widening; ``events`` true spans of which ``hits`` were
    hit; ``alarms`` merged alarm spans of which ``false_alarms`` touch no widened true span;
    ``delays`` and ``delays_s`` one number per hit event in points and seconds (negative: the
    alarm began before the event); ``points`` and ``seconds`` say how much was looked at.
    """

    points: int
    seconds: float
    tp: int
    fp: int
    fn: int
    events: int
    hits: int
    alarms: int
    false_alarms: int
    delays: tuple[int, ...] = ()
    delays_s: tuple[float, ...] = ()

    @property
    def precision(self) -> float:
        """Share of the alarmed points that are true; 0 without an alarm, NaN if none was due."""
        return _share(self.tp, self.tp + self.fp) if self.alarms else 0.0 if self.events else float("nan")

    @property
    def recall(self) -> float:
        """Share of the true points that are alarmed; NaN without a true point."""
        return _share(self.tp, self.tp + self.fn)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def judge_alarms(truth: Sequence[Span], alarms: Sequence[Span], time_s: npt.ArrayLike) -> Alarms:
    """Hold alarm spans against true spans.

    A true span is hit by an alarm that overlaps it once widened by 5 points on each side. An
    alarm, after merging, that overlaps no widened true span is false. The delay runs from the
    true start to the first point of the first alarm that hits.

    Parameters
    ----------
    truth, alarms:
        Half-open spans within ``[0, n)``; both are merged first.
    time_s:
        ``(n,)`` seconds of each point, never decreasing.

    >>> a = judge_alarms([(20, 30)], [(12, 14), (22, 25), (24, 33)], range(0, 6000, 60))
    >>> a.tp, a.fp, a.fn, a.events, a.hits, a.alarms, a.false_alarms, a.delays, a.delays_s
    (8, 5, 2, 1, 1, 2, 1, (2,), (120.0,))
    """
    time = np.asarray(time_s, dtype=np.float64)
    true, raised = merge_spans(truth), merge_spans(alarms)
    is_true, is_raised = mask_of(true, len(time)), mask_of(raised, len(time))
    firsts = [(a, next((c for c, d in raised if _touches((a, b), (c, d))), None)) for a, b in true]
    hits = [(a, c) for a, c in firsts if c is not None]
    step = float(np.median(np.diff(time))) if len(time) > 1 else 0.0
    return Alarms(
        points=len(time),
        seconds=float(time[-1] - time[0]) + step if len(time) else 0.0,
        tp=int((is_true & is_raised).sum()),
        fp=int((~is_true & is_raised).sum()),
        fn=int((is_true & ~is_raised).sum()),
        events=len(true),
        hits=len(hits),
        alarms=len(raised),
        false_alarms=sum(not any(_touches(span, alarm) for span in true) for alarm in raised),
        delays=tuple(c - a for a, c in hits),
        delays_s=tuple(float(time[c] - time[a]) for a, c in hits),
    )


def _touches(true: Span, alarm: Span) -> bool:
    return alarm[0] < true[1] + WIDEN and alarm[1] > true[0] - WIDEN


def pool_alarms(files: Sequence[Alarms]) -> dict[str, float]:
    """One row of numbers for a group of series.

    Pooled precision and recall sum points over all files; the means are over files where the
    number exists (a file with events and no alarm has precision 0). ``false_per_week`` and
    ``false_per_day`` are false alarms per series and week or day: all false alarms over all time
    looked at. Delays are over hit events. ``files_hit`` counts files with at least one hit.
    ``flagged_clean`` is the share of the files without a true span that raise an alarm.
    Numbers that do not exist are NaN.
    """
    tp, fp, fn = (sum(getattr(f, name) for f in files) for name in ("tp", "fp", "fn"))
    weeks = sum(f.seconds for f in files) / WEEK_S
    false = sum(f.false_alarms for f in files)
    clean = [f for f in files if not f.events]
    return {
        "files": len(files),
        "files_with_events": len(files) - len(clean),
        "files_hit": sum(f.hits > 0 for f in files),
        "events": sum(f.events for f in files),
        "hits": sum(f.hits for f in files),
        "event_recall": _share(sum(f.hits for f in files), sum(f.events for f in files)),
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "mean_precision": _mean([f.precision for f in files]),
        "mean_recall": _mean([f.recall for f in files]),
        "alarms": sum(f.alarms for f in files),
        "false_alarms": false,
        "weeks": weeks,
        "false_per_week": _share(false, weeks),
        "false_per_day": _share(false, weeks * 7),
        "median_delay_points": _median([d for f in files for d in f.delays]),
        "median_delay_s": _median([d for f in files for d in f.delays_s]),
        "p90_delay_s": _quantile([d for f in files for d in f.delays_s], 0.9),
        "flagged": sum(f.alarms > 0 for f in files),
        "clean_files": len(clean),
        "clean_flagged": sum(f.alarms > 0 for f in clean),
        "flagged_clean": _share(sum(f.alarms > 0 for f in clean), len(clean)),
    }


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if not np.isnan(v)]
    return float(np.mean(known)) if known else float("nan")


def _quantile(values: Sequence[float], q: float) -> float:
    return float(np.quantile(values, q)) if values else float("nan")


def _median(values: Sequence[float]) -> float:
    return _quantile(values, 0.5)
