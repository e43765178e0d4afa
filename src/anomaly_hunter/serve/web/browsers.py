"""What people call the browser that sent a request."""

from __future__ import annotations

from typing import Final

MOST: Final = 60
"""Characters of what is known of no browser."""
_BROWSERS: Final = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_of(agent: str) -> str:
    """Its name and the system it runs on, from the header User-Agent.

    Of browsers that name several the most special counts: nearly all say that they are Safari.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0")
    'Edge on Linux'
    >>> browser_of("curl/8.5.0"), browser_of("")
    ('curl/8.5.0', 'an unknown browser')
    """
    name = next((said for mark, said in _BROWSERS if mark in agent), "")
    system = next((said for mark, said in _SYSTEMS if mark in agent), "")
    if not name:
        return agent[:MOST] or "an unknown browser"
    return f"{name} on {system}" if system else name
