"""What people say of an incident from its page: seen first, then sent, then taken back."""

from __future__ import annotations

import pytest

from tests import builders
from tests.serve.web.shown import FORM, FRAGMENT, Page, kept


def test_a_preview_keeps_nothing_and_carries_the_answer_on(tmp_path):
    said = {"word": "real", "cause": "right", "acted": "yes", "why": "we rolled back"}
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        answer = client.post(f"/incidents/{name}/feedback/preview", data=said, headers=FRAGMENT)
        assert store.feedback(name) == ()
    page = Page(answer.text)
    assert "would change" in page.text
    carried = {one["name"]: one.get("value") for one in page.all("input") if one.get("type") == "hidden"}
    assert said.items() <= carried.items()


def test_a_sent_answer_is_kept_shown_and_can_be_taken_back(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        sent = client.post(f"/incidents/{name}/feedback", data={"word": "expected"}, headers=FRAGMENT)
        (one,) = store.feedback(name)
        assert (one.answer, one.by) == ("expected", "local")
        page = Page(sent.text)
        assert "local said expected" in page.text
        assert "feedback-answers" in page.ids
        client.post(f"/incidents/{name}/feedback/{one.id}/undo", headers=FRAGMENT)
        assert store.feedback(name) == ()


@pytest.mark.parametrize(
    "said",
    [{}, {"cause": "other"}, {"cause": "other", "cause_name": " "}, {"word": "nonsense"}],
)
def test_an_answer_that_says_nothing_is_told_so(tmp_path, said):
    with kept(tmp_path, builders.series_hunt()) as (client, store, (name, *_)):
        for address in ("feedback", "feedback/preview"):
            answer = client.post(f"/incidents/{name}/{address}", data=said, headers=FRAGMENT)
            assert [one for one in Page(answer.text).tags if one[1].get("role") == "alert"]
        assert store.feedback() == ()


def test_without_scripts_the_preview_is_a_page(tmp_path):
    with kept(tmp_path, builders.series_hunt()) as (client, _, (name, *_)):
        answer = client.post(f"/incidents/{name}/feedback/preview", data={"word": "real"}, headers=FORM)
    page = Page(answer.text)
    assert page.all("html")
    assert "would change" in page.text


def test_an_answer_of_another_incident_is_not_taken_back_here(tmp_path):
    with kept(tmp_path, builders.series_hunt(), builders.table_hunt()) as (client, store, names):
        first, last = names[0], names[-1]
        client.post(f"/incidents/{first}/feedback", data={"word": "real"}, headers=FRAGMENT)
        (one,) = store.feedback(first)
        answer = client.post(f"/incidents/{last}/feedback/{one.id}/undo", headers=FRAGMENT)
        assert [tag for tag in Page(answer.text).tags if tag[1].get("role") == "alert"]
        assert len(store.feedback(first)) == 1
