"""A team's students, known without their names: keyed digests of the words of each name."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise

from protocols.events import NotAllowed

from bot.rules.plain_words import NAMES_TOO, PARTICLES

# Letters with their accents, apostrophes, and what hides inside words copied from other programs.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060'\u2019\u02bc])*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
POSSESSIVE = re.compile(r"['\u2019\u02bc]s$", re.IGNORECASE)
GAP = re.compile(r"[ \t\u00a0]*[-\u2010\u2011.,]?[ \t\u00a0]*\n?[ \t\u00a0]*")
STARTS = frozenset('\n\r.!?:;•*([{"“¿¡')
WINDOWS = (2, 3, 4)
SURE = 3
DIGEST = 32


@dataclass(frozen=True, slots=True)
class Students:
    """Whose names must not come in. Neither a name nor the key can be read from it."""

    key: bytes = field(repr=False)
    digests: frozenset[bytes] = field(repr=False)


NOBODY = Students(b"", frozenset())


class OnlyMembersName(NotAllowed):
    """Only the members of a team say which names are stopped at its door."""


def names_in(text: str) -> tuple[str, ...]:
    """The names that stand in a text, one a line; a line without a word of a name is none."""
    lines = dict.fromkeys(" ".join(line.split()) for line in text.splitlines())
    return tuple(line for line in lines if any(_words_of(line)))


def digests_of(key: bytes, names: Iterable[str]) -> frozenset[bytes]:
    """What is kept of a list of names."""
    return frozenset(_digest(key, word) for name in names for word in _words_of(name))


def find(text: str, students: Students) -> tuple[tuple[int, int], ...]:
    """Where a text names one of them, from and to; places may overlap."""
    if not students.digests:
        return ()
    known: dict[str, bool] = {}

    def knows(word: str) -> bool:
        if word not in known:
            known[word] = _digest(students.key, word) in students.digests
        return known[word]

    places = ((start, end) for start, end, words in _candidates(text) if any(map(knows, words)))
    return tuple(places)


def normal(word: str) -> str:
    """A word without case, accents, apostrophes and what hides in it."""
    if word.isascii() and word.isalpha():
        return word.lower()
    bare = POSSESSIVE.sub("", word)
    letters = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(letter for letter in letters if letter.isalpha())


def begins_sentence(text: str, start: int) -> bool:
    """Whether a word at a place would have a capital anyway."""
    before = text[max(0, start - 20) : start].rstrip(" \t\u00a0")
    return not before or before[-1] in STARTS


def _digest(key: bytes, word: str) -> bytes:
    return blake2b(word.encode(), key=key, digest_size=DIGEST).digest()


def _words_of(name: str) -> Iterator[str]:
    """Each word, each two that stand together in either order; runs without spaces whole."""
    words = [normal(found.group()) for found in WORD.finditer(name)]
    yield from (word for word in words if len(word) > 1 and word not in PARTICLES)
    for one, two in pairwise(words):
        if not {one, two} <= PARTICLES:
            yield one + two
            yield _pair(one, two)
    for run in UNSPACED.findall(name):
        yield _unspaced(run)
        if len(run) >= SURE:
            yield _unspaced(run[1:])  # the given name alone


def _pair(one: str, two: str) -> str:
    return " ".join(sorted((one, two)))


def _unspaced(run: str) -> str:
    return f"={unicodedata.normalize('NFKC', run)}"


def _candidates(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    before: tuple[int, int, str] | None = None
    for found in WORD.finditer(text):
        start, end = found.span()
        word = normal(found.group())
        if before and GAP.fullmatch(text, before[1], start):
            yield before[0], end, (_pair(before[2], word),)
        if _stands_alone(text, start, word):
            yield start, end, (word,)
        before = (start, end, word)
    for run in UNSPACED.finditer(text):
        for start in range(run.start(), run.end()):
            for length in WINDOWS:
                if start + length <= run.end():
                    yield start, start + length, (_unspaced(text[start : start + length]),)


def _stands_alone(text: str, start: int, word: str) -> bool:
    """Whether a word alone may count as a name."""
    if len(word) >= SURE and word not in NAMES_TOO:
        return True
    is_long = len(word) > 1 and word not in PARTICLES
    return is_long and text[start].isupper() and not begins_sentence(text, start)
