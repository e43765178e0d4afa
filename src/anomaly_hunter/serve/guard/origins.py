"""Whether a request belongs here: by the name it calls, and by the page that a browser sends it from.

Without sign-in these checks alone keep other pages in the same browser away from a server on this
machine: a name that an attacker lets lead here (DNS rebinding), and requests that a foreign page sends.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.problem import Problem

_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_WEB = {"ws": "http", "wss": "https"}


def check(arriving: Arriving, options: ServeOptions) -> None:
    """Let pass what belongs here.

    Raises
    ------
    Problem
        421: it calls another name. 403: another site's page sends it.
    """
    host = arriving.headers.get("host", "")
    if not is_ours(host, options):
        raise Problem(
            421, "Another name", f"the request calls {host[:100]!r}",
            "localhost, an address, or a name of this server", "list the name in serve.names",
        )  # fmt: skip
    if _foreign(arriving, options):
        raise Problem(
            403, "From another site", "another site's page sends this request", "a page of this server",
            "open this server's own pages; behind a proxy set serve.url to its address",
        )  # fmt: skip


def is_ours(host: str, options: ServeOptions) -> bool:
    """Whether a Host header names this server. An address as such cannot be rebound, a name can.

    >>> [is_ours(one, ServeOptions()) for one in ("localhost:8787", "[::1]", "10.0.0.1:80", "evil.example")]
    [True, True, True, False]
    """
    name = _name(host)
    if not name:
        return False
    own = {"localhost", *map(str.lower, options.names), urlsplit(options.url).hostname or ""}
    if name in own or name == options.host.lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """The name or address in a Host header, in lower case; "" where it is none."""
    if not host or any(one in host for one in " ,/@\\?#"):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".")


def _foreign(arriving: Arriving, options: ServeOptions) -> bool:
    headers = arriving.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if arriving.safe and not arriving.websocket:
        return site in ("cross-site", "same-site") and not _visits(arriving)
    if site is not None and site not in ("same-origin", "none"):
        return True
    return origin is not None and origin_of(origin) not in _own(arriving, options)


def _visits(arriving: Arriving) -> bool:
    """A link that a person follows, not something that a foreign page loads into itself."""
    headers = arriving.headers
    framed = headers.get("sec-fetch-dest") in ("object", "embed", "iframe", "frame")
    return headers.get("sec-fetch-mode") == "navigate" and not framed


def _own(arriving: Arriving, options: ServeOptions) -> set[tuple[str, str, int] | None]:
    scheme = _WEB.get(arriving.scheme, arriving.scheme)
    own = {origin_of(f"{scheme}://{arriving.headers.get('host', '')}")}
    if options.url:
        own.add(origin_of(options.url))
    return own - {None}


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, name and port; None for what has none, such as "null".

    >>> origin_of("https://Shop.example"), origin_of("null")
    (('https', 'shop.example', 443), None)
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return parts.scheme, parts.hostname, port
