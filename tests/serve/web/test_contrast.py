"""Text and marks are readable in both themes: WCAG 2 AA, computed from the tokens."""

import re

import numpy as np
import pytest

from anomaly_hunter.serve.web.assets import assets

GROUNDS = ("page", "surface", "sunken", "raised", "hover")
LEVELS = ("information", "warning", "error", "critical")
TEXTS = ("ink", "muted", "accent", "danger", "calm-text", *(f"{level}-text" for level in LEVELS))
MARKS = (*LEVELS, "calm", "unranked", "accent", "line-strong", "value", "expected", "event", "alarm")


def themes():
    style = assets()["tokens.css"].plain.decode()
    blocks = re.findall(r"\{([^{}]*--page:[^{}]*)\}", style)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(color):
    values = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_both_themes_have_the_same_tokens():
    light, dark = themes()
    assert set(light) == set(dark)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_readable_on_every_ground(theme, text):
    colors = themes()[theme]
    found = {ground: contrast(colors[text], colors[ground]) for ground in GROUNDS}
    assert min(found.values()) >= 4.5, found


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_readable_on_what_is_chosen_and_on_buttons(theme):
    colors = themes()[theme]
    assert contrast(colors["ink"], colors["accent-soft"]) >= 4.5
    assert contrast(colors["muted"], colors["accent-soft"]) >= 4.5
    assert contrast(colors["on-accent"], colors["accent"]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", MARKS)
def test_marks_and_the_edges_of_fields_stand_out(theme, mark):
    colors = themes()[theme]
    assert contrast(colors[mark], colors["surface"]) >= 3


def mixed(color, ground, share):
    """The hex colour of color-mix(in srgb, color share, ground)."""
    pairs = [(int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_is_tinted_on_the_page_of_an_incident_is_readable(theme):
    colors = themes()[theme]
    style = assets()["incident.css"].plain.decode()
    tints = re.findall(r"fill: color-mix\(in srgb, var\(--([\w-]+)\) (\d+)%, var\(--surface\)\)", style)
    assert tints
    grounds = {name: mixed(colors[name], colors["surface"], int(share) / 100) for name, share in tints}
    grounds |= {name: colors[name] for name in ("highlight", "accent-soft")}
    for name, ground in grounds.items():
        found = {text: contrast(colors[text], ground) for text in ("ink", "muted", "accent")}
        assert min(found.values()) >= 4.5, (name, found)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_shows_a_choice_or_a_state_stands_out_from_its_ground(theme):
    colors = themes()[theme]
    for mark in ("calm", "error", "accent", "unranked", "alarm", "event"):
        for ground in ("surface", "sunken", "raised"):
            assert contrast(colors[mark], colors[ground]) >= 3, (mark, ground)


def test_texts_have_colours_of_texts():
    readable = {*TEXTS, "level-text", "on-accent", "level"}  # var(--level) colours icons beside words
    for name, one in assets().items():
        if not name.endswith(".css") or name == "uPlot.min.css":
            continue
        used = re.findall(r"(?<![-\w])color: var\(--([\w-]+)[,)]", one.plain.decode())
        assert set(used) <= readable, name


def test_pages_add_no_colours_of_their_own():
    styles = {name: one.plain.decode() for name, one in assets().items() if name.endswith(".css")}
    of_ours = {name: text for name, text in styles.items() if name not in ("tokens.css", "uPlot.min.css")}
    assert {name: re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,) ])", text) for name, text in of_ours.items()} == {
        name: [] for name in of_ours
    }
