"""Hunts that nobody would wish for: hostile texts, odd numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly_hunter.model import (
    Cause,
    Dataset,
    Event,
    Evidence,
    Finding,
    Hunt,
    Incident,
    Issue,
    Quality,
    Verdict,
)
from tests import builders

HOSTILE = (
    "\x1b[31mred\x1b]0;title\x07 \x9b2J \r\nover [bold red]markup[/] :boom: \u202eevil\u2066 "
    "| a | <script>alert(1)</script> ![x](http://e.vil/x.png) @everyone "
    "`tick` =cmd|' /C calc'!A0 \ud800 \x00 名前"
)
NUMBERS = (np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0, -0.0)

ALL = (
    builders.series_hunt,
    builders.quiet_hunt,
    builders.table_hunt,
    builders.many_hunt,
    builders.multichannel_hunt,
    builders.tickets_hunt,
)


def hostile_hunt(text: str = HOSTILE) -> Hunt:
    """The spike, with ``text`` wherever text from data can stand."""
    hunt = builders.series_hunt()
    old = hunt.detections[0]
    assert old.series is not None
    series = replace(old.series, name=text, labels={text: text}, unit=text)
    anomaly = replace(old.anomalies[0], subject=series.title, subject_id=series.id)
    at = series.time[20]
    second = replace(anomaly, id="second", start=20, stop=21, peak=20, begin=at, end=at)
    pair = (anomaly, second)
    detection = replace(old, subject=series.title, series=series, anomalies=pair, detectors=(text,))
    cause = Cause("event", text, text, 0.5, (text,))
    other = Cause("event", text + "2", text, 0.4, (text,))
    fact = Evidence(text, text, text, {text: text})
    finding = Finding(text, text, 0.8, (text, "unknown"), cause, (text,))
    verdict = Verdict(
        5.0, 0.7, text, text, (finding,) * 3, (fact,), cause, (cause, other), text, (text,), {text: 0.5}
    )
    incident = Incident(text, (anomaly, second), verdict, anomaly.begin, anomaly.end)
    quality = Quality(50.0, 3, (Issue(text, text, 1, text),))
    event = Event(series.time[89], text, text, text, {text: text})
    dataset = Dataset(text, "series", quality, text, (series,), None, (event,), None, {text: text}, (text,))
    return Hunt(dataset, (detection,), (incident, replace(incident, id="b")), 3, {text: 1.0}, (fact,))


def odd_hunt(number: float) -> Hunt:
    """The spike, with ``number`` wherever a float can stand."""
    hunt = builders.series_hunt()
    old = hunt.detections[0]
    assert old.series is not None
    value = old.series.value.copy()
    value[90:93] = number if np.isfinite(number) else np.nan
    series = replace(old.series, value=value)
    anomaly = replace(
        old.anomalies[0], score=number, actual=number, expected=-number, spread=number, begin=None, end=None
    )
    band = np.full(120, number)
    detection = replace(
        old, series=series, anomalies=(anomaly,), score=band, expected=band, lower=-band, upper=band
    )
    fact = Evidence("e", "q", "s", {"a": number, "b": True, "c": None, "d": 3, "e": "x"})
    verdict = replace(builders.verdict(5.0, 0.5), evidence=(fact,), factors={"effect": 0.5})
    return replace(
        hunt,
        detections=(detection,),
        incidents=(Incident("i", (anomaly,), verdict),),
        took_ms={"read": number},
    )
