"""Files that pages load: read once, packed once, each under an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

import anomaly_hunter.tell

HERE: Final = Path(__file__).parent
TELL: Final = Path(anomaly_hunter.tell.__file__).parent
FOLDERS: Final = (HERE / "static", HERE / "vendor", TELL / "vendor")
"""Every script, style and picture below them is served by its bare name."""
CHARTS: Final = (TELL / "html" / "paint.js", TELL / "html" / "chart.js")
"""What draws the charts of reports draws those of pages."""
KINDS: Final = {".js", ".css", ".svg", ".png", ".woff2"}
PREFIX: Final = "/static"
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it goes over the wire."""

    name: str
    media_type: str
    digest: str
    plain: bytes
    packed: bytes

    @property
    def address(self) -> str:
        """Where it is served; another content has another address."""
        return f"{PREFIX}/{self.digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Every file by its name.

    >>> assets()["app.css"].address.split("/")[1::2]
    ['static', 'app.css']
    """
    files = [file for folder in FOLDERS for file in sorted(folder.rglob("*")) if file.suffix in KINDS]
    return {file.name: _asset(file) for file in (*files, *CHARTS)}


def address(name: str) -> str:
    """Where a file is served; KeyError for one that is not there, so that a template cannot be wrong."""
    return assets()[name].address


def answer(request: Request, digest: str, name: str) -> Response:
    """The file; whoever asks with the address of an older content gets this one, and keeps it not."""
    asset = assets().get(name)
    if asset is None:
        return Response("There is no such file.\n", 404, media_type="text/plain")
    etag = f'"{asset.digest}"'
    headers = {
        "ETag": etag,
        "Cache-Control": FOREVER if digest == asset.digest else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = asset.plain
    if "gzip" in request.headers.get("accept-encoding", "") and len(asset.packed) < len(asset.plain):
        body, headers["Content-Encoding"] = asset.packed, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)


def _asset(file: Path) -> Asset:
    plain = file.read_bytes()
    return Asset(
        file.name,
        "text/javascript" if file.suffix == ".js" else guess_type(file.name)[0] or "application/octet-stream",
        hashlib.sha256(plain).hexdigest()[:16],
        plain,
        gzip.compress(plain, 9, mtime=0),
    )
