"""Which addresses of a network data are read from: none that belong to the machine's own cloud or link."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from anomaly_hunter.errors import DataError, UsageError

Address: TypeAlias = "IPv4Address | IPv6Address"

_METADATA: Final = tuple(map(ip_network, ("100.100.100.200/32", "fd00:ec2::254/128", "192.0.0.192/32")))
_INSIDE: Final = (ip_network("64:ff9b::/96"), ip_network("2002::/16"))
"""IPv6 addresses that stand for an IPv4 address (NAT64, 6to4)."""


def refused(text: str) -> bool:
    """Whether an address is link-local, a cloud's metadata service, or nobody's own.

    >>> [refused(text) for text in ("10.0.0.5", "127.0.0.1", "169.254.169.254", "::ffff:169.254.169.254")]
    [False, False, True, True]
    """
    address = _plain(ip_address(text.partition("%")[0]))
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or any(address in network for network in _METADATA)
    )


def _plain(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _INSIDE[0]:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _INSIDE[1]:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


def check_named(url: str) -> None:
    """Refuse an address that can be told from its text alone; nobody is asked for it.

    Raises
    ------
    UsageError
        It has no host, or a refused one.
    """
    host = host_of(url)[0]
    try:
        bad = refused(host)
    except ValueError:  # a name
        return
    if bad:
        raise UsageError(f"the address {host}", "one of another machine or this one", "name its host")


def host_of(url: str) -> tuple[str, int | None]:
    """Host and port of an address; UsageError where it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host:
        raise UsageError("an address without a host", "http://HOST:PORT", "mend it")
    return host, port


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them allowed: what is connected to is one of these, not the name again.

    Raises
    ------
    DataError
        The name is unknown, or leads to a refused address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DataError(f"the host {host} is not known", "a name that can be resolved", "check it") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if any(map(refused, addresses)):
        raise DataError(
            f"the host {host} leads to a link-local or metadata address", "another machine or this one",
            "name the host of the data",
        )  # fmt: skip
    return addresses
