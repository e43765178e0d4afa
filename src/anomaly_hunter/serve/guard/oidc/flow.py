"""One sign-in elsewhere: what is remembered in the browser between leaving and coming back."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass

from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.guard.way_back import local


@dataclass(frozen=True, slots=True)
class Flow:
    """Kept in a cookie of ten minutes: the server remembers nothing of those who never come back.

    Attributes
    ----------
    state:
        Shows that who comes back is who left.
    nonce:
        Shows that the token is of this sign-in.
    verifier:
        Shows to the issuer that who brings the code is who asked for it (PKCE).
    way_back:
        Where they wanted to go.
    """

    state: str
    nonce: str
    verifier: str
    way_back: str

    @classmethod
    def begun(cls, way_back: str) -> Flow:
        """A new one."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, local(way_back))

    @classmethod
    def of(cls, cookie: str) -> Flow | None:
        """The one of a cookie; None where it is none."""
        parts = cookie.split(".")
        if len(parts) != 4 or not all(parts):
            return None
        try:
            way_back = base64.urlsafe_b64decode(parts[3]).decode()
        except ValueError:
            return None
        return cls(parts[0], parts[1], parts[2], local(way_back))

    @property
    def cookie(self) -> str:
        """As a cookie holds it.

        >>> flow = Flow.begun("/incidents")
        >>> Flow.of(flow.cookie) == flow
        True
        """
        way_back = base64.urlsafe_b64encode(self.way_back.encode()).decode()
        return f"{self.state}.{self.nonce}.{self.verifier}.{way_back}"

    def fits(self, state: str) -> bool:
        """Whether who comes back is who left."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def address(self, issuer: Issuer, back: str) -> str:
        """Where the browser is sent to sign in."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        begin = str(issuer.described()["authorization_endpoint"])
        address = prepare_grant_uri(
            begin, issuer.options.oidc_client_id, "code", redirect_uri=back,
            scope=list(issuer.options.oidc_scopes), state=self.state, nonce=self.nonce,
            code_challenge=create_s256_code_challenge(self.verifier), code_challenge_method="S256",
        )  # fmt: skip
        return str(address)
