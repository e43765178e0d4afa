"""Numbers and JSON for a page: short, and safe between script tags."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.tell.html import limits

_DECEIVING: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ESCAPES: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def tidy(values: FloatArray, steps: float = 1e5) -> list[float | int | None]:
    """Values rounded to about ``1 / steps`` of their range; None for NaN.

    No picture is fine enough to show the difference, and the text is a third as long.

    >>> tidy(np.array([1.23456789, 2.0, np.nan]))
    [1.234568, 2.0, None]
    >>> tidy(np.array([3.0, 40000.0]))
    [3, 40000]
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return [None] * len(values)
    width = float(known.max() / 2 - known.min() / 2) * 2 or abs(float(known[0]))
    if 1e-280 < width < math.inf:
        values = np.round(values, max(0, math.ceil(-math.log10(width / steps))))
    whole = bool((np.abs(known) < 2**53).all()) and bool((values[np.isfinite(values)] % 1 == 0).all())
    if whole:
        return [int(v) if math.isfinite(v) else None for v in values.tolist()]
    return [v if math.isfinite(v) else None for v in values.tolist()]


def power_of_ten(values: FloatArray) -> int:
    """The power to draw extreme numbers in; 0 for those that fit an axis as they are.

    >>> power_of_ten(np.array([5.0, 7e8])), power_of_ten(np.array([-3e200])), power_of_ten(np.array([2e-30]))
    (0, 200, -30)
    """
    known = np.abs(values[np.isfinite(values)])
    top = float(known.max()) if len(known) else 0.0
    if top == 0 or 1e-9 <= top < 1e15:
        return 0
    return math.floor(math.log10(top))


def honest(text: str) -> str:
    """Text without what deceives a reader or fits no file: turned direction, control and half characters.

    >>> honest("abc\u202efed")
    'abc\ufffdfed'
    """
    return _DECEIVING.sub("\ufffd", text)


def cut(text: object, most: int = limits.TEXT) -> str:
    """Text from the data, shortened to what a page can hold.

    >>> cut("abcdef", 4)
    'abc…'
    """
    text = honest(str(text))
    return text if len(text) <= most else text[: most - 1] + "…"


def json_for_script(document: Any) -> str:
    """Compact ASCII JSON without ``<``, ``>`` and ``&``, so that no text can end the script tag.

    >>> json_for_script({"name": "</script>\\u2028"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u2028"}'
    """
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)
