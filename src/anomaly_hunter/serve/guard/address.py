"""Where a request comes from, also behind proxies that are known."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence


def address_of(peer: str, forwarded: str, proxies: Sequence[str]) -> str:
    """The address of who asks. ``X-Forwarded-For`` counts only as far as known proxies wrote it.

    Parameters
    ----------
    peer:
        The other end of the connection.
    forwarded:
        The header ``X-Forwarded-For``: who asked, then each proxy but the last.
    proxies:
        Addresses and networks of our own proxies.

    >>> address_of("10.0.0.2", "6.6.6.6, 203.0.113.9", ["10.0.0.0/24"])
    '203.0.113.9'
    >>> address_of("203.0.113.9", "127.0.0.1", ["10.0.0.0/24"])
    '203.0.113.9'
    """
    networks = [ipaddress.ip_network(one, strict=False) for one in proxies]
    way = [one.strip() for one in forwarded.split(",") if one.strip()]
    here = peer
    while way and _among(here, networks):
        if not _is_address(way[-1]):
            return here
        here = way.pop()
    return here


def network_of(address: str) -> str:
    """Whom a limit is kept for: one IPv4 address, or the /64 that one IPv6 household has.

    >>> network_of("2001:db8::1:2:3:4"), network_of("203.0.113.9")
    ('2001:db8::/64', '203.0.113.9')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ipaddress.ip_network(f"{found}/64", strict=False))


def _among(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in one for one in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
