"""A socket that reaches this machine only."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any


class WayOutError(AssertionError):
    """A test tried to reach another machine."""


def is_here(family: int, address: Any) -> bool:
    """Whether an address is on this machine: a unix socket, or loopback by number or name."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0]).partition("%")[0]
    if host in ("localhost", ""):
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return bool(plain.is_loopback or plain.is_unspecified)


@contextmanager
def only_loopback(kind: type[socket.socket]) -> Iterator[None]:
    """Connecting and sending elsewhere, and asking for the address of another name, is an error meanwhile."""
    connect, connect_ex, sendto, resolve = kind.connect, kind.connect_ex, kind.sendto, socket.getaddrinfo

    def checked(own: socket.socket, address: Any) -> None:
        if not is_here(own.family, address):
            raise WayOutError(f"a test tried to reach {address!r}")

    def connecting(own: socket.socket, address: Any) -> None:
        checked(own, address)
        connect(own, address)

    def connecting_ex(own: socket.socket, address: Any) -> int:
        checked(own, address)
        return connect_ex(own, address)

    def sending(own: socket.socket, data: Any, *rest: Any) -> int:
        checked(own, rest[-1])
        return sendto(own, data, *rest)

    def resolving(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_here(socket.AF_INET, (name,)):
            raise WayOutError(f"a test asked for the address of {name!r}")
        return resolve(host, *rest, **more)

    replaced: tuple[tuple[Any, str, Any, Any], ...] = (
        (kind, "connect", connecting, connect),
        (kind, "connect_ex", connecting_ex, connect_ex),
        (kind, "sendto", sending, sendto),
        (socket, "getaddrinfo", resolving, resolve),
    )
    for owner, name, new, _ in replaced:
        setattr(owner, name, new)
    try:
        yield
    finally:
        for owner, name, _, old in replaced:
            setattr(owner, name, old)
