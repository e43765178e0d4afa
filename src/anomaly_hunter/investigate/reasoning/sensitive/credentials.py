"""What opens something: tokens, keys, passwords, connection strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found, any_in, begins_a_word, lowered

_KNOWN: Final = re.compile(
    r"A(?:KIA|SIA|GPA|IDA|ROA|NPA|BIA|CCA)[A-Z0-9]{16}|AIza[\w-]{30,}+"  # AWS, Google
    r"|gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\w{16,}+|glpat-[\w-]{16,}+"  # GitHub, GitLab
    r"|xox[a-z]-[\w-]{8,}+|xapp-[\w-]{8,}+|hooks\.slack\.com/[\w/]++"  # Slack
    r"|sk-[\w-]{16,}+"  # OpenAI, Anthropic, OpenRouter
    r"|sk_(?:live|test)_\w{8,}+|pk_(?:live|test)_\w{8,}+"  # Stripe
    r"|rk_(?:live|test)_\w{8,}+|whsec_[\w+/=]{16,}+"
    r"|ya29\.[\w-]{16,}+|GOCSPX-[\w-]{16,}+|hf_[A-Za-z0-9]{16,}+|npm_[A-Za-z0-9]{20,}+|pypi-[\w-]{16,}+"
    r"|dop_v1_\w{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+"
    r"|eyJ[\w-]{5,}+(?:\.[\w-]++){1,4}\.?"  # JWT, JWE
)
_NAMED: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|contrase[ñn]a|secret|token|credentials?|auth"
    r"|authorization|(?:api|access|account|secret|private|signing|encryption|shared|storage|master)[ _.-]?key"
    r"|apikey|session[_-]?id|sessid|cookie|sig|signature|pin|otp|cvv|cvc)"
    r"(?:\\?[\"'])?(?P<sign>[ \t]{0,4}(?:=>|:=|=|:|%3[AaDd])[ \t]{0,4}| (?:is|was|ist|lautet|war) :?)"
    r"(?P<scheme>(?:bearer|basic|token|digest) ++)?"
    r"(?:\\?(?P<quote>[\"'])(?P<quoted>(?:(?!\\?(?P=quote))[^\n]){1,4096})|(?P<bare>[^\s\"'&,;(){}\[\]]++))",
)
_NAMES: Final = {
    stem: re.compile(stem + rest + r"[\\\"' \t=:%]")
    for stem, rest in {
        "pass": "(?:word|wd|phrase|code|wort)?", "pwd": "", "kennwort": "", "contrase": "[ñn]a", "secret": "",
        "token": "", "credential": "s?", "auth": "(?:orization)?", "key": "", "session": "[_-]?id",
        "sessid": "", "cookie": "", "sig": "(?:nature)?", "pin": "", "otp": "", "cvv": "", "cvc": "",
    }.items()
}  # fmt: skip
_SCHEME: Final = re.compile(r"(?:bearer|basic|negotiate)[ :]++([\w.~+/=-]{8,}+)")
_IN_URL: Final = re.compile(r"://([^\s/@:\"'<>]{0,256}+:[^\s/\"'<>]*)@(?=[\w\[])")
_BEFORE_HOST: Final = re.compile(r":([^\s@:/]{4,}+)@(?=\w)")
_BEGIN: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{1,60}-----")
_END: Final = re.compile(r"-----END [A-Z0-9 ]{1,60}-----")
_INSIDE: Final = re.compile(r"(?:[\w+/=\s\\:,.]|-(?!----))*")
_LONG: Final = re.compile(r"[A-Za-z0-9](?<![A-Za-z0-9].)[A-Za-z0-9+/_-]{19,}+={0,2}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PASSWORDS: Final = ("pass", "pwd", "kennwort", "contrase")
_ODD: Final = re.compile(r"[^\w.-]|[a-z][A-Z].*[A-Z]")
_HEX: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_IDENTIFIER: Final = re.compile("[_-]")
_RUN: Final = re.compile(r"[A-Za-z0-9]{16,}+")
_ORDINARY: Final = frozenset({
    "a", "an", "and", "or", "not", "no", "is", "was", "are", "be", "has", "been", "the", "for", "of",
    "to", "in", "on", "by", "with", "required", "incorrect", "invalid", "expired", "expires", "missing",
    "wrong", "reset", "changed", "change", "failed", "failure", "failing", "failures", "error", "errors",
    "rejected", "accepted", "denied", "valid", "null", "none", "nil", "true", "false", "undefined",
    "empty", "unset", "set", "ok", "yes", "blank", "unknown", "refreshed", "refresh", "rotated",
    "rotation", "issued", "revoked", "service", "server", "request", "requests", "response", "timeout",
    "provider", "disabled", "enabled", "mismatch", "optional", "hidden", "masked", "redacted", "removed",
    "********", "***", "xxx", "again", "forgotten", "lost",
})  # fmt: skip


def credentials(text: str) -> Iterator[Found]:
    """Tokens, keys and passwords by their form, by the name before them, or by how random they look.

    Identifiers stay: UUIDs, and hexadecimal ones below 32 digits, as the ids of evidence and incidents.

    >>> said = "api_key=Zx81 'password': 'open sesame' postgres://me:pw@db/x Bearer abc123def token: expired"
    >>> [said[one.start : one.stop] for one in credentials(said)]
    ['Zx81', 'open sesame', 'abc123def', 'me:pw']
    """
    yield from _keys_in_armour(text)
    for match in _KNOWN.finditer(text):
        if begins_a_word(text, match.start()):
            yield _token(text, *match.span())
    small = lowered(text)
    yield from _named(text, small)
    for match in _SCHEME.finditer(small) if any_in(small, ("bearer", "basic", "negotiate")) else ():
        if _is_odd(text[slice(*match.span(1))]):
            yield _token(text, *match.span(1))
    for match in _IN_URL.finditer(text):
        yield _token(text, *match.span(1))
    for match in _BEFORE_HOST.finditer(text):
        if any(sign.isdigit() for sign in match[1]):
            yield _token(text, *match.span(1))
    yield from _random(text)


def _named(text: str, small: str) -> Iterator[Found]:
    for match in _NAMED.finditer(small) if _may_name(small) else ():
        part = "quoted" if match["quote"] else "bare"
        said = text[slice(*match.span(part))]
        if not said.strip() or said.lower().strip(".!?:") in _ORDINARY:
            continue
        if _is_prose(match) and not _is_odd(said) and not _stands_alone(text, match):
            continue
        yield _token(text, *match.span(part))


def _may_name(small: str) -> bool:
    """Whether a name of a secret ends where what it says could begin."""
    return any(stem in small and name.search(small) is not None for stem, name in _NAMES.items())


def _is_prose(match: re.Match[str]) -> bool:
    """Whether what follows may be the rest of a sentence ("token: was refreshed")."""
    if match["quote"] or match["scheme"] or {"=", "%"} & set(match["sign"]):
        return False
    return not (match[0].startswith(_PASSWORDS) and match["sign"].strip() == ":")


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the word ends what is said: "password: sesame", but no sentence after a colon."""
    ends = re.match(r"[ \t]*(?:[\n,;)}\]|]|\Z)", text[match.end() : match.end() + 40])
    return match["sign"].strip() == ":" and len(match["bare"]) >= 4 and ends is not None


def _random(text: str) -> Iterator[Found]:
    for match in _LONG.finditer(text):
        said = match[0]
        runs = (run[0] for run in _RUN.finditer(said))
        if not _UUID.search(said) and (any(map(_looks_random, runs)) or _is_secret_of_aws(said)):
            yield _token(text, *match.span())


def _looks_random(run: str) -> bool:
    """Whether letters and digits alternate as in no word, or whether it is 32 digits of hex and more."""
    digits = sum(sign.isdigit() for sign in run)
    if digits == len(run) or (digits == 0 and len(run) < 32):
        return False
    if _HEX.fullmatch(run):
        return len(run) >= 32
    capitals = sum(sign.isupper() for sign in run)
    least = 0.4 if 0 < capitals < len(run) - digits else 0.25
    return (
        len(run) >= 20 and _changes(run) >= least * len(run) and (digits >= 0.06 * len(run) or len(run) >= 32)
    )


def _is_secret_of_aws(said: str) -> bool:
    """Forty characters of base64, which "/" and "+" may cut in short runs."""
    kinds = {sign.isdigit() + 2 * sign.isupper() for sign in said if sign.isalnum()}
    return (
        len(said) == 40 and kinds == {0, 1, 2} and _changes(said) >= 12 and _IDENTIFIER.search(said) is None
    )


def _changes(run: str) -> int:
    """How often small letters, capitals and digits take turns."""
    kinds = [sign.isdigit() + 2 * sign.isupper() for sign in run if sign.isalnum()]
    return sum(a != b for a, b in pairwise(kinds))


def _keys_in_armour(text: str) -> Iterator[Found]:
    """PEM blocks; one that was cut off ends where nothing of it can follow."""
    at = 0
    while (begin := _BEGIN.search(text, at)) is not None:
        inside = _INSIDE.match(text, begin.end())
        at = inside.end() if inside else begin.end()
        end = _END.match(text, at)
        at = end.end() if end else at
        yield _token(text, begin.start(), at)


def _is_odd(said: str) -> bool:
    """Whether it is no plain word."""
    inner = said.rstrip(".!?:")
    if len(inner) < 4 or inner.isdigit():
        return len(inner) >= 6
    return any(sign.isdigit() for sign in inner) or _ODD.search(inner) is not None


def _token(text: str, start: int, stop: int) -> Found:
    return Found(start, stop, "token", text[start:stop])
