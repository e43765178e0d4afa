"""Addresses of people and machines: e-mail, IP, MAC."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found

_LOCAL: Final = r"[\w.!#$&'*+/=?^`{|}~-]"
_AT: Final = r"(?:@|\uff20|%40|&\#64;|\\u0040)"
_AT_IN_WORDS: Final = r"\s?(?:[(\[{<]\s?(?:at|@|ät)\s?[)\]}>])\s?"
_DOT_IN_WORDS: Final = r"\s?[(\[{<]\s?(?:dot|punkt|\.)\s?[)\]}>]\s?"
_EMAIL: Final = re.compile(
    rf"(?<!{_LOCAL})(?:(?!%40){_LOCAL}|%(?!40)[0-9A-Fa-f]{{2}})++{_AT}[\w-]++(?:\.[\w-]++)*+(?<![_-])"
    rf"|(?<!{_LOCAL}){_LOCAL}++(?:{_AT}|{_AT_IN_WORDS})[\w-]++(?:(?:\.|{_DOT_IN_WORDS})[\w-]++)++",
    re.IGNORECASE,
)
_SPOKEN: Final = re.compile(  # ann at example dot com
    r"(?<![\w.+-])[\w.+-]++ (?:at|ät) [\w-]++(?: (?:dot|punkt) [\w-]++){1,4}", re.IGNORECASE
)
_IPV4: Final = re.compile(
    r"(?<![^\W_])(?<!\d\.)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:(?:\.|\[\.\])(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![^\W_])(?!\.\d)"
)
_DASHED: Final = re.compile(r"(?<=\bip-)\d{1,3}(?:-\d{1,3}){3}(?!\w)", re.IGNORECASE)
_IS_VERSION: Final = re.compile(
    r"(?:\bv|\bver|\bversions?|\brelease|\bbuild|\bfirmware)[.:=]? ?\Z", re.IGNORECASE
)
_IPV6: Final = re.compile(
    r"(?<![^\W_])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3}|(?<=\d)(?:\.\d{1,3}){3})?"
    r"(?![\w:])"
)
_MAC: Final = re.compile(
    r"(?<![^\W_])(?<![:-])(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?:(?::[0-9A-Fa-f]{2}){2})?"
    r"|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])(?!\.\w)"
)


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses, also "ann (at) example.com", "ann%40example.com", "ann at example dot com".

    >>> [one.same for one in emails("Ann.Lee@Example.com, bob [at] b [dot] org; 5 requests at 14:00, 3 @ 5")]
    ['ann.lee@example.com', 'bob [at] b [dot] org']
    """
    for pattern in (_EMAIL, _SPOKEN):
        for match in pattern.finditer(text):
            start, stop = match.span()
            while start < stop and text[start] in ".'/=`{|?&#!*^~$-":  # "to='ann@b.com" begins at "ann"
                start += 1
            given = text[start:stop]
            start += max(given.rfind(sign, 0, given.find("@") + 1) for sign in "=/?&'`|") + 1
            if text[start:stop].lstrip("@"):
                yield Found(start, stop, "email", text[start:stop].casefold())


def ips(text: str) -> Iterator[Found]:
    """IPv4 and IPv6 addresses; a port or a prefix length stays. No versions: "version 1.2.3.4".

    >>> [one.same for one in ips("10.0.0.7:8080 v1.2.3.4 1.2.3 version 1.2.3.4 fe80::1/64 14:00:00 10.0.0.0/8")]
    ['10.0.0.7', '10.0.0.0', 'fe80::1']
    """
    for match in _IPV4.finditer(text):
        if not _IS_VERSION.search(text, max(0, match.start() - 12), match.start()):
            yield Found(*match.span(), "ip", match[0].replace("[.]", "."))
    for match in _DASHED.finditer(text):
        yield Found(*match.span(), "ip", match[0].replace("-", "."))
    for match in _IPV6.finditer(text):
        said = match[0]
        if len(said) > 3 and any(sign.isdigit() for sign in said) and _is_ipv6(said):
            yield Found(*match.span(), "ip", str(ipaddress.IPv6Address(said)))


def macs(text: str) -> Iterator[Found]:
    """MAC addresses with colons, hyphens or dots.

    >>> [one.same for one in macs("00:1A:2b:3c:4d:5e 26-01-05-14-00-00 001a.2b3c.4d5e")]
    ['001a2b3c4d5e', '001a2b3c4d5e']
    """
    for match in _MAC.finditer(text):
        bare = re.sub(r"[:.-]", "", match[0]).lower()
        if ":" in match[0] or not bare.isdecimal():
            yield Found(*match.span(), "mac", bare)


def _is_ipv6(said: str) -> bool:
    try:
        ipaddress.IPv6Address(said)
    except ValueError:
        return False
    return True
