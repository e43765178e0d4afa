"""A glance before a search passes over nothing that the search would find."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_hunter.investigate.reasoning.sensitive import accounts, addresses, credentials
from anomaly_hunter.investigate.reasoning.sensitive.found import lowered
from anomaly_hunter.investigate.reasoning.standing import stands_whole, without_whole

VALUES = st.sampled_from((
    "ann@x.org", "ann (at) x.org", "a[ät]b.de", "b{ AT }c", "%40", "&#64;", "\\u0040", "＠",
    "10.0.0.7", "10[.]0[.]0.7", "ip-10-0-0-7", "IP-1-2-3-4", "fe80::1", "::1", "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:1.2.3.4", "2001:db8::", "00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e",
    "DE89 3704", "GB82-WEST", "123-45-6789", "password: x1y2", "passwort=ab", "pass=x", "secret is abc",
    '"token": "x"', "pwd%3Dx", "otp:1", "sig => a", "signature=b", "session_id=1", "sessid=c", "apikey\\\"=d",
    "credentials := e", "authorization: basic f", "auth\t: x", "contraseña: z", "kennwort war u", "cvc=123",
    "Bearer abcdefgh1", "negotiate:abcdefgh2", "private key = q", "passphrase : r", "cookie:z", "PIN: 4",
))  # fmt: skip
TEXTS = st.lists(VALUES | st.text("aA1:.-[](){}<> =%@\"'\\ßİſK", max_size=4), max_size=5).map("".join)
GLANCES: dict[str, tuple[re.Pattern[str], Callable[[str], object]]] = {
    "sign of an address": (addresses._AT, addresses._may_have_at),
    "IPv4": (addresses._IPV4, lambda text: "[.]" in text or addresses._MAY_IPV4.search(text)),
    "MAC": (addresses._MAC, lambda text: any(form.search(text) for form in addresses._MAY_MAC)),
    "IBAN": (accounts._IBAN_START, accounts._MAY_IBAN.search),
    "social security": (accounts._SSN, accounts._MAY_SSN.search),
    "named secret": (credentials._NAMED, credentials._may_name),
}


@pytest.mark.parametrize("kind", GLANCES)
@given(text=TEXTS)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_where_a_search_finds_something_the_glance_saw_it(kind, text):
    pattern, glance = GLANCES[kind]
    for form in (text, lowered(text)):
        if pattern.search(form):
            assert glance(form)


@given(text=TEXTS)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_every_ipv6_address_is_seen_at_a_glance(text):
    said = [m[0] if m[0].endswith("::") else m[0].removesuffix(":") for m in addresses._IPV6.finditer(text)]
    if any(len(one) > 3 and any(map(str.isdigit, one)) and addresses._is_ipv6(one) for one in said):
        assert addresses._MAY_IPV6.search(text)


WORDS = st.lists(
    st.sampled_from((*"σſsSkKİi_- ×ß1", "db", "DB", "api.x", "API.X")),
    max_size=8,
).map("".join)


@given(text=WORDS, parts=st.lists(WORDS.filter(bool), max_size=3))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_parts_are_taken_out_as_a_pattern_would_take_them_out(text, parts):
    slow = text
    for part in parts:
        slow = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", " ", slow, flags=re.I)
    assert without_whole(text, parts) == slow


@given(inner=WORDS, text=WORDS, beside=st.sampled_from(("", "-")))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_a_text_stands_whole_where_a_pattern_finds_it(inner, text, beside):
    pattern = rf"(?<![\w{beside}]){re.escape(inner)}(?![\w{beside}])"
    assert stands_whole(inner, text, beside) == (re.search(pattern, text) is not None)
