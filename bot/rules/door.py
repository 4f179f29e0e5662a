"""What must not come in: whatever lets somebody in the school recognize a student.

A finding says what kind and where. It never holds the words, so that it may be logged and kept.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.rules import students as names
from bot.rules.plain_words import CAPITALS, PARTICLES, SURNAMES, TITLES
from bot.rules.students import Students, normal


class Kind(StrEnum):
    """What was found; `bot/cards` words it."""

    STUDENT = "student"
    NAME = "name"
    ID = "id"
    BIRTH_DATE = "birth-date"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What kind of thing, and where in the text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Known:
    """Who is known: a team's students by digests, its adults by name, and what day it is."""

    students: Students
    adults: tuple[str, ...]
    today: date


PUPILS = (3, 22)  # years of age
ABBREVIATED = 2  # letters, as in "J." or "Ma."

_I = re.IGNORECASE
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONES = (
    re.compile(r"(?<![\w.])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\w)"),
    re.compile(r"(?<!\w)\+\d[\d ()-]{7,16}\d(?!\w)"),
    re.compile(r"(?<!\w)(?<!\d\.)\d{10,11}(?!\w|\.\d)"),
)
_IDS = (
    re.compile(r"(?<!\w)(?<!\d\.)\d{6,9}(?!\w|\.\d)"),
    re.compile(r"(?<![\w-])\d{3}[ -](?:\d{2}[ -]\d{4}|\d{3}[ -]\d{3})(?![\w-])"),
    re.compile(
        r"\b(?:ID|OSIS|student (?:id|number|no\.?)|学号)(?: number)?\s*[:#\uff1a]?\s*"
        r"(?P<what>[A-Z]{0,3}-?\d[\d-]{3,11})(?!\w)",
        _I,
    ),
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)\w*\.?"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?P<y1>\d{4}|\d{2})|(?P<y2>\d{4})[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})"
    rf"|\d{{1,2}}(?: de)? {_MONTHS}(?: de)?,? (?P<y4>\d{{4}})|(?P<y5>\d{{4}})年\d{{1,2}}月\d{{1,2}}[日号])"
)
_DATES = re.compile(rf"(?<![\w/.-]){_DATE}(?![\w/-])", _I)
_BORN = re.compile(
    r"(?:\b(?:born|d\.?o\.?b\.?|birthday|birth ?date|date of birth|naci[oó]|nacimiento|cumpleaños)|生日|出生)"
    rf"\W{{0,3}}(?:\w{{1,8}}\W{{1,2}}){{0,2}}?(?P<what>{_MONTHS} \d{{1,2}}\b|\d{{1,2}} de \w+|\d{{1,2}}[/.-]\d{{1,2}}\b|\d{{1,2}}月\d{{1,2}}[日号]|{_DATE})",
    _I,
)
_ADDRESSES = (
    re.compile(
        r"(?<!\w)(?<!\d[.,])\d{1,5}[A-Z]?(?:-\d{1,3})? (?:(?:[NSEW]\.?|North|South|East|West) )?"
        r"(?:(?:[A-Z][\w.'\u2019-]*|\d{1,3}(?:st|nd|rd|th)) ){1,3}"
        r"(?i:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|"
        r"terrace|parkway|pkwy|way)\b"
    ),
    re.compile(
        r"(?<!\w)(?<!\d[.,])\d{1,5} (?!the|a|my|our|one|other|main)\w+ (?:street|avenue|road|boulevard)\b"
    ),
    re.compile(
        r"\b(?:calle|avenida|av\.|carrera|paseo) (?:[\w.]+ ){0,4}?(?:#|n[oº]\.? ?)?\d{1,5}\b", _I
    ),
    re.compile(r"[\u4e00-\u9fff]{1,8}(?:路|街|大道|巷|弄)\d{1,5}号"),
    re.compile(r"\b(?:apt|apartment|apto)\.? ?#?\d{1,4}[A-Z]?\b", _I),
)
_SERVICES = re.compile(
    r"\bIEPs?\b|\b(?:section|a|her|his|their|the|with|has) (?P<what>504)\b|\b504 (?:plan|accommodation|meeting|student)s?\b|"
    r"\b(?:BIP|FBA|SETSS)\b|(?i:\bspecial ed(?:ucation)?\b|\b(?:speech|occupational|physical) therapy\b|"
    r"\bfoster (?:care|home|child)\b|\beducación especial\b|\bterapia del? \w+\b)|特殊教育|个别化教育|個別化教育"
)
_LABEL = re.compile(
    r"(?:^|(?<=[\n,;|\t]))[ \t]*(?:(?:student|pupil|child|first|last|full|my)(?:['\u2019]s)? )?"
    r"(?:name|nombre|alumn[oa]|estudiante|(?:学生)?姓名|名字)[ \t]*[:\uff1a][ \t]*"
    r"(?P<what>[^\W\d_][^\n\d,;|\t.:]{0,40})",
    _I,
)
_LAST_FIRST = re.compile(
    r"^[ \t]*(?P<what>[A-ZÀ-Þ][\w'\u2019-]+,[ \t]?[A-ZÀ-Þ][a-zà-ÿ'\u2019-]+(?: [A-Z]\.?)?)[ \t]*(?:[,\t].*)?$",
    re.MULTILINE,
)
_CHINESE = re.compile(rf"(?P<what>[{SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?:同学|同學|小朋友)")
_SPACE = re.compile(r"(?:[ \t\u00a0]+|[-\u2010\u2011]|\.[ \t\u00a0]?)")
_CODE = re.compile(r"(?:student|pupil|child|estudiante|alumn[oa]|学生)?\s*[A-Z]{0,2}\d{0,2}\s*", _I)


def find(text: str, known: Known) -> tuple[Finding, ...]:
    """What must not come in, from the first to the last; where two overlap, the longer one."""
    return _apart(_all(text, known))


def certain(text: str, known: Known) -> tuple[Kind, ...]:
    """The kinds of what is no guess by its shape alone, and of no adult's."""
    grown = [frozenset(_words(name)) for name in known.adults]
    found = _apart(_certain(text, known))
    kinds = {one.kind for one in found if not _is_of_adult(text, one, grown)}
    return tuple(kind for kind in Kind if kind in kinds)


def _is_of_adult(text: str, one: Finding, grown: Iterable[frozenset[str]]) -> bool:
    """Whether a student's name is an adult's, too, or an e-mail address is made of one."""
    words = set(_words(text[one.start : one.end].partition("@")[0]))
    return bool(words) and any(words <= adult for adult in grown)


def _apart(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: list[Finding] = []
    for one in sorted(findings, key=_rank):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept))


def _rank(one: Finding) -> tuple[int, int, int]:
    """The longer first, then the more certain kind."""
    return one.start - one.end, one.start, list(Kind).index(one.kind)


def _all(text: str, known: Known) -> Iterator[Finding]:
    yield from _certain(text, known)
    yield from _matched(Kind.SERVICE, text, (_SERVICES,))
    yield from _at(Kind.NAME, _names(text, known.adults))


def _certain(text: str, known: Known) -> Iterator[Finding]:
    yield from _at(Kind.STUDENT, names.find(text, known.students))
    yield from _matched(Kind.EMAIL, text, (_EMAIL,))
    yield from _matched(Kind.PHONE, text, _PHONES)
    yield from _matched(Kind.ID, text, _IDS)
    yield from _matched(Kind.BIRTH_DATE, text, (_BORN,))
    yield from _at(Kind.BIRTH_DATE, _dates(text, known.today))
    yield from _matched(Kind.ADDRESS, text, _ADDRESSES)


def _at(kind: Kind, places: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    return (Finding(start, end, kind) for start, end in places)


def _matched(kind: Kind, text: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[Finding]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Finding(*_what(match), kind)


def _what(match: re.Match[str]) -> tuple[int, int]:
    """Where the meant part of a match is: `what` where it has one, else all of it."""
    has_part = "what" in match.re.groupindex and match["what"] is not None
    start, end = match.span("what" if has_part else 0)
    return start, start + len(match.string[start:end].rstrip())


def _dates(text: str, today: date) -> Iterator[tuple[int, int]]:
    """Whole dates in a year in which a pupil of today was born."""
    for match in _DATES.finditer(text):
        year = int(next(filter(None, match.groups())))
        if year < 100:  # noqa: PLR2004 # written with two digits
            year += 2000
        if PUPILS[0] <= today.year - year <= PUPILS[1]:
            yield match.span()


def _names(text: str, adults: Iterable[str]) -> Iterator[tuple[int, int]]:
    grown = [frozenset(_words(name)) for name in adults]
    places = [*_runs(text), *(_what(m) for m in _CHINESE.finditer(text))]
    labelled = [_what(match) for match in (*_LABEL.finditer(text), *_LAST_FIRST.finditer(text))]
    places += [place for place in labelled if not _CODE.fullmatch(text, *place)]
    for start, end in places:
        words = set(_words(text[start:end]))
        if not words <= CAPITALS and not any(words <= adult for adult in grown):
            yield start, end


def _words(text: str) -> list[str]:
    return [normal(found.group()) for found in names.WORD.finditer(text)]


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Two to four words with capitals that stand together: the shape of a full name."""
    run: list[re.Match[str]] = []
    for word in names.WORD.finditer(text):
        if (
            run
            and _are_together(text, run[-1], word)
            and (_has_capital(word) or normal(word.group()) in PARTICLES)
        ):
            run.append(word)
            continue
        yield from _full_name(text, run)
        run = [word] if _has_capital(word) else []
    yield from _full_name(text, run)


def _are_together(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two words may be parts of one name; a full stop parts them, but after an initial."""
    gap = _SPACE.fullmatch(text, one.end(), other.start())
    is_short = one.end() - one.start() <= ABBREVIATED
    return gap is not None and (is_short or not gap.group().startswith("."))


def _has_capital(word: re.Match[str]) -> bool:
    """Whether a word begins with a capital and is not all capitals; or it is an initial.

    The letter of a class, as in 6B, is neither.
    """
    if word.start() and word.string[word.start() - 1].isdigit():
        return False
    first, rest = word.group()[0], word.group()[1:]
    return first.isupper() and (not rest or not rest.isupper())


def _full_name(text: str, run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    if run and normal(run[0].group()) in TITLES:
        return  # an adult, addressed as one
    while run and normal(run[0].group()) in CAPITALS | PARTICLES:
        run = run[1:]
    while run and _is_edge(text, run[-1]):
        run = run[:-1]
    if _is_name(run):
        yield run[0].start(), run[-1].end()


def _is_edge(text: str, word: re.Match[str]) -> bool:
    """Whether the last word of a run is none of a name; "I" alone is who writes."""
    is_writer = word.group() == "I" and text[word.end() : word.end() + 1] != "."
    plain = normal(word.group())
    return is_writer or (len(plain) > 1 and plain in CAPITALS | PARTICLES)


def _is_name(run: list[re.Match[str]]) -> bool:
    """Long enough for a name and no longer, and more than initials."""
    whole = [word for word in run if len(word.group()) > 1]
    return 2 <= len(run) <= 5 and any(normal(w.group()) not in PARTICLES for w in whole)  # noqa: PLR2004
