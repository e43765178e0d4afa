"""Forms that are no form of ours."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["/sign-out", "/silences", "/people"])
def test_a_form_of_very_many_fields_is_refused_and_not_a_fault(place, path):
    browser = place.browser("ann")
    del browser.headers["X-CSRF-Token"]
    answered = browser.post(path, content="&".join(["a=1"] * 1_001), headers={
        "Content-Type": "application/x-www-form-urlencoded"
    })  # fmt: skip
    assert answered.status_code == 413, answered.text
    assert "1,000" in answered.json()["detail"]
