"""How much one page holds. Whatever is left out is counted on the page."""

from __future__ import annotations

from typing import Final

CHARTS: Final = 30  # drawn in all, the incidents' leads first
CHARTS_WHEN_QUIET: Final = 9
POINTS_FIRST: Final = 6000  # drawn points of the worst incident's lead series
POINTS_LEAD: Final = 700  # of every other incident's lead
POINTS_MEMBER: Final = 500  # of every other series
POINTS_STILL: Final = 900  # of the first picture that needs no JavaScript
POINTS_STILL_OTHER: Final = 200  # of every other one
CHANNELS: Final = 6  # of one series with many channels, those that carry the anomaly first
SPANS: Final = 300  # shaded in the first chart, the strangest first
SPANS_OTHER: Final = 60  # shaded in every other chart
GAPS: Final = 200  # hatched in one chart, the longest first
EVENTS: Final = 100  # the nearest to an incident first
TIMELINE: Final = 30  # entries of one incident
ANOMALIES: Final = 200  # rows of the table of anomalies, the strangest first
ROWS: Final = 40  # outlying rows of one incident
COLUMNS: Final = 12  # of an outlying row, those that carry it first
LOOKED_AT: Final = 60  # rows of the table of what was looked at
ISSUES: Final = 60
EVIDENCE: Final = 40  # of one finding
TEXT: Final = 600  # characters of one text from the data
