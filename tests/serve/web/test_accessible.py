"""Every page, in both themes, wide and on a phone: names, order, contrast, focus, what a finger can hit."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_hunter.feedback import feedback
from anomaly_hunter.hunt import hunt
from anomaly_hunter.model import Event
from anomaly_hunter.remember.life.events import Events
from anomaly_hunter.remember.life.life import Life
from anomaly_hunter.remember.life.silences import Silences
from anomaly_hunter.remember.people.keys import Keys
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.remember.records import Matcher, Silence
from anomaly_hunter.remember.store import now
from anomaly_hunter.remember.watches.watching import Watches
from anomaly_hunter.samples import series, table

pytest.importorskip("playwright")
from tests.serve.web.accessible import faults_of
from tests.serve.web.browser import browsing, fault_of, serving

pytestmark = pytest.mark.slow
HOUR = np.timedelta64(3600, "s")
PLACES = (
    "/", "/incidents?state=all", "/incidents?q=no+such+thing", "/hunts", "/hunt", "/statistics", "/watches",
    "/silences", "/events", "/settings", "/people", "/audit", "/account", "/docs", "/nowhere",
)  # fmt: skip
DIALOGS = (
    ("/watches", "#make"), ("/silences", "#make"), ("/events", "#make"), ("/people", "#add-person"),
    ("/people", "#make-key"),
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """A server that people have worked with, and addresses of single things."""
    folder = tmp_path_factory.mktemp("lived-in")
    with serving(folder) as (address, store):
        yield address, _fill(store, folder)


def _fill(store, folder):
    for sample in (series, table):
        sample.write(folder)
    around = {"events": str(folder / "checkout-events.csv"), "graph": str(folder / "checkout-graph.yaml")}
    found = hunt(str(folder / "checkout.csv"), **around, memory=store)
    rows = hunt(str(folder / "orders.csv"), memory=store)
    incident = found.incidents[0].id
    feedback(incident, "real", memory=store, cause="right", who="ann")
    Life(store).comment(incident, "it was the deploy", "ann")
    Life(store).mute(found.incidents[1].id, "ann", now() + HOUR)
    for hours, kind in ((-1, "silence"), (5, "maintenance")):
        at = now() + hours * HOUR
        Silences(store).add(Silence(Matcher("db*"), at, at + 2 * HOUR, kind, reason="a test", by="ann"))
    Events(store).add([Event(now(), "deploy", "payments v2", "payments")], source="test", by="ann")
    watch = Watches(store).make("checkout", {"files": ["*.csv"], "every": "1h"}, "ann", now(), enabled=False)
    People(store).add("ann", "admin", Doer("test"))
    Keys(store).add("a program", ["read"], Doer("test"))
    names = (incident, found.incidents[1].id, rows.incidents[0].id)
    return (*(f"/incidents/{name}" for name in names), f"/watches/{watch.id}")


@pytest.fixture
def page(browser, lived_in):
    context = browser.new_context(base_url=lived_in[0], color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    assert fault_of(opened) == ""
    context.close()


def test_nothing_on_any_page_keeps_anybody_out(page, lived_in):
    found = {}
    for path in (*PLACES, *lived_in[1]):
        page.goto(path)
        if faults := faults_of(page):
            found[path] = faults
    assert found == {}


def test_nothing_in_any_dialog_keeps_anybody_out_and_focus_goes_back(page):
    found = {}
    for path, name in DIALOGS:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        opener = page.locator(f"[data-opens='{name}']").first
        opener.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{name}[open]")
        if faults := faults_of(page):
            found[path, name] = faults
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")  # the first one may leave a field
        page.wait_for_selector(f"{name}:not([open])", state="attached")
        assert opener.evaluate("one => document.activeElement === one"), (path, name)
    assert found == {}


def test_a_memory_with_nothing_in_it_keeps_nobody_out(browser, tmp_path):
    with serving(tmp_path) as (address, _):
        context = browser.new_context(base_url=address, color_scheme="light")
        page = context.new_page()
        found = {}
        for path in ("/", "/incidents", "/hunts", "/statistics", "/watches", "/silences", "/events"):
            page.goto(path)
            if faults := faults_of(page):
                found[path] = faults
        context.close()
    assert found == {}


def test_the_page_of_sign_in_keeps_nobody_out(browser, tmp_path):
    with serving(tmp_path, sign_in=True) as (address, _):
        context = browser.new_context(base_url=address, color_scheme="light")
        page = context.new_page()
        page.goto("/")
        page.wait_for_url("**/sign-in")
        found = faults_of(page)
        context.close()
    assert found == []


def test_the_checks_find_what_they_are_there_for(browser):
    page = browser.new_page()
    page.set_content("""<!doctype html><html><head><title>x</title></head><body><main><h1>A</h1><h3>B</h3>
    <p style="color:#999">pale</p><button style="outline:0;width:60px;height:30px"></button><nav></nav>
    <p id="a">x</p><p id="a">y</p><label for="none">z</label><svg width="9" height="9"></svg>
    <button style="width:10px;height:10px;padding:0">i</button><div aria-hidden="true"><a href="#">q</a></div>
    <table><thead><tr><th>h</th></tr></thead></table></main></body></html>""")
    found = " | ".join(faults_of(page))
    for said in (
        "no language", "h3 after h1", "contrast 2.8", "a control without a name", "nav without a name",
        "id a is there 2",
        "leads to none", "neither hidden nor named", "only 10 x 10", "hidden from those",
        "without scope", "focus is not",
    ):  # fmt: skip
        assert said in found, (said, found)
    page.close()
