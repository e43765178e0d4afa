"""The whole way through the dashboard, in windows of a real browser, as a user starts the server."""

from __future__ import annotations

import re

import pytest

from anomaly_hunter.hunt import hunt
from anomaly_hunter.remember.people.people import Doer, People
from anomaly_hunter.remember.store import Store
from anomaly_hunter.samples import series
from anomaly_hunter.serve.guard.passwords import hashed
from tests.serve.started import server

pytest.importorskip("playwright")
from tests.serve.web.browser import browsing, fault_of

pytestmark = pytest.mark.slow

ROLES = ("viewer", "responder", "admin")
LEAD = "figure[data-keeps=zoom]"
PATIENCE_MS = 30_000


def password(name):
    return f"a long password of {name}"


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with the example of a shop: measures, events and who calls whom."""
    folder = tmp_path_factory.mktemp("data")
    series.write(folder)
    return folder


@pytest.fixture(scope="module")
def open_house(tmp_path_factory):
    """A server that asks nobody who they are, with nothing in it."""
    with server(tmp_path_factory.mktemp("open")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, data):
    """A server with one person of each role, and the id of its worst incident."""
    folder = tmp_path_factory.mktemp("guarded")
    with Store.open(folder / "memory.db") as store:
        around = {"events": str(data / "checkout-events.csv"), "graph": str(data / "checkout-graph.yaml")}
        found = hunt(str(data / "checkout.csv"), **around, memory=store).incidents[0].id
        for name in ROLES:
            People(store).add(name, name, Doer("test"), password=hashed(password(name)))
    with server(folder, options=("--memory", "memory.db", "--sign-in")) as (address, _):
        yield address, found


@pytest.fixture
def window(browser):
    """Opens windows; none may log an error, be blocked by the policy, or see a fault of the server."""
    opened, faults = [], []

    def open_at(address, width=1280, **options):
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on(
            "console", lambda line: faults.extend([(page.url, line.text)] if line.type == "error" else [])
        )
        page.on("pageerror", lambda error: faults.append((page.url, str(error))))
        page.on("response", lambda one: faults.extend([(one.url, one.status)] if one.status >= 500 else []))
        page.faults = faults
        opened.append(page)
        return page

    yield open_at
    for page in opened:
        assert fault_of(page) == ""
        page.context.close()
    assert not faults


def signed_in(window, guarded, name, **options):
    page = window(guarded[0], **options)
    page.goto("/incidents")
    page.fill("#name", name)
    page.fill("#password", password(name))
    page.click("button.primary")
    page.wait_for_url("**/incidents")
    return page


def drawn(page):
    page.locator(LEAD).scroll_into_view_if_needed()
    page.wait_for_selector(f"{LEAD}[data-drawn=yes]")


def token(page):
    return page.get_attribute("meta[name=csrf-token]", "content")


def post(page, path, **form):
    """What the server answers to a form that was never shown, sent with everything a shown one has."""
    headers = {"X-CSRF-Token": token(page), "Origin": re.match("https?://[^/]*", page.url)[0]}
    return page.request.post(path, headers=headers, form=form, max_redirects=0)


def test_from_a_file_to_an_acknowledged_incident_that_another_window_sees(window, open_house, data):
    page = window(open_house)
    page.goto("/")
    page.locator("main >> text=Upload and hunt").first.click()
    names = ("checkout.csv", "checkout-events.csv", "checkout-graph.yaml")
    page.set_input_files("input[name=picked]", [str(data / name) for name in names])
    page.click(".hunt-button")
    page.wait_for_url(re.compile("/hunts/[0-9a-f]{12}$"))
    other = window(open_house)
    other.goto("/")
    other.locator(".live.on").first.wait_for(state="attached")
    page.locator(".found a").first.click()
    page.wait_for_url(re.compile("/incidents/[0-9a-f]{12}$"))
    incident = page.url.rpartition("/")[2]
    explained_by_a_click(page)
    played_back(page)
    answered(page)
    other.evaluate("window.sameAsBefore = true")
    line = other.locator(f"[data-item='{incident}'] .state")
    assert line.inner_text().strip() == "open"
    page.click("text=Acknowledge")
    page.wait_for_selector("#incident-live[data-state=acknowledged]")
    other.locator(f"[data-item='{incident}'] .state-acknowledged").wait_for()
    assert other.evaluate("window.sameAsBefore")


def explained_by_a_click(page):
    drawn(page)
    box = page.locator(f"{LEAD} .u-over").first.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.locator(f"{LEAD} .explained >> text=Does not alarm").wait_for()


def played_back(page):
    page.click(".incident-head [data-play=start]")
    page.click("#player [data-play=toggle]")
    count = int(page.get_attribute("#player input", "max"))
    titles = set()
    for _ in range(count):
        titles.add(page.inner_text(".player-title"))
        page.click("#player [data-play=next]")
    assert len(titles) > 8
    assert page.inner_text(".player-count") == f"{count} / {count}"
    page.click("#player [data-play=close]")
    assert page.locator("#playback .step").first.is_hidden()
    page.click("#playback summary >> text=steps")
    assert page.locator("#playback .step").first.is_visible()


def answered(page):
    page.check("input[name=word][value=real]")
    page.check("input[name=cause][value=right]")
    page.click(".feedback-last .primary")
    page.locator("#feedback-effect >> text=would change").wait_for()
    assert page.locator("#feedback-answers li").count() == 0
    page.click("text=Send this answer")
    page.locator("#feedback-answers li").first.wait_for()


MAY = {
    "viewer": {"act": False, "decide": False},
    "responder": {"act": True, "decide": False},
    "admin": {"act": True, "decide": True},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_the_buttons_it_may_press_and_is_refused_the_others(window, guarded, role):
    page = signed_in(window, guarded, role)
    may = MAY[role]
    places = page.locator("#side .place").all_inner_texts()
    assert ("Upload and hunt" in places) == may["act"]
    for place in ("Settings", "People and keys", "Audit"):
        assert (place in places) == may["decide"]
    path = f"/incidents/{guarded[1]}"
    page.goto(path)
    assert page.is_visible("#why")
    for part in (".action-row", ".comment-form", ".feedback-form"):
        assert bool(page.locator(part).count()) == may["act"]
    page.goto("/silences")
    assert bool(page.locator("[data-opens='#make']").count()) == may["act"]
    changed = 303 if may["act"] else 403
    assert post(page, f"{path}/act", action="comment", why=f"seen by {role}").status == changed
    assert (page.request.get("/hunt").status == 200) == may["act"]
    for place in ("/settings", "/people", "/audit", "/api/v1/audit", "/api/v1/people"):
        assert page.request.get(place).status == (200 if may["decide"] else 403)
    added = post(page, "/people", name=f"friend-of-{role}", role="admin", password=password("friend"))
    assert added.ok == may["decide"]
    history = page.request.get(f"/api/v1{path}/history").text()
    assert (f"seen by {role}" in history) == may["act"]


def test_who_signed_out_sees_nothing_any_more(window, guarded):
    page = signed_in(window, guarded, "viewer")
    path = f"/incidents/{guarded[1]}"
    page.goto("/account")
    assert page.is_visible("text=this one")
    page.click("text=Sign out >> visible=true")
    page.wait_for_url("**/sign-in**")
    assert page.request.get(f"/api/v1{path}").status == 401
    page.goto(path)
    page.wait_for_url("**/sign-in?**")
    page.fill("#name", "viewer")
    page.fill("#password", password("viewer"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def test_what_one_person_does_the_other_hears_of_wherever_they_are(window, guarded):
    page = signed_in(window, guarded, "responder")
    other = signed_in(window, guarded, "admin")
    other.goto("/statistics")
    other.locator(".live.on").first.wait_for(state="attached")
    path = f"/incidents/{guarded[1]}"
    page.goto(path)
    page.fill(".comment-form textarea", "<b>Rolling back</b> now")
    page.click(".comment-form button")
    toast = other.locator(".toast", has_text="Comment by responder")
    toast.wait_for()
    toast.locator("a").click()
    other.wait_for_url(f"**{path}")
    other.locator("#incident-people >> text=<b>Rolling back</b> now").wait_for()


def test_the_keyboard_alone_is_enough(window, guarded):
    page = window(guarded[0])
    page.goto("/")
    page.wait_for_url("**/sign-in**")
    keys = page.keyboard
    keys.type("responder")
    keys.press("Tab")
    keys.type(password("responder"))
    keys.press("Enter")
    page.wait_for_url(f"{guarded[0]}/")
    keys.press("g")
    keys.press("i")
    page.wait_for_url("**/incidents")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_selector("#incident-live[data-state=open]")
    keys.press("a")
    page.wait_for_selector("#incident-live[data-state=acknowledged]")
    page.wait_for_function("() => document.activeElement.closest('.action-row') !== null")
    keys.press("c")
    keys.type("it was the deploy")
    keys.press("Tab")
    keys.press("Enter")
    page.locator("#incident-people >> text=it was the deploy").wait_for()
    keys.press("p")
    page.wait_for_selector("#player:not([hidden])")
    keys.press("ArrowRight")
    keys.press("Escape")
    assert page.is_hidden("#player")
    keys.press("r")
    page.wait_for_function("() => document.activeElement.name === 'why'")
    keys.type("rolled back")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_selector("#incident-live[data-state=resolved]")
    keys.press("o")
    page.wait_for_selector("#incident-live[data-state=reopened]")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_scrolls_sideways_or_logs_an_error(window, guarded, width):
    address, incident = guarded
    page = signed_in(window, guarded, "admin", width=width)
    kept = page.request.get(f"{address}/api/v1/hunts").json()["items"][0]["id"]
    for path in (
        "/", "/incidents?state=all", f"/incidents/{incident}", "/hunts", "/hunt", f"/hunts/{kept}",
        "/statistics", "/watches", "/silences", "/events", "/settings", "/account", "/people", "/audit",
        "/docs",
    ):  # fmt: skip
        page.goto(path)
        page.mouse.wheel(0, 100_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert fault_of(page) == "", path
    page.goto("/nowhere")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [text for _, text in page.faults if "404" not in text] == []
    page.faults.clear()  # the browser says itself that a page is missing
