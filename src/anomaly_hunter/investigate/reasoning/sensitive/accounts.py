"""Numbers that stand for a person or their money: cards, IBAN, accounts, social security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found, begins_a_word, lowered

_GAP: Final = r"[ .\-_/\u00a0\u2007\u2009\u202f\u2010-\u2014]"
_CARD: Final = re.compile(
    rf"[2-6](?<![^\W_].)(?<!\d[.,].)\d{{3,18}}(?:{_GAP}{{1,2}}\d{{3,7}}){{0,4}}(?:{_GAP}{{1,2}}\d{{1,2}})?(?![^\W_])"
)
_DIGITS: Final = re.compile(r"\d+")
_IBAN_START: Final = re.compile(r"(?<![^\W_])[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9])")
_MAY_IBAN: Final = re.compile(r"[0-9](?<=[A-Za-z]{2}.)[0-9]")
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
        32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_ACCOUNT: Final = re.compile(
    r"(?:account|acct|a/c|konto|kto|customer|cust|kunden|kunde|client|member|mitglieds?|policy"
    r"|police|routing|sort code|sortcode|bsb|blz|bankleitzahl|vertrags?|contract|insurance|loan"
    r"|cuenta|compte)"
    r"[ _-]?(?:(?:no|nr|num|number|nummer|id|code|ref)\b\.?)?"
    r"[ \t]?(?:is|ist|lautet)?[\"']?[ \t]{0,3}[:#=]{0,2}[ \t]{0,3}[\"']?"
    rf"(?!\d{{4}}-\d\d-\d\d)([a-z]{{0,4}}-?\d(?:{_GAP}?\d){{4,23}})(?![^\W_])(?![.,:]\d)(?!%)"
)
_SSN: Final = re.compile(r"[0-8](?<![^\W_].)(?<![-.].)\d{2}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])(?!\.\d)")
_MAY_SSN: Final = re.compile(r"-\d{2}-\d{4}")
_NATIONAL: Final = re.compile(
    r"(?:ssn|social security|sozialversicherung\w*|steuer-?(?:id\w*|nummer|nr)|tax[ -]?(?:id|number|no)"
    r"|tin|itin|national (?:id|insurance)|nino"
    r"|passport|reisepass\w*|personalausweis\w*|driver'?s? licen[cs]e"
    r"|licen[cs]e)"
    r"[ _-]?(?:(?:no|nr|num|number|nummer|id)\b\.?)?"
    r"[ \t]?(?:is|ist|lautet)?[\"']?[ \t]{0,3}[:#=]{0,2}[ \t]{0,3}[\"']?"
    r"(?!\d{4}-\d\d-\d\d)((?=[a-z -]{0,6}\d)[a-z0-9]"
    r"(?:[ /-]?(?=[a-z]{0,2}\d|[a-z]\b)[a-z0-9]){5,14})(?![^\W_])"
)


def cards(text: str) -> Iterator[Found]:
    """Card numbers of 13-19 digits that pass the check of Luhn (ISO/IEC 7812-1, annex B).

    >>> [one.same for one in cards("4111 1111 1111 1111, 4111111111111112, 1736085600000")]
    ['4111111111111111']
    """
    match = _CARD.search(text)
    while match is not None:
        stop = _end_of_card(text, *match.span())
        if stop:
            yield Found(match.start(), stop, "card", only(text[match.start() : stop]))
        match = _CARD.search(text, stop or match.start() + 1)


def _end_of_card(text: str, start: int, stop: int) -> int:
    """Where a card number ends that begins here, after one of the groups of digits; 0 where none does."""
    for group in reversed([*_DIGITS.finditer(text, start, stop)]):
        digits = only(text[start : group.end()])
        if 13 <= len(digits) <= 19 and passes_luhn(digits):
            return group.end()
    return 0


def ibans(text: str) -> Iterator[Found]:
    """International bank account numbers: length of the country and remainder 1 (ISO 13616).

    >>> [one.same for one in ibans("DE89 3704 0044 0532 0130 00 is mine, DE88370400440532013000 is not")]
    ['DE89370400440532013000']
    """
    for match in _IBAN_START.finditer(text) if _MAY_IBAN.search(text) else ():
        length = _IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        stop = _after(text, match.start(), length) if length else 0
        code = re.sub(r"[ -]", "", text[match.start() : stop]).upper()
        if code and int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1:
            yield Found(match.start(), stop, "iban", code)


def accounts(text: str) -> Iterator[Found]:
    """Numbers of 5 digits and more right after a word such as account, Konto, customer no.

    >>> [one.same for one in accounts("account no. 1234-5678, Kundennummer: K-48213; 12,000 accounts")]
    ['12345678', 'K48213']
    """
    for match in _ACCOUNT.finditer(lowered(text)):
        if begins_a_word(text, match.start()):
            yield Found(*match.span(1), "account", re.sub(r"[^A-Z0-9]", "", match[1].upper()))


def national_ids(text: str) -> Iterator[Found]:
    """Social security numbers of the US, and numbers after a word such as tax id or passport.

    >>> [one.same for one in national_ids("123-45-6789, tax id 12345678901, passport C01X00T47, 2026-01-05")]
    ['123456789', '12345678901', 'C01X00T47']
    """
    for match in _SSN.finditer(text) if _MAY_SSN.search(text) else ():
        yield Found(*match.span(), "ssn", only(match[0]))
    for match in _NATIONAL.finditer(lowered(text)):
        if begins_a_word(text, match.start()) and len(only(match[1])) >= 4:
            yield Found(*match.span(1), "ssn", re.sub(r"[^A-Z0-9]", "", match[1].upper()))


def only(text: str) -> str:
    """The digits of a text, as 0-9."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others.

    >>> passes_luhn("79927398713"), passes_luhn("79927398714")
    (True, False)
    """
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in digits[::-2])) % 10 == 0


def _after(text: str, start: int, length: int) -> int:
    """Where so many letters and digits of ASCII end, single spaces and hyphens left out; 0 if they do not."""
    at, seen = start, 0
    while at < len(text) and seen < length:
        if text[at].isascii() and text[at].isalnum():
            seen += 1
        elif text[at] not in " -" or not text[at - 1].isalnum():
            return 0
        at += 1
    return at if seen == length and not text[at : at + 1].isalnum() else 0
