"""What a user may set about detection."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Direction


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """Rules and choices of detection, in the field's words.

    Attributes
    ----------
    detectors:
        Names to use instead of the automatic choice (`hunter detectors` lists them).
    detection_direction:
        Alarm on values that are too high ("up"), too low ("down") or both.
    min_dev_from_expected:
        Smallest absolute deviation worth an alarm, in the unit of the data.
    min_rel_dev_from_expected:
        Smallest deviation as a share of the expected value (0.2 = 20%).
    data_range:
        Values outside are impossible and always alarm; None on a side: no bound.
    seasonality:
        Season in points; None: find it; 0: there is none.
    contamination:
        Alarm on this share of the points or rows (0-0.5); None: decide from the data.
    sensitivity:
        Divides the alarm boundary: 2.0 alarms at half the usual strangeness.
    alarms_per_week:
        How many false alarms are acceptable per series and week of data. Series below 2,000 points
        alarm at what chance reaches in this many of a hundred of them.
    interval_width:
        Share of the normal values that the expected band holds (0.5-0.999).
    holidays:
        Country of public holidays, as "DE" or with its region "US-CA" (extra `holidays`); "": none.
    """

    detectors: tuple[str, ...] = ()
    detection_direction: Direction = "both"
    min_dev_from_expected: float = 0.0
    min_rel_dev_from_expected: float = 0.0
    data_range: tuple[float | None, float | None] = (None, None)
    seasonality: int | None = None
    contamination: float | None = None
    sensitivity: float = 1.0
    alarms_per_week: float = 1.0
    interval_width: float = 0.95
    holidays: str = ""

    def __post_init__(self) -> None:
        low, high = self.data_range
        checks = (
            (self.detection_direction in ("up", "down", "both"), "detection_direction", "up, down or both"),
            (self.min_dev_from_expected >= 0, "min_dev_from_expected", "0 or more"),
            (self.min_rel_dev_from_expected >= 0, "min_rel_dev_from_expected", "0 or more (0.2 = 20%)"),
            (low is None or high is None or low < high, "data_range", "a lower bound below the upper one"),
            (
                self.seasonality is None or self.seasonality >= 0,
                "seasonality",
                "points per season, 0 for none",
            ),
            (
                self.contamination is None or 0 < self.contamination <= 0.5,
                "contamination",
                "a share above 0 and up to 0.5",
            ),
            (0 < self.sensitivity < 1e6, "sensitivity", "a number above 0 (1 is the default)"),
            (0 < self.alarms_per_week <= 1e4, "alarms_per_week", "a number above 0 (1 is the default)"),
            (0.5 <= self.interval_width <= 0.999, "interval_width", "a share from 0.5 to 0.999"),
        )
        for holds, name, expected in checks:
            if not holds:
                raise UsageError(f"{name} is {getattr(self, name)!r}", expected, f"change {name}")
