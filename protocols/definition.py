"""YAML text -> Protocol, or every fault of the file with line, column and a sentence.

Three looks at a file: is it plain text and safe YAML (here), does it use our words as they are
meant (`words.py`), and do they agree with each other (`agreement.py`). What cannot be read as YAML
gets no further look; else the faults of all three are reported together.
"""

import pathlib
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from protocols.agreement import disagreements
from protocols.model import Field, Protocol, Step
from protocols.words import (
    WORD,
    FieldWords,
    Path,
    ProtocolWords,
    StepWords,
    misused,
    shown,
)

Place = tuple[int, int]

LARGEST = 64 * 1024
DEEPEST = 8
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
UNSAFE = (
    (
        re.compile(r"<[a-z/!@#?][^\s>]*>?", re.IGNORECASE),
        "{} looks like markup; write plain words.",
    ),
    (
        re.compile(r"(?<!\w)@(?:channel|here|everyone)\b", re.IGNORECASE),
        "{} would call everybody; leave out the @.",
    ),
    (
        re.compile(r"\b(?:(?:java|vb)script\s*:|data:(?=\S))", re.IGNORECASE),
        "{} begins a link that may run code; use one that begins with https://",
    ),
)
NO_FILE = 'this is no protocol; begin with a line like "protocol: my-protocol".'
SYNTAX = (
    ("'\\t'", "a tab is here; use spaces instead."),
    ("escape", "a \\ is not used like this; put single quotes around the text instead."),
    ("quoted scalar", "a quote opens here and is not closed; add the closing quote."),
    ("flow", "a bracket opens here and is not closed; close it, or put quotes around the text."),
    ("mapping values", 'a colon too many; put quotes around a text that holds ": ".'),
    ("any token", "a text that begins with this sign needs quotes around it."),
)
PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
MISFIT = "this does not fit what is above it; line it up, or put quotes around the whole text."


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at one place of a file; line and column count from 1."""

    file: str
    line: int
    column: int
    sentence: str

    def __str__(self) -> str:
        """Return it as editors and people read it."""
        return f"{self.file}:{self.line}:{self.column}: {self.sentence}"


class Faults(Exception):
    """Everything that is wrong with a protocol file, in the order of its lines."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults; together they are the message."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def read(text: str | bytes, name: str) -> Protocol:
    """Return the protocol that a file's text describes; `name` is the file's, for faults.

    Raises Faults with every fault found.
    """
    reading = _Reading(name)
    root = reading.tree(reading.plain(text))
    if not isinstance(root, dict):
        reading.stop((1, 1), NO_FILE)
    for path, sentence in (*misused(root), *disagreements(root)):
        reading.report(path, sentence)
    reading.check()
    return _protocol(ProtocolWords.model_validate(root))


def read_file(path: pathlib.Path) -> Protocol:
    """Return the protocol of a file, of which no more is read than a protocol may have.

    Raises Faults with every fault found, and OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        return read(file.read(len(BOM_UTF8) + LARGEST + 1), str(path))


def schema() -> dict[str, Any]:
    """Return the JSON schema of a protocol file; `schema.json` is its output."""
    return ProtocolWords.model_json_schema()


# Is it plain text and safe YAML?


class _Reading:
    """One file while it is read: where its words and values stand, and what is wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: set[Fault] = set()
        self.places: dict[Path, Place] = {}
        self.unread: list[Path] = []
        self.events: Iterator[events.Event] = iter(())

    def add(self, place: Place, sentence: str) -> None:
        self.faults.add(Fault(self.name, *place, sentence))

    def check(self) -> None:
        if self.faults:
            raise Faults(tuple(sorted(self.faults)))

    def stop(self, place: Place, sentence: str) -> NoReturn:
        self.add(place, sentence)
        raise Faults(tuple(sorted(self.faults)))

    def report(self, path: Path, sentence: str) -> None:
        """Add a fault of what stands at this path, or else of what it should stand in.

        What could not be read has its fault already.
        """
        if any(path[: len(unread)] == unread for unread in self.unread):
            return
        while path not in self.places:
            path = path[:-1]
        self.add(self.places[path], sentence)

    def plain(self, text: str | bytes) -> str:
        raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        raw = raw.removeprefix(BOM_UTF8)
        if len(raw) > LARGEST:
            self.stop((1, 1), "this file is larger than 64 KiB; leave out what is not needed.")
        try:
            source = raw.decode()
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode()
            self.stop(_end(before), "this is no UTF-8 text; save the file as UTF-8.")
        if found := INVISIBLE.search(source):
            self.stop(_end(source[: found.start()]), _invisible(found))
        return source

    def tree(self, source: str) -> object:
        """Return the values as dicts, lists, texts, numbers and truth values."""
        self.events = YAML(typ="safe", pure=True).parse(source)
        try:
            return self._document()
        except MarkedYAMLError as error:
            self.stop(*_syntax(error))
        except (YAMLError, ValueError, OverflowError):
            last = max(self.places.values(), default=(1, 1))
            self.stop(last, "I cannot read on from here; put quotes around this text.")

    def _document(self) -> object:
        next(self.events)
        start = next(self.events)
        if not isinstance(start, events.DocumentStartEvent):
            self.stop((1, 1), NO_FILE)
        if start.version or start.tags:
            self.add(_place(start), "lines that begin with % are not used; delete them.")
        root = self._value(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if isinstance(after, events.DocumentStartEvent):
            self.stop(_place(after), "a second protocol begins here; give it a file of its own.")
        return root

    def _value(self, event: events.Event, path: Path) -> object:
        place = self.places[path] = _place(event)
        if len(path) > DEEPEST:
            self.stop(place, "this is nested too deep; a protocol needs at most six levels.")
        for sentence in _unsafe(event):
            self.add(place, sentence)
        match event:
            case events.ScalarEvent():
                return _scalar(event)
            case events.SequenceStartEvent():
                return self._list(path)
            case events.MappingStartEvent():
                return self._mapping(path)
        self.unread.append(path)
        return None

    def _list(self, path: Path) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(self.events), events.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        while not isinstance(event := next(self.events), events.MappingEndEvent):
            self._value(event, (*path, WORD))
            word = event.value if isinstance(event, events.ScalarEvent) else None
            if word is None or word == "<<" or word in values:
                self.add(_place(event), _misplaced(word))
                self._value(next(self.events), (*path, WORD))
            else:
                values[word] = self._value(next(self.events), (*path, word))
                self.places[*path, word, WORD] = _place(event)
        return values


def _place(event: events.Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _end(text: str) -> Place:
    return text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1


def _syntax(error: MarkedYAMLError) -> tuple[Place, str]:
    said = f"{error.problem} {error.context}"
    sentence = next((sentence for part, sentence in SYNTAX if part in said), MISFIT)
    is_open = "not closed" in sentence and error.context_mark is not None
    mark = error.context_mark if is_open else error.problem_mark
    return (mark.line + 1, mark.column + 1), sentence


def _misplaced(word: str | None) -> str:
    if word is None:
        return (
            'a line here begins with a word and a colon, like "title: "; put quotes around a text.'
        )
    if word == "<<":
        return '"<<" is not used; write the words out.'
    return f"{shown(word)} is here twice; keep one of them."


def _unsafe(event: events.Event) -> Iterator[str]:
    if isinstance(event, events.AliasEvent):
        yield 'names that begin with "*" are not used; put quotes around the text.'
    if isinstance(event, events.ScalarEvent | events.CollectionStartEvent):
        if event.anchor is not None:
            yield 'names that begin with "&" are not used; put quotes around the text.'
        if event.tag is not None:
            yield 'types that begin with "!" are not used; put quotes around the text.'
    if isinstance(event, events.ScalarEvent):
        yield from _unsafe_text(event.value)


def _unsafe_text(text: str) -> Iterator[str]:
    if found := INVISIBLE.search(text):
        yield _invisible(found)
    for pattern, sentence in UNSAFE:
        for found in pattern.finditer(text):
            yield sentence.format(shown(found.group()))


def _invisible(found: re.Match[str]) -> str:
    return f"a character that nobody can see is here (U+{ord(found.group()):04X}); delete it."


def _scalar(event: events.ScalarEvent) -> object:
    """What is written without quotes may be a number, true, false or nothing (YAML 1.2)."""
    text = INVISIBLE.sub("?", event.value)
    if event.style is not None:
        return text
    if re.fullmatch(r"[-+]?[0-9]{1,9}", text):
        return int(text)
    if re.fullmatch(r"[-+]?[0-9]{0,9}\.[0-9]{1,9}", text):
        return float(text)
    return PLAIN.get(text.lower(), text)


# What the product works with.


def _protocol(words: ProtocolWords) -> Protocol:
    smallest, largest = map(int, words.group.split("-"))
    return Protocol(
        id=words.protocol,
        title=words.title,
        about=words.about,
        needs=tuple(words.needs),
        smallest=smallest,
        largest=largest,
        roles=tuple(words.roles),
        steps=tuple(map(_step, words.steps)),
        attribution=words.attribution,
        facilitator_takes_part=words.facilitator_takes_part,
        readiness=words.readiness,
    )


def _step(words: StepWords) -> Step:
    return Step(
        title=words.title,
        floor=words.floor,
        full=words.minutes.full,
        short=words.minutes.short,
        quarters=round(words.school_days * 4),
        say=words.say,
        held_by=words.held_by,
        with_=tuple(words.with_),
        silent=tuple(words.silent),
        reveal=words.reveal,
        circle=words.circle,
        before=words.before,
        collect=tuple(map(_field, words.collect)),
    )


def _field(words: FieldWords) -> Field:
    return Field(
        label=words.label,
        kind=words.kind,
        options=tuple(words.options),
        optional=words.optional,
        of=words.of,
    )
