"""What stands on the page, read as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import anomaly_hunter.tell.html as room
from anomaly_hunter.model import Dataset, Hunt, Quality
from anomaly_hunter.tell.contract import Report
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.page import load_assets
from anomaly_hunter.tell.reports.html import Html
from tests import builders
from tests.tell.html import cases

HERE = Path(room.__file__).parent
HUNTS = {
    "series": builders.series_hunt,
    "quiet": builders.quiet_hunt,
    "table": builders.table_hunt,
    "many incidents": cases.many_incidents,
    "gaps": cases.with_gaps,
    "channels": cases.channels,
    "tickets": cases.tickets,
    "themes": builders.tickets_hunt,
    "two anomalies": builders.multichannel_hunt,
    "hostile": cases.hostile,
}


class Outline(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag in ("script", "style"):
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside in ("script", "style"):
            self.scripts[-1] += data
        else:
            self.text += data


def render(name: str) -> str:
    return Html().render(HUNTS[name]())


def test_it_is_a_report():
    assert isinstance(Html(), Report)
    assert Html.name == "html"


@pytest.mark.parametrize("name", HUNTS)
def test_the_same_hunt_gives_the_same_page_ending_with_a_line_break(name):
    assert render(name) == render(name)
    assert render(name).endswith("</html>\n")
    render(name).encode("utf-8")


def test_the_parts_come_in_their_order():
    page = render("many incidents")
    parts = ["verdict", "chart-1", "findings-1", "timeline-1", "incidents", "anomalies", "data", "legend"]
    places = [page.index(f'<section id="{part}"') for part in parts]
    assert places == sorted(places)


def test_the_verdict_says_everything():
    text = " ".join(Outline(render("series")).text.split())
    for words in (
        "latency_ms spiked 61% above normal",
        "7.4 of 10",
        "78% (high)",
        "2 of 3 agents",
        "at 70% or more",
        "between 2026-03-04 17:00 and 18:00 UTC",
        "No, it lasted 5 h",
        "checkout v2.4.1",
        "roll back checkout v2.4.1 and watch latency_ms",
        "Root Cause is inconclusive (30%)",
        "81% of the evidence",
        "Speaks for it",
        "None of the checks speaks against it.",
        "No other candidate contradicts it.",
        "1 gap of 2 h before",
        "120 points every 1 h, time=timestamp, value=latency_ms",
        "below 50% low, 50-70% medium, 70-85% high",
    ):
        assert words in text, words


def test_an_incident_without_a_cause_says_inconclusive():
    hunt = builders.series_hunt()
    said = replace(hunt.incidents[0].verdict, cause=None)
    page = Html().render(replace(hunt, incidents=(replace(hunt.incidents[0], verdict=said),)))
    assert "Inconclusive" in Outline(page).text


def test_a_clean_series_says_so_calmly():
    text = Outline(render("quiet")).text
    assert "Nothing abnormal" in text
    assert "1 series" in text
    assert "(1.0 would be an alarm)" in text


def test_a_hunt_with_nothing_to_score_still_has_a_page():
    dataset = Dataset(
        "tickets.csv", "tickets", Quality(40.0, 0), "3 texts, no time", notes=("no rate question",)
    )
    text = Outline(Html().render(Hunt(dataset, (), ()))).text
    assert "Nothing could be scored" in text
    assert "Nothing abnormal" not in text
    assert "no rate question" in text


def test_outlying_rows_show_the_cells_that_carry_them():
    page = render("table")
    assert re.search(r'class="num carrier">5000 <b class="share">92%', page)
    assert 'carrier">3' not in page


def test_what_was_kept_quiet_and_what_was_not_investigated_is_said():
    assert "min_dev_from_expected: deviation 3 is below" in Outline(render("gaps")).text
    assert "4 more groups of anomalies were found and not investigated" in " ".join(
        Outline(render("many incidents")).text.split()
    )


def test_more_series_than_a_page_holds_are_counted():
    hunt = cases.many_incidents(incidents=10, members=4)
    page = Html().render(hunt)
    assert page.count("<figure") == limits.CHARTS
    assert f"{40 - limits.CHARTS} more series looked at and not drawn" in page


def test_observations_stand_above_the_data():
    page = render("themes")
    assert "largest theme: &#39;payment refused&#39;, 31% of the tickets" in page
    assert page.index("Worth knowing") < page.index('id="data"')


def charts(page: str) -> list[dict[str, Any]]:
    data = re.search(r'id="report-data">(.*?)</script>', page)
    assert data is not None
    found: list[dict[str, Any]] = json.loads(data[1])["charts"]
    return found


def test_the_channel_that_carries_the_anomaly_comes_first_and_only_its_peaks_are_marked_in_it():
    (chart,) = charts(render("two anomalies"))
    assert [line["name"] for line in chart["lines"]] == ["temp", "rpm", "load"]
    assert [(mark[4], mark[5]) for mark in chart["marks"]] == [
        ("spike +35% 3.5 sigma", None),
        ("level shift +30% 15 sigma", 65.0),
    ]


def test_the_script_gets_the_peak_the_gaps_and_the_levels():
    (chart,) = charts(render("gaps"))
    x = np.cumsum(chart["x"])
    (begin, end, peak, level, _, actual) = chart["marks"][0]
    assert level == "error"
    assert chart["lines"][0]["value"][int(np.flatnonzero(x == peak)[0])] == pytest.approx(actual, abs=1e-3)
    assert begin <= peak <= end
    assert len(chart["gaps"]) == 2
    assert None in chart["lines"][0]["value"]


def test_texts_of_tickets_are_quoted():
    assert "<blockquote>I was charged twice for the same order" in render("tickets")


# ------------------------------------------------------------------ safety


@pytest.mark.parametrize("name", HUNTS)
def test_nothing_is_loaded_from_anywhere(name):
    for tag, attributes in Outline(render(name)).tags:
        assert tag not in ("img", "iframe", "object", "embed", "form", "base", "audio", "video"), tag
        for key in ("src", "srcset", "action", "data", "poster", "background", "ping"):
            assert key not in attributes, (tag, key)
        link = attributes.get("href") or "#"
        assert link.startswith("#") or link == "data:,", link
        assert "style" not in attributes, tag
        assert not [key for key in attributes if key.startswith("on")], tag


def test_the_policy_lets_in_our_scripts_and_styles_by_hash_and_nothing_else():
    outline = Outline(render("hostile"))
    policy = next(a["content"] for t, a in outline.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in outline.scripts
        if not text.startswith('{"charts"')
    }
    assert hashes == set(re.findall(r"'sha256-[^']+'", policy))


def test_our_scripts_cannot_end_their_own_tag():
    assets = load_assets()
    for text in (assets.boot, assets.uplot, assets.script):
        assert "</script" not in text.lower()
        assert "<!--" not in text
    assert "</style" not in assets.style.lower()


def test_hostile_text_in_every_field_stays_text():
    page = render("hostile")
    outline = Outline(page)
    assert {tag for tag, _ in outline.tags} == {
        tag for name in HUNTS if name != "hostile" for tag, _ in Outline(render(name)).tags
    }
    assert outline.text.count("<img src=x") > 30
    assert not set("\u202e\x00\ud800\u2028") & set(outline.scripts[-3])
    assert "\u202e" not in page


TEXT = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    ["<script>", "-->", "{{ x }}", "]]>"]
)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(TEXT)
def test_no_text_changes_the_shape_of_the_page(text):
    tags = [tag for tag, _ in Outline(Html().render(cases.hostile(text + "."))).tags]
    assert tags == [tag for tag, _ in Outline(Html().render(cases.hostile("x" * len(text) + "."))).tags]


# ------------------------------------------------------------------ size


@pytest.mark.slow
def test_a_million_points_fit_in_two_megabytes():
    assert len(Html().render(cases.million()).encode()) < 2_000_000


@pytest.mark.parametrize(
    "value",
    [
        [1e308, -1e308] * 10,
        [5e-324, 0.0] * 10,
        [float("nan")] * 20,
        [7.0] * 20,
        [1.7e308] * 20,
        [5e-324] * 20,
        [1.7e9 + i * 1e-6 for i in range(20)],
        [3.0],
    ],
)
def test_numbers_that_axes_do_not_like_still_make_a_page(value):
    assert "extreme" in Html().render(cases.extreme(value))


@pytest.mark.parametrize("value", [5e-324, 1.7e308, -1.7e308])
def test_a_band_as_narrow_as_its_values_makes_a_page(value):
    hunt = cases.extreme([value, 0.0] * 10)
    band = np.full(20, value)
    still = replace(hunt.detections[0], expected=band, lower=band, upper=band)
    assert "extreme" in Html().render(replace(hunt, detections=(still,)))


def test_equal_times_make_a_page():
    hunt = builders.series_hunt()
    series = hunt.dataset.series[0]
    stuck = replace(series, time=np.repeat(series.time[:1], len(series)))
    detection = replace(hunt.detections[0], series=stuck)
    assert "latency_ms" in Html().render(replace(hunt, detections=(detection,)))


# ------------------------------------------------------------------ assets


def test_the_script_knows_as_many_gaps_as_the_page_holds():
    assert f"const MOST_GAPS = {limits.GAPS};" in (HERE / "chart.js").read_text("utf-8")


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> list[dict[str, str]]:
    style = (HERE / "report.css").read_text("utf-8")
    blocks = re.findall(r"\{([^{}]*--page:[^{}]*)\}", style)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def test_dark_is_dark_whoever_asks_for_it():
    light, chosen, system = themes()
    assert chosen == system
    assert set(light) == set(chosen)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_is_readable_in_both_themes(theme):
    colors = themes()[theme]
    texts = ["ink", "muted", "accent", "calm-text", *(f"{level}-text" for level in
             ("information", "warning", "error", "critical"))]  # fmt: skip
    for text in texts:
        for ground in ("page", "surface", "sunken", "highlight"):
            assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
    for mark in ("information", "error", "critical", "event", "alarm", "value", "expected", "unranked"):
        assert contrast(colors[mark], colors["surface"]) >= 3, mark
    assert contrast(colors["surface"], colors["accent"]) >= 4.5
