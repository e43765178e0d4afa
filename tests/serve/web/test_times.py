"""Moments are UTC until somebody wants those of their own zone; each of them names its zone."""

from __future__ import annotations

import re

import numpy as np
import pytest

from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.records import Matcher, Silence
from anomaly_hunter.serve.web.templating import brief

pytest.importorskip("playwright")
from tests.serve.web.browser import browsing, fault_of, serving
from tests.serve.web.conftest import kept_example

HOUR = np.timedelta64(3600, "s")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("a rose between 2026-03-03 14:40 UTC and 2026-03-03 15:45 UTC; by b", "a rose; by b"),
        ("a rose since 2026-03-03 14:40:07.25 UTC", "a rose"),
        ("7 rows of 2,000 stand out", "7 rows of 2,000 stand out"),
        ("a fell at noon; b", "a fell at noon; b"),
    ],
)  # fmt: skip
def test_lists_say_a_headline_without_its_times(said, left):
    assert brief(said) == left


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with serving(folder) as (address, store):
        incident = kept_example(folder, store)
        begin = np.datetime64("2026-07-01T20:00", "ns")
        Silences(store).add(Silence(Matcher(), begin, begin + 5 * HOUR, repeat="daily", reason="x"))
        Life(store).mute(incident, "ann", np.datetime64("2126-07-01T20:00:07.123456789", "ns"))
        yield address, incident


@pytest.fixture
def page(browser, place):
    context = browser.new_context(
        base_url=place[0], timezone_id="Asia/Kolkata", viewport={"width": 1280, "height": 900}
    )
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    assert fault_of(opened) == ""
    context.close()


@pytest.mark.slow
def test_the_key_z_shows_times_of_ones_own_zone_and_pages_remember_it(page):
    page.goto("/silences")
    page.locator("text=2026-07-01 20:00 to 2026-07-02 01:00 UTC").wait_for()
    assert page.inner_text("[data-zone-name]") == "UTC"
    page.keyboard.press("z")
    page.locator("text=2026-07-02 01:30 to 06:30 GMT+5:30").wait_for()
    assert page.inner_text("[data-zone-name]") == "GMT+5:30"
    page.goto("/account")
    assert page.is_checked("input[name=zone][value=local]")
    assert "Asia/Kolkata" in page.inner_text("[data-zone-own]") or "Calcutta" in page.inner_text(
        "[data-zone-own]"
    )
    page.check("input[name=zone][value=utc]")
    page.goto("/silences")
    page.locator("text=2026-07-01 20:00 to 2026-07-02 01:00 UTC").wait_for()


@pytest.mark.slow
def test_an_incident_with_its_charts_is_read_in_ones_own_zone(page, place):
    page.goto(f"/incidents/{place[1]}")
    page.locator("figure[data-keeps=zoom][data-drawn=yes]").wait_for()
    before = page.inner_text("#incident-live dd >> nth=0")
    assert re.fullmatch(r"2026-03-03 14:30 UTC", before)
    assert "heard again in" in page.inner_text("#incident-live .chips")
    assert page.locator("#incident-people >> text=until 2126-07-01 20:00 UTC").count() == 1
    page.keyboard.press("z")
    assert page.inner_text("#incident-live dd >> nth=0") == "2026-03-03 20:00 GMT+5:30"
    legend = page.locator("figure[data-keeps=zoom] .legend")
    assert "GMT+5:30" in legend.inner_text()
    said = page.locator("#incident-people time").first
    assert said.get_attribute("title").count("UTC") == 1
    assert "GMT+5:30 (" in said.get_attribute("title")
    page.keyboard.press("z")
    assert page.inner_text("#incident-live dd >> nth=0") == before
    assert "UTC" in legend.inner_text()


@pytest.mark.slow
def test_the_axis_of_the_overview_moves_with_the_zone(page):
    page.goto("/?range=24h")
    ticks = "[...document.querySelectorAll('[data-axis] text')].map(one => one.textContent)"
    before = page.evaluate(ticks)
    page.keyboard.press("z")
    assert page.inner_text(".ticks .lane-name") == "GMT+5:30"
    assert page.evaluate(ticks) != before
    assert all(re.fullmatch(r"\d\d:\d\d|\d+ \w{3}", one) for one in page.evaluate(ticks))
    page.keyboard.press("z")
    assert page.evaluate(ticks) == before


@pytest.mark.slow
def test_without_scripts_a_file_is_uploaded_and_hunted_in(browser, place, tmp_path):
    data = tmp_path / "cpu.csv"
    data.write_text("value\n" + "\n".join(["12", "11", "12.5"] * 40 + ["99"]) + "\n")
    phone = {"width": 390, "height": 844}
    context = browser.new_context(base_url=place[0], java_script_enabled=False, viewport=phone)
    page = context.new_page()
    page.goto("/hunt")
    assert page.locator("#hunt-form textarea").bounding_box()["width"] < 390
    page.set_input_files("input[name=picked]", str(data))
    page.click(".hunt-button")
    page.wait_for_url(re.compile("/hunts/[0-9a-f]{12}$"))
    assert "cpu.csv" in page.inner_text("h1")
    context.close()
