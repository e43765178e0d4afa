"""Who says who somebody is: what the issuer tells of itself, its keys, and tokens for codes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.problem import Problem

FRESH_S: Final = 3_600.0
"""How long is believed what the issuer told of itself."""
SELDOM_S: Final = 60.0
"""A key that is not known is looked for at most so often."""
WAIT_S: Final = 5.0
LARGEST: Final = 1_000_000
_NEEDED: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class Issuer:
    """An OpenID Connect provider.

    Attributes
    ----------
    options:
        Its address, and under which name it knows this server.
    secret:
        What proves to it that it is this server; "": nothing does but PKCE.
    clock:
        Seconds that never go back.
    """

    options: ServeOptions
    secret: str = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def described(self) -> Mapping[str, Any]:
        """What it tells of itself.

        Raises
        ------
        Problem
            502: it cannot be reached, or is not who it should be.
        """
        address = self.options.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._fetched(address, FRESH_S)
        if any(not isinstance(found.get(name), str) for name in _NEEDED):
            raise _unfit("does not say where it signs in")
        if found["issuer"].rstrip("/") != self.options.oidc_issuer.rstrip("/"):
            raise _unfit(f"calls itself {found['issuer'][:100]!r}")
        if not all(self._trusted(found[name]) for name in _NEEDED[1:]):
            raise _unfit("names an address without https")
        return found

    def keys(self, *, again: bool = False) -> Mapping[str, Any]:
        """Its keys as a JSON Web Key Set; ``again``: one was missing, look whether there are new ones."""
        return self._fetched(self.described()["jwks_uri"], SELDOM_S if again else FRESH_S)

    def token(self, code: str, verifier: str, back: str) -> str:
        """The ID token for a code.

        Raises
        ------
        Problem
            401: it gives none for this code. 502: it cannot be reached.
        """
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        described = self.described()
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        client = self.options.oidc_client_id
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=back, client_id=client, code_verifier=verifier
        )
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        shown = ClientAuth(client, self.secret, way if self.secret else "none")
        address, headers, body = shown.prepare("POST", described["token_endpoint"], headers, body)
        given = self._asked("POST", address, body, headers)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise Problem(401, "Not signed in", "the issuer gave no token for this code",
                          "a code that is new", "sign in again")  # fmt: skip
        return token

    def _fetched(self, address: str, fresh_s: float) -> dict[str, Any]:
        with self._lock:
            at, known = self._kept.get(address, (-FRESH_S, {}))
            if not known or self.clock() - at >= fresh_s:
                known = self._asked("GET", address)
                if "error" in known:
                    raise _unfit("answers with an error")
                self._kept[address] = (self.clock(), known)
            return known

    def _asked(
        self, method: str, address: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        import httpx

        try:
            with (
                httpx.Client(timeout=WAIT_S, follow_redirects=False, trust_env=False) as client,
                client.stream(method, address, content=body, headers=headers) as answered,
            ):
                parts, size = [], 0
                for part in answered.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > LARGEST:
                        raise _unfit("answers with too much")
                found = httpx.Response(200, content=b"".join(parts)).json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _unfit(f"cannot be asked ({type(error).__name__})") from error
        if not isinstance(found, dict):
            raise _unfit("answers with no JSON object")
        return found if answered.status_code == 200 else {"error": answered.status_code}

    def _trusted(self, address: str) -> bool:
        """By https; or on this machine, as the issuer itself is."""
        ours, parts = urlsplit(self.options.oidc_issuer), urlsplit(address)
        return parts.scheme == "https" or (ours.scheme == "http" and parts.hostname == ours.hostname)


def _unfit(came: str) -> Problem:
    return Problem(
        502, "Issuer", f"the issuer {came}", "an OpenID Connect provider", "check serve.oidc_issuer"
    )
