"""Cases for the tests, from true spans: the detector is not what is tested here."""

from __future__ import annotations

import asyncio

import numpy as np

from anomaly_hunter.investigate.agents.change_detective import ChangeDetective
from anomaly_hunter.investigate.agents.pattern_analyst import PatternAnalyst
from anomaly_hunter.investigate.agents.root_cause import RootCause
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.group import group
from anomaly_hunter.investigate.judge import judge
from anomaly_hunter.model import (
    Anomaly,
    Dataset,
    Detection,
    Graph,
    Profile,
    Quality,
    Series,
    Share,
    stable_id,
)
from anomaly_hunter.samples.cases import SampleCase, TrueSpan

AGENTS = (PatternAnalyst, ChangeDetective, RootCause)


def detection_of(series: Series, *spans: TrueSpan, period: int = 0) -> Detection:
    """A detection that knows the truth: score is the deviation over four spreads."""
    value = series.value if series.value.ndim == 1 else series.value[:, 0]
    n = len(value)
    level = float(np.median(value)) if n else 0.0
    score = np.full(n, 0.2)
    anomalies = []
    for span in spans:
        part = value[span.start : span.stop]
        ranks = np.full(len(part), 9.0)
        if span.spread > 0:
            with np.errstate(all="ignore"):
                away = np.abs(part - span.expected) / (4 * span.spread)
            ranks = np.clip(np.where(np.isnan(away), 0.0, away), 1.1, 1e6)
        score[span.start : span.stop] = ranks
        peak = span.start + int(ranks.argmax())
        anomalies.append(
            Anomaly(
                stable_id(series.id, span.start), series.title, series.id, span.shape, span.direction,
                span.start, span.stop, peak, float(score[peak]), float(value[peak]), span.expected,
                span.spread,
                (max(0, span.start - 1), span.start), series.time[span.start],
                series.time[span.stop - 1],
                ongoing=span.stop >= n,
            )
        )  # fmt: skip
    step = (
        float(np.median(np.diff(series.time.view(np.int64)))) / 1e9
        if n > 1 and series.clocked
        else float("nan")
    )
    profile = Profile(n, step, 0, period, 0.9 if period else 0.0, 0.0, 1.0, level, series.counts, False)
    return Detection(series.title, score, tuple(anomalies), ("truth",), series, None, profile)


def table_detection(sample: SampleCase) -> Detection:
    """The odd rows of the sample's table."""
    table = sample.table
    assert table is not None
    score = np.full(len(table), 0.3)
    score[list(sample.rows)] = 3.0
    anomalies = tuple(
        Anomaly(
            stable_id(table.id, row), table.name, table.id, "outlying row", "up", row, row + 1, row, 3.0,
            float(table.measures()[row, 0]), 48.0, 24.0, (row, row), rows=(row,),
            carriers=(Share("amount", 0.55), Share("seconds_to_pay", 0.45)),
        )
        for row in sample.rows
    )  # fmt: skip
    return Detection(table.name, score, anomalies, ("truth",), table=table)


def case_of(sample: SampleCase) -> Case:
    """The worst incident of a sample."""
    detections: tuple[Detection, ...]
    if sample.table is not None:
        detections = (table_detection(sample),)
    else:
        period = 24 if sample.name == "season-break" else 0
        detections = tuple(
            detection_of(s, *([sample.spans[s.title]] if s.title in sample.spans else []), period=period)
            for s in sample.series
        )
    dataset = Dataset(
        sample.name, "table" if sample.table else "series", Quality(100.0, 1000), "made up", sample.series,
        sample.table, sample.events, sample.graph,
    )  # fmt: skip
    return Case.of(dataset, detections, group(dataset, detections)[0])


def quick_case(*series_and_spans, events=(), graph: Graph | None = None) -> Case:
    """A case from (series, span or None) pairs."""
    detections = tuple(detection_of(s, *([span] if span else [])) for s, span in series_and_spans)
    everything = tuple(s for s, _ in series_and_spans)
    dataset = Dataset(
        "quick", "series", Quality(100.0, 100), "made up", everything, None, tuple(events), graph
    )
    return Case.of(dataset, detections, group(dataset, detections)[0])


def findings_of(case: Case):
    """What the three agents say."""
    return [asyncio.run(agent().investigate(case)) for agent in AGENTS]


def verdict_of(case: Case):
    """The judge's word after the three agents."""
    return judge(case, findings_of(case))
