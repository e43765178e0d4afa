"""Addresses of people and machines: e-mail, IP, MAC."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found, any_in

_AT: Final = re.compile(r"@|\uff20|%40|&\#64;|\\u0040|[ (\[{<]\s?(?:[(\[{<]\s?)?(?:at|@|ät|AT)\s?[)\]}>]\s?")
_AT_WORDS: Final = tuple(re.compile(word + r"\s?[)\]}>]") for word in ("at", "ät", "AT"))
_DOMAIN: Final = re.compile(r"[\w-]++(?:(?:\.|\s?[(\[{<]\s?(?:dot|DOT|punkt|\.)\s?[)\]}>]\s?)[\w-]++)*")
_IS_HOST: Final = re.compile(r"(?:\W\s?|\A(?=local))[^\W\d][\w-]++\Z")
_SPOKEN: Final = re.compile(  # ann at example dot com
    r" (?:at|ät) ([\w-]++(?: (?:dot|punkt) [\w-]++){1,4})", re.IGNORECASE
)
_IN_LOCAL: Final = frozenset("._+-%'")
_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4: Final = re.compile(
    rf"\d(?<![^\W_].)(?<!\d\..)\d{{0,2}}(?:(?:\.|\[\.\]){_OCTET}){{3}}(?![^\W_])(?!\.\d)"
)
_DASHED: Final = re.compile(r"(?:ip|IP)-(\d{1,3}(?:-\d{1,3}){3})(?!\w)")
_IS_VERSION: Final = re.compile(
    r"(?:\bv|\bver|\bversions?|\brelease|\bbuild|\bfirmware)[.:=]? ?\Z", re.IGNORECASE
)
_IPV6: Final = re.compile(
    r"[0-9A-Fa-f:](?<![^\W_].)(?:(?<!:)[0-9A-Fa-f]{0,3}:|(?<=:))[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){1,7}"
    r"(?:(?<=\d)(?:\.\d{1,3}){3})?(?!\w)(?!:\w)"
)
_MAC: Final = re.compile(
    r"(?<![^\W_])(?<![:-])(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?:(?::[0-9A-Fa-f]{2}){2})?"
    r"|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?!\w)(?![.:-]\w)"
)


_MAY_IPV4: Final = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_MAY_IPV6: Final = re.compile(r":(?::|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){3}:)")
_MAY_MAC: Final = (
    re.compile(r":[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:"),
    re.compile(r"-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-"),
    re.compile(r"\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}"),
)


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses, also "ann (at) example.com", "ann%40example.com", "ann at example dot com".

    >>> [one.same for one in emails("Ann.Lee@Example.com, bob [at] b [dot] org; 5 requests at 14:00, 3 @ 5")]
    ['ann.lee@example.com', 'bob [at] b [dot] org']
    """
    for at in _AT.finditer(text) if _may_have_at(text) else ():
        domain = _DOMAIN.match(text, at.end())
        if domain is not None and _IS_HOST.search(
            domain[0].rstrip("-_")
        ):  # no left-pad@4.2.1, no deploy@2026-01-05
            yield from _email(text, at.start(), domain.end())
    for at in _SPOKEN.finditer(text):
        yield from _email(text, *at.span())


def _may_have_at(text: str) -> bool:
    signs = any_in(text, ("@", "\uff20", "%40", "&#64;", "\\u0040"))
    return signs or any(word.search(text) is not None for word in _AT_WORDS)


def _email(text: str, at: int, stop: int) -> Iterator[Found]:
    """The address whose sign stands here."""
    start = at
    while start and (text[start - 1].isalnum() or text[start - 1] in _IN_LOCAL):
        start -= 1
    while start < at and text[start] in "'.-%":
        start += 1
    while text[stop - 1] in "-_":
        stop -= 1
    if start < at < stop:
        yield Found(start, stop, "email", text[start:stop].casefold())


def ips(text: str) -> Iterator[Found]:
    """IPv4 and IPv6 addresses; a port or a prefix length stays. No versions: "version 1.2.3.4".

    >>> [one.same for one in ips("10.0.0.7:80 v1.2.3.4 1.2.3 version 1.2.3.4 fe80::1/64 14:00:00 10.0.0.0/8")]
    ['10.0.0.7', '10.0.0.0', 'fe80::1']
    """
    for match in _IPV4.finditer(text) if "[.]" in text or _MAY_IPV4.search(text) else ():
        if _are_octets(match[0]) and not _IS_VERSION.search(text, max(0, match.start() - 12), match.start()):
            yield Found(*match.span(), "ip", match[0].replace("[.]", "."))
    for match in _DASHED.finditer(text) if any_in(text, ("ip-", "IP-")) else ():
        yield Found(*match.span(1), "ip", match[1].replace("-", "."))
    for match in _IPV6.finditer(text) if _MAY_IPV6.search(text) else ():
        said = match[0] if match[0].endswith("::") else match[0].removesuffix(":")
        if len(said) > 3 and any(sign.isdigit() for sign in said) and _is_ipv6(said):
            yield Found(match.start(), match.start() + len(said), "ip", str(ipaddress.IPv6Address(said)))


def macs(text: str) -> Iterator[Found]:
    """MAC addresses with colons, hyphens or dots.

    >>> [one.same for one in macs("00:1A:2b:3c:4d:5e 26-01-05-14-00-00 001a.2b3c.4d5e")]
    ['001a2b3c4d5e', '001a2b3c4d5e']
    """
    for match in _MAC.finditer(text) if any(form.search(text) for form in _MAY_MAC) else ():
        bare = re.sub(r"[:.-]", "", match[0]).lower()
        if ":" in match[0] or not bare.isdecimal():
            yield Found(*match.span(), "mac", bare)


def _are_octets(said: str) -> bool:
    return int(said.split(".", 1)[0].rstrip("[")) <= 255


def _is_ipv6(said: str) -> bool:
    try:
        ipaddress.IPv6Address(said)
    except ValueError:
        return False
    return True
