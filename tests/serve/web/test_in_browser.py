"""Keyboard, permalinks, dialogs and phone width in a real browser."""

import numpy as np
import pytest

from anomaly_hunter.hunt import hunt
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.watches.watching import Watches
from tests import builders
from tests.serve.web.outline import UNSAFE

pytest.importorskip("playwright")
from tests.serve.web.browser import browsing, fault_of, serving

pytestmark = pytest.mark.slow
NOW = np.datetime64("2026-03-01T12:00", "ns")
PLACES = ("/", "/incidents", "/statistics", "/watches", "/silences", "/events", "/settings")


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served")) as (address, store):
        yield address, store


@pytest.fixture
def ids(place):
    """Six incidents that are open, whatever was done to them before."""
    _, store = place
    found = store.keep(builders.many_hunt(6), at=NOW)
    for one in found:
        if store.incident(one).kept.state != "open":
            life = Life(store)
            if store.incident(one).kept.state != "resolved":
                life.resolve(one, "test")
            life.reopen(one, "test")
    return found


@pytest.fixture
def page(browser, place):
    context = browser.new_context(base_url=place[0], viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    assert fault_of(opened) == ""
    context.close()


def test_a_list_is_worked_on_without_a_mouse(page, place, ids):
    page.goto("/incidents")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-item]").nth(1).get_attribute("data-item")
    assert page.evaluate("document.activeElement.closest('[data-item]').dataset.item") == second
    page.keyboard.press("a")
    page.wait_for_selector(".toast >> text=1 incident acknowledged")
    assert place[1].incident(second).kept.state == "acknowledged"
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("r")
    page.wait_for_selector(".toast >> text=2 incidents resolved")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/*")


def test_shortcuts_are_listed_and_lead_everywhere(page, ids):
    page.goto("/incidents")
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open] >> text=Next in the list")
    page.keyboard.press("Escape")
    for keys, place in (("gt", "statistics"), ("gw", "watches"), ("gs", "silences"), ("gi", "incidents")):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"**/{place}")


def test_search_as_you_type_stands_in_the_address_and_is_found_again(page, ids):
    page.goto("/incidents?state=all")
    page.keyboard.press("/")
    page.keyboard.type("nothing has this", delay=5)
    page.wait_for_selector("text=No incident fits")
    page.wait_for_url("**q=nothing*")
    page.reload()
    assert page.locator("#q").input_value() == "nothing has this"
    assert page.locator("input[name=state][value=all]").is_checked()
    page.go_back()
    page.wait_for_selector("[data-item]")


def test_the_first_stop_leads_to_the_content_and_focus_is_seen(page, ids):
    page.goto("/incidents")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement).outline"
    assert "solid 2px" in page.evaluate(style)


def test_the_theme_is_the_systems_until_somebody_chooses(browser, place):
    context = browser.new_context(base_url=place[0], color_scheme="dark")
    page = context.new_page()
    page.goto("/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator(".side [data-theme-switch]").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    context.close()


def test_a_form_in_a_dialog_says_what_is_wrong_and_then_works(page, place):
    page.goto("/silences")
    page.keyboard.press("c")
    page.wait_for_selector("#make[open]")
    page.locator("#make [name=reason]").fill("vacuum of the database")
    page.locator("#make [name=labels]").fill("=odd")
    page.locator("#make .primary").click()
    page.wait_for_selector("#make [role=alert]")
    page.locator("#make [name=labels]").fill("")
    page.locator("#make .primary").click()
    page.wait_for_selector("#list >> text=vacuum of the database")
    assert not page.locator("#make[open]").count()
    page.locator("#list >> text=End now").click()
    page.locator("#confirm .primary").click()
    page.wait_for_selector(".toast >> text=Ended")
    assert not Silences(place[1]).active()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_is_wider_than_the_window(browser, place, ids, width):
    place[1].keep(hunt({UNSAFE + "a" * 200: builders.spike_values()}), at=NOW)
    context = browser.new_context(base_url=place[0], viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in PLACES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert fault_of(page) == "", path
    context.close()


def test_a_start_page_is_small(browser, place, ids):
    context = browser.new_context(base_url=place[0])
    page = context.new_page()
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/", wait_until="load")
    assert sum(sizes) <= 150_000
    context.close()


def test_a_phone_has_its_menu_behind_a_button(browser, place):
    context = browser.new_context(base_url=place[0], viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto("/")
    assert not page.locator("#side").is_visible()
    page.get_by_role("button", name="Menu").click()
    page.locator("#side >> text=Watches").click()
    page.wait_for_url("**/watches")
    context.close()


def test_many_watches_are_searched_on_the_page(page, place):
    watches = Watches(place[1])
    for number in range(12):
        definition = {"files": [f"{number}.csv"], "every": "1h"}
        watches.make(f"watch {number:02d}", definition, "ann", NOW, enabled=False)
    page.goto("/watches")
    page.keyboard.press("/")
    page.keyboard.type("WATCH 07")
    page.wait_for_selector("[data-filtered] >> text=1 of 12")
    assert page.locator("#list [data-item]:visible").count() == 1
    assert page.locator("#list [data-item]:visible >> text=watch 07").count() == 1
