"""People work on an incident in real windows of a real browser."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.slow

LEAD = "figure[data-keeps=zoom]"
DRAWN = f"{LEAD}[data-drawn=yes]"


def drawn(window, running, query=""):
    """A window on the incident, its main chart drawn."""
    address, incident = running
    page = window(f"{address}/incidents/{incident}{query}")
    page.locator(LEAD).scroll_into_view_if_needed()
    page.wait_for_selector(DRAWN)
    return page


def asked(page, name):
    return page.evaluate("name => new URLSearchParams(location.search).get(name)", name)


def test_a_point_is_explained_by_a_click_and_by_the_keyboard(window, running):
    page = drawn(window, running)
    box = page.locator(f"{LEAD} .u-over").first.bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    panel = page.locator(f"{LEAD} .explained")
    panel.locator("text=Does not alarm").wait_for()
    first = asked(page, "point")
    assert first
    page.click(f"{LEAD} [data-close-explained]")
    assert asked(page, "point") is None
    page.focus(f"{LEAD} .panels")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    panel.locator("h4 >> text=/larm/").wait_for()
    assert asked(page, "point") not in (None, first)


def test_a_link_holds_the_zoom_and_a_double_click_lets_go_of_it(window, running):
    page = drawn(window, running)
    box = page.locator(f"{LEAD} .u-over").first.bounding_box()
    middle = box["y"] + 0.5 * box["height"]
    page.mouse.move(box["x"] + 0.6 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], middle, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile("from=.*to="))
    seen = "[...liveFigures.values()].map(one => Math.round(one.plots[0].scales.x.min))"
    zoomed = page.evaluate(seen)
    assert len(set(zoomed)) == 1  # every chart of the incident zooms in step
    other = window(page.url)
    other.wait_for_selector(DRAWN, state="attached")
    other.wait_for_function(f"() => ({seen})[0] === {zoomed[0]}")
    page.mouse.dblclick(box["x"] + 0.5 * box["width"], middle)
    page.wait_for_function("() => !new URLSearchParams(location.search).has('from')")


def test_the_playback_lights_what_it_speaks_of_and_a_link_holds_the_step(window, running):
    page = drawn(window, running)
    page.click(".incident-head [data-play=start]")
    page.wait_for_selector("#player:not([hidden])")
    page.click("#player [data-play=toggle]")
    page.evaluate("document.activeElement.blur()")
    count = int(page.get_attribute("#player input", "max"))
    assert count > 8
    lit = set()
    for _ in range(count):
        page.keyboard.press("ArrowRight")
        lit |= set(
            page.evaluate("[...document.querySelectorAll('.lit')].map(one => one.getAttribute('class'))")
        )
        lit |= {"chart" for _ in page.evaluate("[...liveFigures.values()].filter(one => one.lit)")}
    assert "chart" in lit
    assert any("proof" in one for one in lit)
    assert any("graph-node" in one for one in lit)
    assert asked(page, "step") == str(count)
    page.keyboard.press("Home")
    assert asked(page, "step") == "1"
    title = page.inner_text(".player-title")
    other = window(page.url)
    other.wait_for_selector("#player:not([hidden])")
    other.wait_for_function(
        "title => document.querySelector('.player-title').textContent === title", arg=title
    )
    page.keyboard.press("Escape")
    assert page.is_hidden("#player")


def test_a_link_to_a_fact_opens_it(window, running):
    page = drawn(window, running)
    anchor = page.get_attribute("#why a.proof-link", "data-evidence")
    page.click(f"#why a.proof-link[data-evidence={anchor}]")
    page.wait_for_selector(f"#{anchor}", state="visible")
    other = window(page.url)
    other.wait_for_selector(f"#{anchor}", state="visible")


def test_a_service_is_chosen_by_the_keyboard(window, running):
    page = drawn(window, running)
    page.focus("[data-node=payments]")
    page.keyboard.press("Enter")
    assert page.get_attribute("[data-node=payments]", "aria-pressed") == "true"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.node") != "payments"


def test_what_one_does_another_sees_in_a_second_window(window, running):
    page = drawn(window, running)
    other = drawn(window, running)
    other.locator(".live.on").first.wait_for(state="attached")
    page.click("text=Acknowledge")
    page.wait_for_selector("#incident-live[data-state=acknowledged]")
    other.wait_for_selector("#incident-live[data-state=acknowledged]")
    page.fill(".comment-form textarea", "<b>Rolling back</b> now")
    page.click(".comment-form button")
    other.locator("#incident-people >> text=<b>Rolling back</b> now").wait_for()
    assert page.input_value(".comment-form textarea") == ""


def test_an_answer_is_seen_before_it_counts_and_is_taken_back(window, running):
    page = drawn(window, running)
    page.check("input[name=word][value=real]")
    page.check("input[name=cause][value=right]")
    page.click(".feedback-last .primary")
    page.locator("#feedback-effect >> text=would change").wait_for()
    assert page.locator("#feedback-answers li").count() == 0
    page.click("text=Send this answer")
    page.locator("#feedback-answers li").first.wait_for()
    page.locator("#feedback-answers >> text=Take back").first.click()
    page.wait_for_function("() => document.querySelectorAll('#feedback-answers li').length === 0")


@pytest.mark.parametrize("width", [390, 1024])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(window, running, width, scheme):
    address, incident = running
    page = window(f"{address}/incidents/{incident}", color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for place in (f"/incidents/{incident}", "/hunt", "/hunts"):
        page.goto(address + place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


def test_without_scripts_the_facts_are_there(window, running, browser):
    address, incident = running
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/incidents/{incident}")
    assert page.is_visible("text=Read the data")
    assert page.is_visible("svg.still")
    assert page.is_visible("text=What to check first")
    context.close()


def test_an_example_is_hunted_in_and_leads_to_its_incidents(window, running):
    address, _ = running
    page = window(f"{address}/hunt")
    page.click("[data-sample=orders]")
    page.wait_for_url(re.compile("/hunts/[0-9a-f]{12}$"))
    page.click(".found a")
    page.wait_for_url(re.compile("/incidents/[0-9a-f]{12}$"))
    page.click("[data-explain-row]")
    page.locator("#row-explained h4 >> text=Alarms").wait_for()


def test_pasted_numbers_are_hunted_in_and_nonsense_is_refused_with_its_cure(window, running):
    address, _ = running
    page = window(f"{address}/hunt")
    page.fill("#pasted", " ".join(["10", "11", "9", "10"] * 12 + ["60"] + ["10", "11", "9", "10"] * 4))
    page.click(".hunt-button")
    page.wait_for_url(re.compile("/hunts/[0-9a-f]{12}$"))
    assert page.locator(".found a").count() == 1
    page.goto(f"{address}/hunt")
    page.set_input_files(
        "input[name=picked]", {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04"}
    )
    page.click(".hunt-button")
    page.locator("#work.failed").wait_for()
    assert "unpack it" in page.inner_text("#work")
    page.click("[data-again]")
    assert page.is_visible("#drop")
