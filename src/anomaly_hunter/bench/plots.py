"""One page per result: the value and its band, the score, true spans and alarms. Opens anywhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from anomaly_hunter.bench.folder import Labelled, Part
from anomaly_hunter.bench.methods import Said
from anomaly_hunter.bench.result import make_folder
from anomaly_hunter.bench.spans import Span, spans_of
from anomaly_hunter.model import FloatArray
from anomaly_hunter.tell.write import write_whole

WIDTH: Final = 1400
VALUE_HEIGHT, SCORE_HEIGHT, GAP, MARK = 300, 110, 16, 9
MOST_CHANNELS: Final = 8
_STYLE: Final = (
    "body{font:14px system-ui,sans-serif;margin:24px;color:#1b1f24}h1{font-size:17px;margin:0}"
    "p{margin:4px 0 12px;color:#57606a}svg{width:100%;height:auto;display:block}"
    ".line{fill:none;stroke:#24292f;stroke-width:1}.band{fill:#8ec5ff;opacity:.45}.score{fill:#b35900;opacity:.75}"
    ".truth{fill:#2da44e;opacity:.28}.alarm{fill:#cf222e}.limit{stroke:#cf222e;stroke-dasharray:4 3}"
    ".before{fill:#d0d7de;opacity:.45}.box{fill:none;stroke:#d0d7de}"
    "b{padding:1px 6px;border-radius:3px;font-weight:500}"
)


def plot(folder: Path, part: Part, method: str, series: Labelled, said: Said, *, told: str) -> Path:
    """Write ``SOURCE__NAME__METHOD.html`` into the folder, whole or not at all."""
    make_folder(folder)
    name = "__".join(re.sub(r"[^\w.-]+", "_", word) for word in (part.source, part.name, method))
    path = folder / f"{name}.html"
    write_whole(path, page(part, method, series, said, told=told))
    return path


def page(part: Part, method: str, series: Labelled, said: Said, *, told: str) -> str:
    """The page: what is left of the part that counts is grey."""
    n = part.stop
    channels = series.value[:n].reshape(n, -1)[:, :MOST_CHANNELS]
    height = VALUE_HEIGHT // max(1, min(channels.shape[1], 4)) if channels.shape[1] > 1 else VALUE_HEIGHT
    rows, top = [], MARK + 4
    for channel in channels.T:
        band = (said.lower, said.upper) if channels.shape[1] == 1 and said.lower is not None else None
        rows.append(f'<g transform="translate(0,{top})">{_curve(channel, band, height)}</g>')
        top += height + GAP
    score = said.score[:n]
    rows.append(f'<g transform="translate(0,{top})">{_strip(score, said.spans is not None)}</g>')
    total = top + SCORE_HEIGHT
    shade = _boxes(spans_of(series.label[:n]), n, "truth", 0, total)
    shade += _boxes([(0, part.start)] if part.start else [], n, "before", 0, total)
    alarms = _boxes(said.spans or (), n, "alarm", 0, MARK)
    title = html.escape(f"{part.source} / {part.name}")
    about = f"{method}: {told}" + (f" - failed: {said.error}" if said.error else "")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{html.escape(about)} &nbsp; {n:,} points &nbsp;"
        '<b style="background:#2da44e47">true span</b> <b style="background:#cf222e;color:#fff">alarm</b> '
        '<b style="background:#8ec5ff73">95% band</b> <b style="background:#b35900bf;color:#fff">score</b> '
        '<b style="background:#d0d7de73">history, not scored</b></p>'
        f'<svg viewBox="0 0 {WIDTH} {total}" role="img" aria-label="{title}">'
        f"{shade}{''.join(rows)}{alarms}</svg></html>\n"
    )


def _boxes(spans: Iterable[Span], n: int, kind: str, top: int, height: int) -> str:
    """Spans as rectangles, none narrower than two units."""
    return "".join(
        f'<rect class="{kind}" x="{a / n * WIDTH:.1f}" y="{top}" '
        f'width="{max((b - a) / n * WIDTH, 2):.1f}" height="{height}"/>'
        for a, b in spans
    )


def _columns(value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest value in each unit of the width; NaN where all are missing."""
    edges = np.linspace(0, len(value), min(WIDTH, len(value)) + 1).astype(np.int64)
    low = np.minimum.reduceat(np.where(np.isnan(value), np.inf, value), edges[:-1])
    high = np.maximum.reduceat(np.where(np.isnan(value), -np.inf, value), edges[:-1])
    gone = ~np.isfinite(low)
    return np.where(gone, np.nan, low), np.where(gone, np.nan, high)


def _curve(value: FloatArray, band: tuple[FloatArray | None, FloatArray | None] | None, height: int) -> str:
    low, high = _columns(value)
    known = value[np.isfinite(value)]
    bottom, top = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    unit = (top / 2 - bottom / 2) * 2 or 1.0
    x = np.arange(len(low)) / max(len(low) - 1, 1) * WIDTH

    def y(values: FloatArray) -> FloatArray:
        return np.clip(height - (values - bottom) / unit * height, 0, height)

    drawn = ""
    if band is not None and band[0] is not None and band[1] is not None:
        lower, upper = _columns(band[0][: len(value)])[0], _columns(band[1][: len(value)])[1]
        there = np.isfinite(lower) & np.isfinite(upper)
        xs = np.concatenate([x[there], x[there][::-1]])
        ys = np.concatenate([y(upper[there]), y(lower[there])[::-1]])
        drawn += f'<polygon class="band" points="{_points(xs, ys)}"/>'
    there = np.isfinite(low)
    ys = np.column_stack([y(low[there]), y(high[there])]).ravel()
    drawn += f'<polyline class="line" points="{_points(np.repeat(x[there], 2), ys)}"/>'
    return f'{drawn}<rect class="box" width="{WIDTH}" height="{height}"/>'


def _strip(score: FloatArray, limited: bool) -> str:
    """The score from 0 to its highest; a dashed line at 1.0, where alarms begin, if it raises any."""
    high = np.nan_to_num(_columns(score)[1])
    base = 0.0 if limited else float(high.min())
    top = max(float(high.max()) - base, 1.2 if limited else 1e-300)
    x = np.arange(len(high)) / max(len(high) - 1, 1) * WIDTH
    y = SCORE_HEIGHT * (1 - (high - base) / top)
    xs, ys = np.concatenate([[0], x, [WIDTH]]), np.concatenate([[SCORE_HEIGHT], y, [SCORE_HEIGHT]])
    at = SCORE_HEIGHT * (1 - 1 / top)
    limit = f'<line class="limit" x2="{WIDTH}" y1="{at:.1f}" y2="{at:.1f}"/>' if limited else ""
    return f'<polygon class="score" points="{_points(xs, ys)}"/>{limit}'


def _points(x: FloatArray, y: FloatArray) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
