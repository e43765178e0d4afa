"""What opens something: tokens, keys, passwords, connection strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.found import Found, begins_a_word, lowered

_KNOWN: Final = re.compile(
    r"A(?:KIA|SIA|GPA|IDA|ROA|NPA|BIA|CCA)[A-Z0-9]{16}|AIza[\w-]{30,}+"  # AWS, Google
    r"|gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\w{16,}+|glpat-[\w-]{16,}+"  # GitHub, GitLab
    r"|xox[a-z]-[\w-]{8,}+|xapp-[\w-]{8,}+|hooks\.slack\.com/[\w/]++"  # Slack
    r"|sk-[\w-]{16,}+|sk_(?:live|test)_\w{8,}+|pk_(?:live|test)_\w{8,}+|rk_(?:live|test)_\w{8,}+|whsec_[\w+/=]{16,}+"  # OpenAI, Anthropic, Stripe
    r"|ya29\.[\w-]{16,}+|GOCSPX-[\w-]{16,}+|hf_[A-Za-z0-9]{16,}+|npm_[A-Za-z0-9]{20,}+|pypi-[\w-]{16,}+"
    r"|dop_v1_\w{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+"
    r"|eyJ[\w-]{5,}+(?:\.[\w-]++){1,4}\.?"  # JWT, JWE
)
_NAMED: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|contrase[ñn]a|secret|token|credentials?|auth|authorization"
    r"|(?:api|access|account|secret|private|signing|encryption|shared|storage|master|subscription)[ _.-]?key|apikey"
    r"|session[_-]?id|sessid|cookie|sig|signature|pin|otp|cvv|cvc)"
    r"(?:\\?[\"'])?(?P<sign>[ \t]{0,4}(?:=>|:=|=|:|%3[AaDd])[ \t]{0,4}| (?:is|was|ist|lautet|war) :?)"
    r"(?:(?:bearer|basic|token|digest) ++)?"
    r"(?:\\?(?P<quote>[\"'])(?P<quoted>(?:(?!\\?(?P=quote))[^\n]){1,4096}+)|(?P<bare>[^\s\"'&,;(){}\[\]]++))",
)
_SCHEME: Final = re.compile(r"(?:bearer|basic|negotiate)[ :]++([\w.~+/=-]{8,}+)")
_IN_URL: Final = re.compile(r"://([^\s/@:\"'<>]{0,256}+:[^\s/\"'<>]*)@(?=[\w\[])")
_BEFORE_HOST: Final = re.compile(r":([^\s@:/]{4,}+)@(?=\w)")
_BEGIN: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{1,60}-----")
_END: Final = re.compile(r"-----END [A-Z0-9 ]{1,60}-----")
_INSIDE: Final = re.compile(r"(?:[\w+/=\s\\:,.]|-(?!----))*+")
_LONG: Final = re.compile(r"[A-Za-z0-9](?<![A-Za-z0-9].)[A-Za-z0-9+/_-]{19,}+={0,2}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN: Final = re.compile(r"[A-Za-z0-9]{16,}+")
_ORDINARY: Final = frozenset(
    "a an and or not no is was are be has been the for of to in on by with required incorrect invalid expired expires"
    " missing wrong reset changed change failed failure failing failures error errors rejected accepted denied valid"
    " null none nil true false undefined empty unset set ok yes blank unknown refreshed refresh rotated rotation"
    " issued revoked service server request requests response timeout provider disabled enabled mismatch optional"
    " hidden masked redacted removed ******** *** xxx again forgotten lost".split()
)


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
    for match in _SCHEME.finditer(small):
        if _is_odd(text[slice(*match.span(1))]):
            yield _token(text, *match.span(1))
    for match in _IN_URL.finditer(text):
        yield _token(text, *match.span(1))
    for match in _BEFORE_HOST.finditer(text):
        if any(sign.isdigit() for sign in match[1]):
            yield _token(text, *match.span(1))
    yield from _random(text)


def _named(text: str, small: str) -> Iterator[Found]:
    for match in _NAMED.finditer(small):
        part = "quoted" if match["quote"] else "bare"
        said = text[slice(*match.span(part))]
        if not said.strip() or said.lower().strip(".!?:") in _ORDINARY:
            continue
        if "=" not in match["sign"] and "%" not in match["sign"] and not match["quote"] and not _is_odd(said):
            if match["sign"].strip() != ":" or len(said) < 4 or not _stands_alone(text, match):
                continue
        yield _token(text, *match.span(part))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the word ends what is said: "password: sesame", but no sentence after a colon."""
    return re.match(r"[ \t]*(?:[\n,;)}\]]|\Z)", text[match.end() : match.end() + 40]) is not None


def _random(text: str) -> Iterator[Found]:
    for match in _LONG.finditer(text):
        said = match[0]
        runs = (run[0] for run in _RUN.finditer(said))
        if not _UUID.search(said) and (any(map(_looks_random, runs)) or _is_base64(said)):
            yield _token(text, *match.span())


def _looks_random(run: str) -> bool:
    """Whether letters and digits alternate as in no word: most of all, whether it is 32 digits of hex."""
    digits = sum(sign.isdigit() for sign in run)
    if digits == 0 or digits == len(run):
        return False
    if len(run) >= 32 and re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", run):
        return True
    kinds = [sign.isdigit() + 2 * sign.isupper() for sign in run]
    changes = sum(a != b for a, b in zip(kinds, kinds[1:], strict=False)) / len(run)
    mixed = 0 < sum(kind == 2 for kind in kinds) < len(run) - digits
    return (
        len(run) >= 20
        and changes >= (0.4 if mixed else 0.25)
        and digits / len(run) >= 0.06
        and not _is_hex(run)
    )


def _is_base64(said: str) -> bool:
    """Whether signs of base64 part what looks random as a whole: keys of AWS have 40 characters."""
    return (
        len(said) >= 32 and ("/" in said or "+" in said) and _looks_random(re.sub(r"[^A-Za-z0-9]", "", said))
    )


def _is_hex(run: str) -> bool:
    return len(run) < 32 and re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", run) is not None


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
    return len(inner) >= 4 and (
        any(sign.isdigit() for sign in inner)
        and any(not sign.isdigit() for sign in inner)
        or (not inner.isalpha() and not re.fullmatch(r"[\w.-]+", inner))
        or bool(re.search(r"[a-z][A-Z].*[A-Z]", inner))
        or (inner.isdigit() and len(inner) >= 6)
    )


def _token(text: str, start: int, stop: int) -> Found:
    return Found(start, stop, "token", text[start:stop])
