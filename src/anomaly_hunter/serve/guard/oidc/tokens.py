"""ID tokens: signed by the issuer, for this server, now, for this sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.errors import MissingExtraError
from anomaly_hunter.serve.guard.oidc.issuer import Issuer
from anomaly_hunter.serve.rest.problem import Problem

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key that only the issuer has. Never "none", and none with a secret that we share."""
_PUBLIC: Final = ("RSA", "EC", "OKP")
LEEWAY_S: Final = 60
"""How far clocks may differ."""


def claims_of(token: str, issuer: Issuer, nonce: str, now_s: float) -> Mapping[str, Any]:
    """What a token says of who signs in.

    Parameters
    ----------
    token:
        As the issuer gave it.
    nonce:
        What this server asked the issuer to put into it.
    now_s:
        Seconds since 1970.

    Raises
    ------
    Problem
        401: forged, over, for somebody else, or of another sign-in.
    MissingExtraError
        The extra `oidc` is not installed.
    """
    claims = _verified(token, issuer)
    fault = _fault(claims, issuer, nonce, now_s)
    if fault:
        raise _refused(fault)
    return claims


def _verified(token: str, issuer: Issuer) -> dict[str, Any]:
    try:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "signing in elsewhere needs Authlib, which is not installed", "the extra `oidc`",
            "pip install 'anomaly-hunter[oidc]'",
        ) from error  # fmt: skip

    try:
        try:
            return dict(jwt.decode(token, _keys(issuer.keys()), algorithms=SIGNED_BY).claims)
        except InvalidKeyIdError:  # it may have new keys
            return dict(jwt.decode(token, _keys(issuer.keys(again=True)), algorithms=SIGNED_BY).claims)
    except (JoseError, ValueError) as error:
        raise _refused("is not signed by the issuer") from error


def _keys(given: Mapping[str, Any]) -> KeySet:
    """Its public keys; what is no such key is left out."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry, KeySet

    found = []
    for one in given.get("keys", ()):
        if isinstance(one, dict) and one.get("kty") in _PUBLIC and one.get("use", "sig") == "sig":
            try:
                found.append(JWKRegistry.import_key(one))
            except (JoseError, ValueError, KeyError):  # a kind that is not known here
                continue
    return KeySet(found)


def _fault(claims: Mapping[str, Any], issuer: Issuer, nonce: str, now_s: float) -> str:
    """What is wrong with the claims (OpenID Connect Core, 3.1.3.7); "" if nothing is."""
    client = issuer.options.oidc_client_id
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    checks = (
        (claims.get("iss") == issuer.described()["issuer"], "is of another issuer"),
        (client in several, "is for another program"),
        (len(several) == 1 or claims.get("azp") == client, "is for several programs"),
        (claims.get("azp", client) == client, "was given to another program"),
        (now_s < _number(claims.get("exp")) + LEEWAY_S, "is over"),
        (_number(claims.get("iat")) <= now_s + LEEWAY_S, "is of a time to come"),
        (_number(claims.get("nbf", 0)) <= now_s + LEEWAY_S, "is of a time to come"),
        (bool(nonce) and claims.get("nonce") == nonce, "is of another sign-in"),
        (isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255, "names nobody"),
    )
    return next((fault for fits, fault in checks if not fits), "") or _beyond(claims, client, nonce, now_s)


def _beyond(claims: Mapping[str, Any], client: str, nonce: str, now_s: float) -> str:
    """What the library finds besides: claims of the wrong type, a digest of another access token."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    try:
        CodeIDToken(dict(claims), {}, params={"nonce": nonce, "client_id": client}).validate(
            int(now_s), LEEWAY_S
        )
    except (JoseError, TypeError, ValueError) as error:
        return f"does not hold ({error})"
    return ""


def _number(given: Any) -> float:
    """A time; what is none is never in time."""
    fits = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if fits else float("nan")


def _refused(came: str) -> Problem:
    return Problem(401, "Not signed in", f"what the issuer sent {came}", "a token for this sign-in",
                   "sign in again; if it stays, ask an admin")  # fmt: skip
