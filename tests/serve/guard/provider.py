"""An OpenID Connect provider on this machine: real HTTP, real RS256 signatures, and forgeries on demand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "hunter", "a secret that both know"
KIM = {"sub": "u-1", "preferred_username": "Kim", "groups": ["sre"]}


@cache
def key_of(kid):
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """Who signs in is `who`; `forge(claims, provider)` gives the token instead of a right one."""

    port: int
    now_s: float
    who: dict[str, Any] = field(default_factory=lambda: dict(KIM))
    forge: Callable[[Any, Any], str] | None = None
    key: RSAKey = field(default_factory=lambda: key_of("k1"))
    described_as: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def description(self):
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks", **self.described_as,
        }  # fmt: skip

    def jwks(self):
        odd = {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}
        return {"keys": [odd, {"kty": "later"}, self.key.as_dict(private=False)]}

    def authorize(self, query):
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form, authorization):
        begun = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proven = authorization == f"Basic {known}" or form.get("client_secret") == SECRET
        if begun is None or not proven or begun["redirect_uri"] != form["redirect_uri"]:
            return None
        if (
            begun["code_challenge"] != challenge.rstrip(b"=").decode()
            or begun["code_challenge_method"] != "S256"
        ):
            return None
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": self.now_s, "exp": self.now_s + 300,
            "nonce": begun["nonce"], **self.who,
        }  # fmt: skip
        return {"id_token": self.forge(claims, self) if self.forge else self.signed(claims)}

    def signed(self, claims, key=None, **header):
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key)

    def unsigned(self, claims):
        return f"{part({'alg': 'none'})}.{part(claims)}."

    def signed_with_the_public_key(self, claims):
        """The old trick: the public key as if it were a shared secret."""
        said = f"{part({'alg': 'HS256', 'kid': self.key.kid})}.{part(claims)}"
        signature = hmac.new(self.key.as_pem(private=False), said.encode(), "sha256").digest()
        return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def part(given):
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(given).encode()).rstrip(b"=").decode()


@contextmanager
def provider(now_s):
    """One that listens until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            place, _, behind = self.path.partition("?")
            query = dict(parse_qsl(behind))
            made.asked.append(place)
            if place == "/.well-known/openid-configuration":
                self.say(made.description())
            elif place == "/jwks":
                self.say(made.jwks())
            else:
                self.send_response(302)
                self.send_header("Location", made.authorize(query))
                self.end_headers()

        def do_POST(self):
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            made.asked.append("/token")
            given = made.token(form, self.headers.get("Authorization"))
            self.say(given or {"error": "invalid_grant"}, 200 if given else 400)

        def say(self, document, status=200):
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Provider(server.server_address[1], now_s)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def visited(address):
    """A browser at the provider: signed in there already, it is sent back at once."""
    return httpx.get(address, trust_env=False).headers["location"]
