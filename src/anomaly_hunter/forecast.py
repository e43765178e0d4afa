"""How every series of some data goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.config import Settings, override
from anomaly_hunter.detect.expecting import needed
from anomaly_hunter.detect.forecasting.contract import Forecast, Forecaster
from anomaly_hunter.detect.profile import unused_season
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Dataset, Series
from anomaly_hunter.reading import read


def forecast(
    data: object,
    *,
    horizon: int,
    forecaster: str = "seasonal",
    level: float = 0.95,
    settings: Settings | None = None,
    **options: Any,
) -> tuple[Forecast, ...]:
    """The next ``horizon`` values of every series, with intervals.

    Tickets are forecast as counts per interval, in all and by segment. A series of several channels
    gives one forecast per channel. One with too few values gives an empty forecast with a note.

    Parameters
    ----------
    data:
        What :func:`anomaly_hunter.hunt` reads.
    horizon:
        How many points ahead, 1 to 10,000.
    forecaster:
        "seasonal" (built in), "arima", "prophet" or "lightgbm" (extra ``forecast``), or a plug-in's.
    level:
        Share of the values to come that lies inside the interval, 0.5 to 0.999.
    options:
        Single settings by their own names: ``time="ts"``, ``seasonality=24``, ...

    Raises
    ------
    HunterError
        The data cannot be read, hold no series, or no series has enough values; a wrong horizon,
        level or name; a package that is not installed.

    >>> next_day = forecast([20.0, 30, 25, 40] * 12, horizon=4)[0]
    >>> next_day.expected.round(6).tolist()
    [20.0, 30.0, 25.0, 40.0]
    """
    settings = override(settings or Settings(), **options)
    made = registry.lookup("forecasters", forecaster)
    dataset = read(data, settings)
    if not dataset.series:
        raise _no_series(dataset)
    period = settings.detect.seasonality

    def build() -> Forecaster:
        try:
            return cast(Forecaster, made(period=period))
        except TypeError:  # one of a plug-in that takes no season
            return cast(Forecaster, made())

    found = tuple(
        _noted(_forecast(build(), title, channel, horizon, level), period, len(channel))
        for series in dataset.series
        for title, channel in _channels(series)
    )
    if not any(len(one) for one in found):
        raise DataError(found[0].note, "a series with enough values", "give it a longer history")
    return found


def _forecast(forecaster: Forecaster, title: str, channel: Series, horizon: int, level: float) -> Forecast:
    known, least = int(np.isfinite(channel.value).sum()), needed(len(channel))
    if known < least:
        note = f"series {title!r} has {known or 'no'} value{'s' * (known != 1)}, {least} are needed"
        empty, nowhere = np.empty(0), np.empty(0, "datetime64[ns]")
        return Forecast(nowhere, empty, empty, empty, level, title, forecaster.name, note=note)
    return replace(forecaster.fit(channel).predict(horizon, level), series=title)


def _noted(found: Forecast, season: int | None, n: int) -> Forecast:
    """With a note where the season that was given could not be used."""
    if found.note or not season or 2 <= season <= n // 2:
        return found
    return replace(found, note=f"series {found.series!r}: {unused_season(season, n)}")


def _channels(series: Series) -> tuple[tuple[str, Series], ...]:
    if series.value.ndim == 1:
        return ((series.title, series),)
    columns = np.ascontiguousarray(series.value.T)
    return tuple(
        (f"{series.title}[{name}]", replace(series, value=column, channels=()))
        for name, column in zip(series.channels, columns, strict=True)
    )


def _no_series(dataset: Dataset) -> DataError:
    return DataError(
        f"there is no series in {dataset.name}: {dataset.reading}",
        "values over time, or tickets with a time",
        "name the time column with --time (time=...)",
    )
