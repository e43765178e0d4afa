"""The page in a real Chromium, opened from a file."""

from __future__ import annotations

import pytest

from anomaly_hunter.tell.reports.html import Html
from tests import builders
from tests.tell.html import cases
from tests.tell.html.browser import BINARY, Browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BINARY, reason="no chromium, chromium-browser or google-chrome on this machine"),
]

# Hunt, and the charts that are drawn before anything is unfolded.
OPENED = {
    "series": (builders.series_hunt, 2),
    "quiet": (builders.quiet_hunt, 2),
    "table": (builders.table_hunt, 1),
    "many": (cases.many_incidents, 4),
    "gaps": (cases.with_gaps, 2),
    "channels": (cases.channels, 7),
    "tickets": (cases.tickets, 2),
    "hostile": (cases.hostile, 2),
    "million": (cases.million, 2),
    "themes": (builders.tickets_hunt, 2),
    "two": (builders.multichannel_hunt, 4),
}
DRAWN = """[...document.querySelectorAll('.panels canvas')].map(c => {
  const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const seen = new Set();
  for (let i = 0; i < p.length; i += 4) if (p[i + 3]) seen.add(p[i] << 16 | p[i + 1] << 8 | p[i + 2]);
  return seen.size; })"""
PICTURES = "[...document.querySelectorAll('.panels canvas')].map(c => c.toDataURL())"
LEGEND = "document.querySelector('.legend').innerText.replace(/\\s+/g, ' ')"
SETTLE = "new Promise(done => setTimeout(done, 60))"


@pytest.fixture(scope="module")
def browser():
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Writes the page of a hunt, once, and gives its path."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name, hunt=None):
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(Html().render(hunt or OPENED[name][0]()), "utf-8")
        return path

    return write


def plot(browser, number=0):
    """Left, top, width and height of one plot in the window, scrolled into sight."""
    return browser.ask(
        f"(() => {{ const e = document.querySelectorAll('.u-over')[{number}];"
        " e.scrollIntoView({block: 'center', behavior: 'instant'});"
        " const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()"
    )


@pytest.mark.parametrize("name", OPENED)
def test_it_opens_without_an_error_and_draws_its_charts(browser, page, name):
    browser.open(page(name))
    assert browser.errors() == []
    assert [r for r in browser.requests() if not r.startswith("file:")] == []
    drawn = browser.ask(DRAWN)
    assert len(drawn) == OPENED[name][1]
    assert all(colors > 3 for colors in drawn), drawn


@pytest.mark.parametrize("name", OPENED)
def test_it_fits_a_phone_with_everything_unfolded(browser, page, name):
    browser.open(page(name), width=390, height=844, theme="dark")
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.ask(SETTLE)
    assert browser.ask("document.documentElement.scrollWidth") <= 390
    assert browser.errors() == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_level_colours_the_gauge_and_the_headline_has_room(browser, page, width, theme):
    browser.open(page("series"), width=width, theme=theme)
    same = browser.ask(
        "(() => { const probe = document.createElement('i'); document.body.append(probe);"
        " probe.style.color = 'var(--error)'; const level = getComputedStyle(probe).color; probe.remove();"
        " return getComputedStyle(document.querySelector('.gauge-part')).stroke === level; })()"
    )
    assert same is True
    assert browser.ask("document.querySelector('h1').clientWidth") > 0.38 * width
    if width == 390:
        assert browser.ask("document.querySelector('h1').clientWidth") > 0.75 * width


@pytest.mark.parametrize(
    "value",
    [
        [1e308, -1e308] * 10,
        [5e-324, 0.0] * 10,
        [float("nan")] * 20,
        [7.0] * 20,
        [1.7e9 + i * 1e-6 for i in range(20)],
        [3.0],
    ],
)
def test_numbers_that_axes_do_not_like_are_drawn(browser, tmp_path, value):
    path = tmp_path / "extreme.html"
    path.write_text(Html().render(cases.extreme(value)), "utf-8")
    browser.open(path)
    assert browser.errors() == []
    assert len(browser.ask(DRAWN)) == 2


def test_no_script_from_the_data_runs(browser, page):
    browser.open(page("hostile"))
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    left, top, width, height = plot(browser)
    for step in range(0, 100, 2):
        browser.mouse("mouseMoved", left + width * step / 100, top + height / 2)
    browser.ask(SETTLE)
    assert browser.ask("typeof window.hacked") == "undefined"
    assert browser.ask("document.querySelectorAll('img').length") == 0
    assert browser.errors() == []


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('https://example.com/').then(() => false, () => true)",
        "new Promise(d => { const i = new Image(); i.onerror = () => d(true); i.onload = () => d(false);"
        " i.src = 'https://example.com/x.png'; })",
        "new Promise(d => { const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
        " document.body.append(s); setTimeout(() => d(window.hacked === undefined), 50); })",
        "(() => { const b = document.createElement('b'); b.setAttribute('onclick', 'window.hacked = 1');"
        " document.body.append(b); b.click(); return window.hacked === undefined; })()",
        "(() => { const b = document.createElement('b'); b.setAttribute('style', 'color: rgb(1, 2, 3)');"
        " document.body.append(b); return getComputedStyle(b).color !== 'rgb(1, 2, 3)'; })()",
    ],
)
def test_even_a_script_in_the_page_could_not_reach_out_or_bring_in_code(browser, page, attempt):
    browser.open(page("series"))
    assert browser.ask(attempt) is True
    assert "blocked: " in browser.ask("document.documentElement.dataset.errors")
    assert not [r for r in browser.requests() if r.startswith("http")]


def test_the_crosshair_moves_in_all_panels_and_fills_the_legend(browser, page):
    browser.open(page("many"))
    assert "Expected 100" in browser.ask(LEGEND)
    left, top, width, height = plot(browser)
    browser.mouse("mouseMoved", left + width * 0.25, top + height / 2)
    browser.ask(SETTLE)
    assert "2026-03-02" in browser.ask(LEGEND)
    moved = browser.ask("[...document.querySelectorAll('.u-cursor-x')].map(c => c.style.transform)")
    assert len(moved) == 4
    assert all("translate" in text and "-10px" not in text for text in moved)


def test_a_brush_zooms_all_panels_and_a_double_click_goes_back(browser, page):
    browser.open(page("series"))
    whole = browser.ask(PICTURES)
    left, top, width, height = plot(browser)
    y = top + height / 2
    browser.mouse("mouseMoved", left + width * 0.6, y)
    browser.mouse("mousePressed", left + width * 0.6, y, 1)
    browser.mouse("mouseMoved", left + width * 0.7, y, 1)
    browser.mouse("mouseMoved", left + width * 0.8, y, 1)
    browser.mouse("mouseReleased", left + width * 0.8, y, 1)
    browser.ask(SETTLE)
    zoomed = browser.ask(PICTURES)
    assert all(a != b for a, b in zip(whole, zoomed, strict=True))
    for clicks in (1, 2):
        browser.mouse("mousePressed", left + width * 0.5, y, clicks)
        browser.mouse("mouseReleased", left + width * 0.5, y, clicks)
    browser.ask(SETTLE)
    assert browser.ask(PICTURES) == whole


def test_buttons_and_keys_do_what_the_mouse_does(browser, page):
    browser.open(page("series"))
    whole = browser.ask(PICTURES)
    browser.ask("document.querySelector('[data-go=anomaly]').click()")
    browser.ask(SETTLE)
    zoomed = browser.ask(PICTURES)
    assert zoomed != whole
    browser.ask("document.querySelector('[data-go=all]').click()")
    browser.ask(SETTLE)
    assert browser.ask(PICTURES) == whole
    browser.ask("document.querySelector('.panels').focus()")
    before = browser.ask(LEGEND)
    browser.key("ArrowLeft")
    browser.ask(SETTLE)
    assert browser.ask(LEGEND) != before
    for key in ("+", "0"):
        browser.key(key)
        browser.ask(SETTLE)
        assert (browser.ask(PICTURES) == whole) is (key == "0")
    browser.key("a")
    browser.ask(SETTLE)
    assert browser.ask(PICTURES) == zoomed


def test_the_theme_follows_the_system_until_the_reader_chooses(browser, page):
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.open(page("series"), theme="light")
    light, painted = browser.ask(ground), browser.ask(PICTURES)
    browser.open(page("series"), theme="dark")
    assert browser.ask(ground) != light
    browser.ask("document.querySelector('.theme').click()")
    browser.ask(SETTLE)
    assert browser.ask(ground) == light
    assert browser.ask(PICTURES) == painted
    browser.ask("localStorage.clear()")


def test_folded_incidents_are_drawn_when_they_are_opened(browser, page):
    browser.open(page("many"))
    browser.ask("document.querySelector('#incident-3 > summary').click()")
    browser.ask(SETTLE)
    assert len(browser.ask(DRAWN)) == 8
    browser.ask("location.hash = '#findings-5'")
    browser.ask(SETTLE)
    assert browser.ask("document.querySelector('#incident-5').open") is True
    assert all(colors > 3 for colors in browser.ask(DRAWN))


def test_a_table_sorts_by_a_column(browser, page):
    browser.open(page("many"))
    column = "[...document.querySelectorAll('#anomalies tbody tr')].map(r => +r.cells[6].dataset.sort)"
    worst_first = browser.ask(column)
    assert worst_first == sorted(worst_first, reverse=True)
    browser.ask("document.querySelectorAll('#anomalies th button')[6].click()")
    assert browser.ask(column) == sorted(worst_first)


def test_paper_is_light_and_the_charts_fit_it(browser, page):
    browser.open(page("series"), theme="dark")
    browser.ask("dispatchEvent(new Event('beforeprint'))")
    browser.ask(SETTLE)
    assert browser.ask("document.documentElement.dataset.theme") == "light"
    assert browser.ask("document.querySelector('.uplot').clientWidth") == 680
    browser.ask("dispatchEvent(new Event('afterprint'))")
    browser.ask(SETTLE)
    assert browser.ask("document.documentElement.dataset.theme ?? ''") == ""
    assert browser.ask("document.querySelector('.uplot').clientWidth") > 680


def test_without_scripts_there_is_a_drawing_and_every_word(browser, page):
    browser.open(page("series"), script=False)
    shown = "document.querySelector('svg.still').getBoundingClientRect().height"
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.ask(shown) > 100
    assert browser.ask("[...document.querySelectorAll('.needs-js')].every(e => !e.offsetParent)") is True
    assert browser.ask("document.body.innerText.includes('What the agents found')") is True


def test_every_control_has_a_name_and_every_id_stands_once(browser, page):
    browser.open(page("many"))
    names = browser.ask(
        "[...document.querySelectorAll('button, a, summary, [tabindex]')]"
        ".map(e => e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim())"
    )
    assert all(names)
    assert (
        browser.ask(
            "(() => { const all = [...document.querySelectorAll('[id]')].map(e => e.id);"
            " return all.length - new Set(all).size; })()"
        )
        == 0
    )
