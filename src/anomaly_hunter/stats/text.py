"""Reading texts: what is a word, which language, which mood, what to quote. Text is data, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from anomaly_hunter.stats.words import ENGLISH, GERMAN, NEGATION, NEGATIVE, POSITIVE, STOP

Language: TypeAlias = Literal["en", "de", ""]
Mood: TypeAlias = Literal["negative", "neutral", "positive"]

MAX_CHARS: Final = 4_000  # of one text are read; the rest is not looked at
QUOTE_CHARS: Final = 240

_ESCAPES: Final = re.compile(r"\\[nrt]")
_PLACEHOLDER: Final = re.compile(r"<[^<>\n]{1,60}>")  # <name>, <tel_num>, <br/>
# Control signs, zero-width signs, and marks that turn the direction of a line.
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_WORD: Final = re.compile(r"[^\W\d_]\w{1,39}(?:-\w{0,9}\d\w{0,9})?")  # also pay-502
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])\s+|\n+")


def clean(text: str, limit: int = MAX_CHARS) -> str:
    r"""The text for people: literal ``\n`` as line breaks, no control or direction signs, cut to ``limit``.

    >>> clean("Hello,\\nit \x1b[31mbroke\u202e!")
    'Hello,\nit [31mbroke!'
    """
    text = text[: 2 * limit].replace("\r", "\n")
    return _CONTROL.sub("", _ESCAPES.sub("\n", text))[:limit].strip()


def words(text: str) -> list[str]:
    """Words in lower case, of two letters or more; pairs of signs where a script has no spaces.

    >>> words("Login fails (VPN2): 登录失败")
    ['login', 'fails', 'vpn2', '登录', '录失', '失败']
    """
    text = clean(text)
    if not text.isascii() and _UNSPACED.search(text):
        text = _UNSPACED.sub(_pairs, text)
    return _WORD.findall(_PLACEHOLDER.sub(" ", text).lower())


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    return " " + " ".join(run[i : i + 2] for i in range(max(1, len(run) - 1))) + " "


def telling(tokens: Iterable[str]) -> list[str]:
    """The words that tell what a text is about: three letters or more, no stop word.

    >>> telling(["dear", "team", "the", "login", "ist", "kaputt"])
    ['login', 'kaputt']
    """
    return [w for w in tokens if w not in STOP and (len(w) > 2 or not w.isascii())]


def language(tokens: Sequence[str]) -> Language:
    """English or German by their stop words; "" where neither shows.

    >>> language(words("I cannot log in to my account")), language(words("der Zugang ist gesperrt"))
    ('en', 'de')
    >>> language(words("le serveur ne répond plus"))
    ''
    """
    english = sum(word in _ONLY_ENGLISH for word in tokens)
    german = sum(word in _ONLY_GERMAN for word in tokens)
    if max(english, german) < max(1, 0.1 * len(tokens)) or english == german:
        return ""
    return "en" if english > german else "de"


# Short words that other languages share ("a", "me", "des") say little.
_SHARED: Final = frozenset(
    ("a", "as", "at", "da", "des", "die", "do", "es", "he", "her", "in", "is", "it", "me",
     "mine", "no", "on", "or", "per", "se", "so", "ta", "un", "us")
)  # fmt: skip
_ONLY_ENGLISH: Final = ENGLISH - GERMAN - _SHARED
_ONLY_GERMAN: Final = GERMAN - ENGLISH - _SHARED


def mood(tokens: Sequence[str]) -> Mood:
    """Coarse: more words of anger or trouble than of praise, or the other way round.

    A word behind a negation ("not helpful", "kein Fehler") counts for the other side; one
    negative word in a long text is neutral. It reads no irony and no third language.

    >>> [mood(words(t)) for t in ("crashes again, terrible", "please send the invoice", "works, thank you")]
    ['negative', 'neutral', 'positive']
    >>> mood(words("the update is not good and I am angry"))
    'negative'
    """
    balance = 0
    for position, word in enumerate(tokens):
        sign = (word in POSITIVE) - (word in NEGATIVE)
        if sign:
            negated = any(before in NEGATION for before in tokens[max(0, position - 2) : position])
            balance += -sign if negated else sign
    needed = max(1.0, 0.015 * len(tokens))
    return "negative" if balance <= -needed else "positive" if balance >= needed else "neutral"


def sentences(text: str) -> list[str]:
    r"""The sentences of a cleaned text, verbatim.

    >>> sentences("Dear team,\nit broke. Please help!")
    ['Dear team,', 'it broke.', 'Please help!']
    """
    return [part for piece in _SENTENCE.split(text) if (part := " ".join(piece.split()))]


def shorten(text: str, limit: int = QUOTE_CHARS) -> str:
    """One line of at most ``limit`` characters, cut between words, with "…" where it was cut.

    >>> shorten("the quick  brown fox", 12)
    'the quick…'
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ")
    return head[: space if space > limit // 2 else limit - 1].rstrip(" ,;:-") + "…"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one text: its telling words, its language, its mood."""

    words: tuple[str, ...]
    language: Language
    mood: Mood


def read_texts(texts: Iterable[str]) -> list[Reading]:
    """Every text read once."""
    found = []
    for text in texts:
        tokens = words(text)
        found.append(Reading(tuple(telling(tokens)), language(tokens), mood(tokens)))
    return found
