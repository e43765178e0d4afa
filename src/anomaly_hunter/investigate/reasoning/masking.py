"""Private values leave as pseudonyms, and come back as what they were."""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final

from anomaly_hunter.investigate.reasoning.sensitive.accounts import accounts, cards, ibans, national_ids
from anomaly_hunter.investigate.reasoning.sensitive.addresses import emails, ips, macs
from anomaly_hunter.investigate.reasoning.sensitive.credentials import credentials
from anomaly_hunter.investigate.reasoning.sensitive.found import Found, apart, begins_a_word, lowered
from anomaly_hunter.investigate.reasoning.sensitive.people import names_of, people
from anomaly_hunter.investigate.reasoning.sensitive.phones import phones
from anomaly_hunter.investigate.reasoning.sensitive.seen import Seen

KINDS: Final = ("email", "phone", "card", "iban", "account", "ssn", "ip", "mac", "token", "name")
_TEXT: Final = "text"
_CODE: Final = 8
_SPELLING: Final = 4
_OURS: Final = re.compile(rf"<((?:{'|'.join((*KINDS, _TEXT)).upper()})_[A-Z2-7]{{{_CODE},64}}+)>")
_ALIKE: Final = re.compile(rf"(?:{'|'.join((*KINDS, _TEXT))})_[a-z2-7]{{{_CODE},64}}+(?![^\W_])")
_MOST_ROUNDS: Final = 16
_MOST_DONE: Final = 1000


class Mask:
    """Pseudonyms for what is private in texts; one for each hunt.

    A pseudonym depends on the key and the value alone, so that one value has one in all texts and runs of a
    key: ``<EMAIL_3F7KQ2AB>``. Another spelling of the value (Ann@B.com) has the same with more letters behind
    it, so that each comes back as it was written. Text that only looks like a pseudonym is not restored.

    Parameters
    ----------
    key:
        Whoever knows it can test a guess; 32 random bytes.
    names:
        Names of people, at least 3 characters each; the first 20,000 count.

    >>> mask = Mask(b"key", names=["Ann Lee"])
    >>> said = mask.mask("ann lee <ann@example.com> called from 10.0.0.7 at 2026-01-05 14:00")
    >>> said
    '<NAME_SFUCJ3I2> <<EMAIL_WJWWG55B>> called from <IP_LY6FRLZB> at 2026-01-05 14:00'
    >>> mask.restore("Block ip_ly6frlzb."), mask.restore(said)
    ('Block 10.0.0.7.', 'ann lee <ann@example.com> called from 10.0.0.7 at 2026-01-05 14:00')
    """

    def __init__(self, key: bytes, names: Iterable[str] = ()) -> None:
        self._key = key
        self._names = names_of(names)
        self._values: dict[str, str] = {}
        self._pseudonyms: dict[tuple[str, str, str], str] = {}
        self._taken: set[str] = set()
        self._seen = Seen()
        self._distinct: dict[str, set[str]] = {}
        self._done: dict[str, str] = {}
        self._clean: set[str] = set()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many distinct values of each kind were masked so far."""
        return {kind: len(values) for kind, values in sorted(self._distinct.items())}

    def mask(self, text: str) -> str:
        """The text with pseudonyms for all that is private; what is masked already stays as it is."""
        done = self._done.get(text)
        if done is None:
            done = self._masked(text)
            if len(self._done) >= _MOST_DONE:
                self._done.clear()
            self._done[text] = done
        return done

    def _masked(self, text: str) -> str:
        text = self._without_copies(text)
        for _ in range(_MOST_ROUNDS):  # what stood beside a value can be one when that is gone
            found = self._find(text)
            if not found:
                self._clean.add(text)
                break
            text = self._replaced(text, found)
        return text

    def restore(self, text: str) -> str:
        """The text with the values again, also where brackets or capitals of a pseudonym were lost."""
        known = ((start, stop, self._values.get(name)) for start, stop, name in _alike(text))
        return _put(text, ((start, stop, value) for start, stop, value in known if value is not None))

    def leaks(self, text: str) -> tuple[str, ...]:
        """The kinds of private values that are in a text, sorted; () when it may leave."""
        if text in self._clean:
            return ()
        kinds = tuple(sorted({one.kind for one in self._find(text)} - {_TEXT}))
        if not kinds:
            self._clean.add(text)
        return kinds

    def _find(self, text: str) -> list[Found]:
        """What is private, outside of pseudonyms, in order and none on top of another."""
        closed = [match.span() for match in _OURS.finditer(text) if match[1] in self._values]
        return [piece for one in apart(self._all(text), text) for piece in _outside(one, closed, text)]

    def _all(self, text: str) -> Iterator[Found]:
        for detector in (emails, ibans, cards, credentials, national_ids, accounts, ips, macs, phones):
            yield from detector(text)
        yield from people(text, self._names)
        yield from self._seen.again(text)

    def _replaced(self, text: str, found: Iterable[Found]) -> str:
        parts = []
        for one in found:
            value = text[one.start : one.stop]
            parts.append((one.start, one.stop, f"<{self._pseudonym(one.kind, one.same, value)}>"))
            self._distinct.setdefault(one.kind, set()).add(one.same)
            self._seen.add(one.kind, value)
        return _put(text, parts)

    def _without_copies(self, text: str) -> str:
        """What looks like a pseudonym of a value not met yet is remembered, that none becomes equal to it.

        A copy of one of ours without brackets would be restored: it gets a pseudonym itself.
        """
        copies = []
        for start, stop, name in _alike(text):
            copy = text[start:stop]
            if name not in self._values:
                self._taken.add(name)
            elif copy != f"<{name}>":
                copies.append((start, stop, f"<{self._pseudonym(_TEXT, copy, copy)}>"))
        return _put(text, copies)

    def _pseudonym(self, kind: str, same: str, value: str) -> str:
        known = self._pseudonyms.get((kind, same, value))
        if known is not None:
            return known
        code = self._code(kind, same)
        name = f"{kind.upper()}_{code[:_CODE]}"
        if value != same:
            name += self._code(kind, same, value)[:_SPELLING]
        more = iter(self._code(kind, same, value, "more") * 2)
        while name in self._values or name in self._taken:
            name += next(more)
        self._values[name] = value
        self._done.clear()  # what was clean may hold the value that is known now
        self._clean.clear()
        self._pseudonyms[kind, same, value] = name
        return name

    def _code(self, *parts: str) -> str:
        said = "\0".join(parts).encode("utf-8", "surrogatepass")
        return b32encode(hmac.digest(self._key, said, "sha256")[:25]).decode()


def _alike(text: str) -> Iterator[tuple[int, int, str]]:
    """What looks like a pseudonym, with its brackets where it has both, and its name in capitals."""
    for match in _ALIKE.finditer(lowered(text)):
        start, stop = match.span()
        if begins_a_word(text, start):
            whole = text[start - 1 : start] == "<" and text[stop : stop + 1] == ">"
            yield start - whole, stop + whole, match[0].upper()


def _put(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The text with other words in these places, which are in order."""
    parts, at = [], 0
    for start, stop, words in pieces:
        parts += [text[at:start], words]
        at = stop
    return "".join((*parts, text[at:]))


def _outside(one: Found, closed: Sequence[tuple[int, int]], text: str) -> Iterator[Found]:
    """What of a value stands outside of these spans and says something."""
    at, pieces = one.start, []
    for start, stop in closed[bisect_right(closed, one.start, key=itemgetter(1)) :]:
        if start >= one.stop:
            break
        pieces.append((at, start))
        at = stop
    if not pieces:
        yield one
        return
    for start, stop in (*pieces, (at, one.stop)):
        if any(sign.isalnum() for sign in text[start:stop]):
            yield Found(start, stop, one.kind, text[start:stop])
