"""Headers that tell browsers what pages of ours may do: nothing but what we serve."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.serve.options import ServeOptions

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""A response that sets one of them itself keeps it, except for the first six."""

_OURS: Final = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
_FIXED: Final = frozenset(name for name, _ in _OURS[:6])
_HTTPS: Final = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """Puts :data:`HEADERS` on every response, also on those of the door."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self._app = app
        self._more = (_HTTPS,) if options.url.startswith("https://") else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add them to the response's first part."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [one for one in message.get("headers", ()) if one[0].lower() not in _FIXED]
                names = {name.lower() for name, _ in given}
                added = [one for one in (*_OURS, *self._more) if one[0] not in names]
                message = {**message, "headers": [*given, *added]}
            await send(message)

        await self._app(scope, receive, headed)
