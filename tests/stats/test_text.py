from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.model import Column, Table
from anomaly_hunter.stats.divergence import (
    benjamini_hochberg,
    category_test,
    chi2_sf,
    jensen_shannon,
    lift,
    share_p,
)
from anomaly_hunter.stats.facets import facets
from anomaly_hunter.stats.text import MAX_CHARS, clean, language, mood, read_texts, shorten, words
from anomaly_hunter.stats.themes import OTHER, find_themes
from tests.samples.tables import dimension

few = settings(max_examples=40, deadline=None, derandomize=True)
anything = st.text(st.characters(), max_size=300)

LOGIN = "I cannot log in, the password reset link for my account is rejected"
PARCEL = "the parcel with my order was never delivered, tracking shows no delivery"
RECHNUNG = "die Rechnung ist falsch, bitte senden Sie eine neue Rechnung mit Steuernummer"


# ---------------------------------------------------------------- words


@few
@given(anything)
def test_cleaned_text_holds_no_control_or_direction_sign(text):
    left = {unicodedata.category(c) for c in clean(text).replace("\n", "").replace("\t", "")}
    assert "Cc" not in left
    assert "Cs" not in left
    assert not set(clean(text)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\u200e\u200f\ufeff")


@few
@given(anything, st.integers(2, 60))
def test_shortened_text_fits_and_begins_like_the_text(text, limit):
    line = shorten(clean(text), limit)
    assert len(line) <= limit
    assert " ".join(clean(text).split()).startswith(line.rstrip("…").rstrip(" ,;:-"))


@few
@given(anything)
def test_any_text_is_read_without_error(text):
    (reading,) = read_texts([text])
    assert reading.mood in ("negative", "neutral", "positive")
    assert all(word == word.lower() for word in reading.words if word.isascii())


def test_only_the_beginning_of_a_huge_text_is_read():
    assert len(clean("x" * 10_000_000)) == MAX_CHARS
    assert len(words("login broken " * 1_000_000)) < MAX_CHARS


def test_placeholders_and_literal_line_breaks_are_no_words():
    assert words("Dear <name>,\\nit broke") == ["dear", "it", "broke"]


def test_error_codes_stay_whole_and_emoji_are_no_words():
    assert words("😡 Error PAY-502 🔥") == ["error", "pay-502"]


def test_language_is_read_from_the_text_and_not_from_its_subject():
    assert language(words("Request for invoice\n" + RECHNUNG)) == "de"
    assert language(words("日本語のサポートをお願いします")) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The app crashes and the error is terrible", "negative"),
        ("Die Seite ist langsam und fehlerhaft", "negative"),
        ("Works perfectly, I am very satisfied", "positive"),
        ("Alles wunderbar, ich bin zufrieden", "positive"),
        ("Where can I change my address", "neutral"),
        ("this is not helpful", "negative"),
        ("", "neutral"),
    ],
)
def test_mood_of_plain_sentences(text, expected):
    assert mood(words(text)) == expected


# ---------------------------------------------------------------- themes


def corpus(n=40):
    texts = [f"{LOGIN} since {i} days" for i in range(n)]
    texts += [f"{PARCEL} on route {i}" for i in range(n)]
    return texts + [f"{RECHNUNG} Nummer {i}" for i in range(n)]


def test_texts_of_one_kind_get_one_theme_and_kinds_are_kept_apart():
    found = find_themes(read_texts(corpus()))
    groups = [set(found.of[i : i + 40].tolist()) for i in (0, 40, 80)]
    assert all(OTHER not in group for group in groups)
    assert not groups[0] & groups[1]
    assert not groups[1] & groups[2]
    assert any("password" in found.themes[i].terms for i in groups[0])


def test_themes_keep_to_one_language():
    readings = read_texts(corpus())
    found = find_themes(readings)
    for position, theme in enumerate(found.of):
        assert found.themes[theme].language == readings[position].language


def test_the_order_of_texts_changes_nothing():
    readings = read_texts(corpus())
    order = np.random.default_rng(1).permutation(len(readings))
    found, again = find_themes(readings), find_themes([readings[i] for i in order])
    assert again.themes == found.themes
    assert (again.of == found.of[order]).all()


def test_sizes_count_the_texts_and_the_largest_theme_comes_first():
    found = find_themes(read_texts([*corpus(), *[PARCEL] * 30]))
    sizes = [theme.size for theme in found.themes]
    assert sizes == [(found.of == i).sum() for i in range(len(sizes))]
    assert sizes == sorted(sizes, reverse=True)


def test_a_text_without_shared_words_is_honestly_other():
    found = find_themes(read_texts([*corpus(), "zzyzx qwfp", ""]))
    assert found.of[-2:].tolist() == [OTHER, OTHER]


@pytest.mark.parametrize("texts", [[], ["one"], [""] * 50, ["same text here"] * 50, ["🔥"] * 9])
def test_themes_of_degenerate_texts_are_no_error(texts):
    found = find_themes(read_texts(texts))
    assert len(found.of) == len(texts)


@few
@given(st.lists(st.text("abc äß\n\u202e😀", max_size=30), max_size=40))
def test_every_text_has_a_theme_that_exists_or_other(texts):
    found = find_themes(read_texts(texts))
    assert ((found.of >= OTHER) & (found.of < len(found.themes))).all()


# ---------------------------------------------------------------- divergence


@pytest.mark.parametrize(
    ("x", "df", "p"),
    # chi2.sf of SciPy 1.17
    [
        (0.5, 1, 0.47950012218695337),
        (7.5, 3, 0.0575584519726364),
        (30.0, 20, 0.06985366069940986),
        (120.0, 100, 0.08440668109369177),
        (400.0, 5, 2.9666446590828377e-84),
    ],
)  # fmt: skip
def test_chi_square_tail_agrees_with_tables(x, df, p):
    assert chi2_sf(x, df) == pytest.approx(p, rel=1e-9)


def slow_adjusted(p):
    """Benjamini-Hochberg, straight from the definition."""
    k = len(p)
    ranked = sorted(p)
    return [min(1.0, *(q * k / (i + 1) for i, q in enumerate(ranked) if q >= one)) for one in p]


@few
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_corrected_p_values_agree_with_the_definition(p):
    assert benjamini_hochberg(p) == pytest.approx(slow_adjusted(p))


counts = st.lists(st.integers(0, 10**6), min_size=1, max_size=8)


@few
@given(counts, st.integers(1, 50))
def test_the_same_mix_is_no_shift(mix, times):
    bigger = [c * times for c in mix]
    test = category_test(mix, bigger)
    assert test.p > 0.99
    assert test.effect < 1e-3
    assert jensen_shannon(mix, bigger) == pytest.approx(0.0, abs=1e-9)


@few
@given(
    counts.flatmap(
        lambda a: st.tuples(st.just(a), st.lists(st.integers(0, 10**6), min_size=len(a), max_size=len(a)))
    )
)
def test_shift_measures_stay_in_their_range(pair):
    before, after = pair
    test = category_test(before, after)
    n, m = max(*before, 1), max(*after, 1)
    assert 0 <= test.p <= 1
    assert 0 <= test.effect <= 1
    assert 0 <= jensen_shannon(before, after) <= 1
    p = share_p(before, n, after, m)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.isfinite(lift(before, n, after, m)).all()


# ---------------------------------------------------------------- facets


def test_numbered_tag_columns_become_one_facet():
    table = Table("t", (dimension("tag_1", ["a", "b", "c", "a"]), dimension("tag_2", ["b", "c", "a", ""])))
    (facet,) = facets(table)
    assert (facet.name, facet.values, facet.single) == ("tag", ("a", "b", "c"), False)
    assert facet.counts(np.ones(4)).tolist() == [3.0, 2.0, 2.0]


def test_numbered_columns_that_repeat_a_value_in_a_row_stay_apart():
    cells = ["ok", "ok", "fail", "ok"] * 10
    table = Table("t", (dimension("pump_1", cells), dimension("pump_2", cells)))
    assert [facet.name for facet in facets(table)] == ["pump_1", "pump_2"]


def test_a_place_with_a_comma_is_not_a_list_of_tags():
    cells = ["Berlin, DE", "Paris, FR", "Rome, IT"]
    (facet,) = facets(Table("t", (dimension("place", cells),)))
    assert facet.single


def test_json_lists_of_tags_are_split():
    cells = ['["vpn", "login"]', '["vpn"]', '["login"]', '["login", "vpn"]', "[]"]
    (facet,) = facets(Table("t", (dimension("labels", cells),)))
    assert facet.values == ("login", "vpn")


def test_prose_is_no_facet():
    text = Column("body", "text", np.array([LOGIN, PARCEL, RECHNUNG] * 5, dtype=object))
    assert facets(Table("t", (text,))) == ()
