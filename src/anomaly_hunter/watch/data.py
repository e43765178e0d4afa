"""From a watch and its window to what a hunt takes: secrets are filled in here, and nowhere kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from anomaly_hunter.config import Settings, override, watch_of
from anomaly_hunter.read.sources.prometheus import PrometheusQuery
from anomaly_hunter.read.sources.sql import SqlQuery
from anomaly_hunter.read.within import Within
from anomaly_hunter.reading import Around
from anomaly_hunter.remember.watches.watching import Watch
from anomaly_hunter.watch.options import WatchOptions, seconds_of
from anomaly_hunter.watch.people import Allowed, own_variables
from anomaly_hunter.watch.windows import Window
from anomaly_hunter.yaml_file import filled_in

_NAMED: Final = re.compile(r"\$\{([^}:]*)")
_LEAST_SECRET: Final = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """What watches may name: variables of the environment, and files for those that people made."""

    environment: Mapping[str, str]
    allowed: Allowed


def options_of(watch: Watch) -> WatchOptions:
    """The definition, checked again: an older version may have kept it."""
    return watch_of(watch.name, dict(watch.definition))


def data_of(watch: Watch, options: WatchOptions, window: Window, rules: Rules) -> tuple[Within, Around]:
    """What is hunted in, and what is known around it.

    Raises
    ------
    HunterError
        A variable is not set, or people's watch leads where it may not.
    """
    people = watch.origin == "people"
    environment = own_variables(rules.environment) if people else rules.environment
    if people:
        rules.allowed.check(options)
    data: object
    if options.sql is not None:
        url = filled_in(options.sql.url, environment)
        url = rules.allowed.url(url) if people else url
        data = SqlQuery(url, options.sql.query, window.history, window.end, watch.name)
    elif options.prometheus is not None:
        asked = options.prometheus
        data = PrometheusQuery(
            filled_in(asked.url, environment), asked.query, window.history, window.end,
            seconds_of(asked.step), filled_in(asked.token, environment), watch.name,
        )  # fmt: skip
    else:
        files = list(options.files)
        data = [file for one in files for file in rules.allowed.files(one)] if people else files
    return Within(data, window.history, window.end), _around(options, rules, people=people)


def settings_of(settings: Settings, options: WatchOptions) -> Settings:
    """The settings with those of the watch."""
    own: dict[str, Any] = {**options.read, **options.detect}
    return override(settings, **own) if own else settings


def without_secrets(text: str, watch: Watch, environment: Mapping[str, str]) -> str:
    """A message without the values of the variables that the watch names."""
    definition = f"{watch.definition.get('sql')} {watch.definition.get('prometheus')}"
    values = (environment.get(name, "") for name in _NAMED.findall(definition))
    for value in sorted({value for value in values if len(value) >= _LEAST_SECRET}, key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def _around(options: WatchOptions, rules: Rules, *, people: bool) -> Around:
    def placed(path: str) -> str | None:
        if not path:
            return None
        return rules.allowed.files(path)[0] if people else path

    return Around(events=placed(options.events), graph=placed(options.graph))
