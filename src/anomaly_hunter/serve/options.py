"""What a user may set about the server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from anomaly_hunter.errors import UsageError


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where the server listens, who may come in, and how much one may ask for.

    Attributes
    ----------
    host:
        The address it listens on; any but this machine's own needs `sign_in`.
    port:
        0: any that is free.
    names:
        Names that browsers and clients may call it by, besides its address ("hunter.example.com").
    url:
        Its address as people see it, where a proxy stands in front ("https://hunter.example.com").
    proxies:
        Addresses or networks of proxies that stand in front; only they are believed whom they speak for.
    sign_in:
        Whether people and programs have to say who they are.
    oidc_issuer:
        Where people sign in with OpenID Connect ("https://login.example.com/realms/shop"); "": nowhere.
    oidc_client_id:
        Under which name the issuer knows this server. Its secret is in HUNTER_OIDC_CLIENT_SECRET.
    oidc_scopes:
        What is asked of the issuer.
    oidc_role_claim:
        Which claim says what somebody may do here ("groups", or "realm_access.roles" for nested ones).
    oidc_roles:
        Which value of that claim is which role ({"sre": "responder"}); "*" is everybody at the issuer.
    oidc_organisation:
        Where they belong; "": where `remember.organisation` says.
    folders:
        Folders whose files the watches that people make may read; none: where the server was started, for its
        own organisation.
    workers:
        Processes that hunt; 0: one per core, at most four.
    body_bytes:
        The largest request.
    body_seconds:
        How long the body of a request may stand still before it is refused.
    points:
        Values or cells that one hunt may have.
    hunt_seconds:
        How long a hunt may take.
    wait_seconds:
        How long a request waits for its hunt; after that it is answered with a job.
    requests_per_minute:
        Of one person or key; 0: no limit.
    worker_bytes:
        Memory that a process that hunts may take.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    names: tuple[str, ...] = ()
    url: str = ""
    proxies: tuple[str, ...] = ()
    sign_in: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_scopes: tuple[str, ...] = ("openid", "profile", "email")
    oidc_role_claim: str = ""
    oidc_roles: Mapping[str, str] = field(default_factory=dict)
    oidc_organisation: str = ""
    folders: tuple[str, ...] = ()
    workers: int = 0
    body_bytes: int = 64_000_000
    body_seconds: float = 30.0
    points: int = 2_000_000
    hunt_seconds: float = 300.0
    wait_seconds: float = 2.0
    requests_per_minute: int = 30_000
    worker_bytes: int = 4_000_000_000

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise UsageError(f"the port is {self.port}", "0 to 65535", "choose another")
        least = {"body_bytes": 1, "body_seconds": 0.1, "points": 1, "hunt_seconds": 0.001, "wait_seconds": 0,
                 "workers": 0, "requests_per_minute": 0, "worker_bytes": 100_000_000}  # fmt: skip
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise UsageError(f"{name} is {getattr(self, name)}", f"{lowest} or more", "change it")
        _check_proxies(self.proxies)
        _check_oidc(self)
        if self.url and not self.url.startswith(("http://", "https://")):
            raise UsageError(f"url is {self.url!r}", "https://NAME", "change it")


def _check_proxies(proxies: tuple[str, ...]) -> None:
    for one in proxies:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise UsageError(
                f"proxies has {one!r}", "addresses or networks (10.0.0.0/24)", "change it"
            ) from error


def _check_oidc(options: ServeOptions) -> None:
    if not options.oidc_issuer:
        return
    parts = urlsplit(options.oidc_issuer)
    here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not here and not (parts.scheme == "https" and parts.hostname):
        raise UsageError(f"oidc_issuer is {options.oidc_issuer!r}", "https://NAME", "change it")
    if not options.oidc_client_id:
        raise UsageError("oidc_issuer is set and oidc_client_id is not", "both", "set it as the issuer says")
    unknown = sorted(set(options.oidc_roles.values()) - {"viewer", "responder", "admin"})
    if unknown or not options.oidc_roles:
        came = f"oidc_roles gives the role {unknown[0]!r}" if unknown else "oidc_roles is empty"
        raise UsageError(
            came, "viewer, responder or admin for each value", 'set it, {"*": "viewer"} for instance'
        )
