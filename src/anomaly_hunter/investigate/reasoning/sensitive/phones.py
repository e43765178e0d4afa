"""Phone numbers: international, national in the usual groupings, or after a word that announces one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.accounts import only
from anomaly_hunter.investigate.reasoning.sensitive.found import Found, begins_a_word, lowered

_GAP: Final = r"[ .\-/()\u00a0\u2007\u2009\u202f\u2010-\u2014]"
_REST: Final = rf"(?:{_GAP}{{0,3}}(?!(?:19|20)\d\d-\d)\d)"
_BEFORE: Final = r"(?<![^\W_].)(?<!\d[.,:/-].)(?<![.,:-].)"
_AFTER: Final = r"(?![^\W_])(?![.,:]\d)(?!%)"
_EXTENSION: Final = r"(?:,? ?(?:ext\.?|extension|x|durchwahl|dw)[ .:]?\d{1,6})?"
_INTERNATIONAL: Final = re.compile(
    rf"(?:\+(?<![^\W_].) ?|00(?<![\d.,:+-]..)(?<![^\W_]..)(?=[1-9])|%2b)\(?"
    rf"\d{_REST}{{6,14}}{_EXTENSION}{_AFTER}"
)
_AMERICAN: Final = re.compile(
    rf"[(1-9]{_BEFORE}(?:(?<=1)[ .-]\(?[2-9]\d\d|(?<=\()[2-9]\d\d|(?<=[2-9])\d\d)"
    rf"(?:\) ?|(?P<gap>[ .-]))[2-9]\d\d(?(gap)(?P=gap)|[ .-])\d{{4}}{_EXTENSION}{_AFTER}"
)
_TRUNK: Final = re.compile(
    rf"[(0]{_BEFORE}(?:(?<=\()0[1-9]|(?<=0)[1-9])"
    rf"\d{{0,3}}(?:\) ?| ?[/-] ?|[ .])\d{_REST}{{4,9}}{_EXTENSION}{_AFTER}"
)
_ANNOUNCED: Final = re.compile(
    r"(?:tel|phone|telephone|telefon|mobile|mobil|cell|cellphone|handy|fax|whatsapp|sms|rufnummer"
    r"|hotline|call (?:me|us)|téléphone|teléfono|msisdn)[\"']?(?:[ _-]?(?:no|nr|number|nummer)\b)?"
    r"[.:#=]{0,2} ?(?:at|on|is|ist|under|unter)?:?[ \t\"']{0,3}"
    rf"(\(?\d{_REST}{{6,14}}{_EXTENSION}){_AFTER}"
)
_DATE: Final = re.compile(
    r"(?:19|20)\d\d[-./ ][01]\d[-./ ][0-3]\d(?!\d)|[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)\d\d(?!\d)"
)


def phones(text: str) -> Iterator[Found]:
    """Phone numbers. Dates, times, epochs and measurements are none.

    >>> [one.same for one in phones("+49 (0)30 1234567, (212) 555-0123 x42, 030/1234567, tel. 5550123")]
    ['+490301234567', '5550123', '212555012342', '0301234567']
    >>> list(phones("1736085600 12,000 points 05.01.2026 14:00 +4.7 % 2.10.13 4,200 +12,000 v1.2.3"))
    []
    """
    small = lowered(text)
    for pattern, group in ((_INTERNATIONAL, 0), (_ANNOUNCED, 1), (_AMERICAN, 0), (_TRUNK, 0)):
        for match in pattern.finditer(small):
            said = match[group]
            digits = only(said)
            if group and not begins_a_word(text, match.start()):
                continue
            if not _DATE.match(said.lstrip("+( ")) and 7 <= len(digits) <= 21:
                plus = "+" if pattern is _INTERNATIONAL else ""
                yield Found(*match.span(group), "phone", plus + digits.removeprefix("00") if plus else digits)
