"""docs/watches.md: its settings load, its tables are what the program has."""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

import anomaly_hunter as ah
from anomaly_hunter.config import as_mapping, described
from anomaly_hunter.read.databases import Limits
from anomaly_hunter.read.web import MOST_BYTES, MOST_SECONDS
from anomaly_hunter.remember.watches.runs import KEPT_RUNS
from anomaly_hunter.serve.api.watches import router
from anomaly_hunter.watch.options import WatchOptions
from anomaly_hunter.watch.people import VARIABLES
from anomaly_hunter.watch.schedule import LEASE_S, MOST_ATTEMPTS
from tests.docs.pages import page, table, ticked

PAGE = page("watches.md")
SENTENCES = " ".join(PAGE.split())


def test_the_settings_of_the_page_load_and_keep_their_secrets(tmp_path):
    file = tmp_path / "hunter.yaml"
    file.write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    watches = ah.load_settings(file, {}).watches
    assert set(watches) == {"checkout", "orders", "requests"}
    assert "${SHOP_PASSWORD}" in watches["orders"].sql.url
    assert watches["requests"].prometheus.token == "${PROMETHEUS_TOKEN}"
    assert watches["checkout"].files == (str(tmp_path / "metrics/*.csv"),)


def test_the_table_of_settings_is_all_there_are_with_their_defaults():
    rows = {ticked(row[0]): row[1].strip("`") for row in table(PAGE, "setting")}
    defaults = {name: as_mapping(getattr(WatchOptions(), name)) for name in described(WatchOptions)}
    assert rows == {
        name: str(value) if value not in ([], None, "") else "" for name, value in defaults.items()
    }


def test_the_table_of_requests_is_what_the_api_has():
    said = {ticked(row[0]) for row in table(PAGE, "request")}
    assert said == {
        f"{next(iter(one.methods))} /api/v1{one.path}" for one in router.routes if isinstance(one, APIRoute)
    }


def test_the_numbers_of_the_page_are_those_of_the_program():
    for text in (
        f"runs out after {LEASE_S:g} seconds",
        f"at most {Limits().rows:,} rows",
        f"{MOST_BYTES / 1e6:g} MB and take a minute",
        f"the last {KEPT_RUNS}:",
        f"begin with `{VARIABLES}`",
    ):
        assert text in SENTENCES
    assert (MOST_ATTEMPTS, MOST_SECONDS, Limits().seconds) == (3, 60.0, 60.0)
