"""What may be uploaded, what its kind is by its first bytes, and what it is called here."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.rules import door
from bot.rules.door import Known

LARGEST = 25 * 1024 * 1024
NAME = 80


class Media(StrEnum):
    """The kinds that may come in."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    TXT = "text/plain"
    CSV = "text/csv"

    @property
    def ending(self) -> str:
        """The ending of its name."""
        return f".{self.name.lower() if self is not Media.JPEG else 'jpg'}"


class Reason(StrEnum):
    """Why a file cannot come in; `bot/cards` words it."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    KIND = "kind"
    BROKEN = "broken"
    LOCKED = "locked"
    HOLDS_PROGRAMS = "holds-programs"
    HOLDS_FILES = "holds-files"


class Unfit(Exception):
    """A file that cannot come in, and why. It never holds anything of the file."""

    def __init__(self, reason: Reason) -> None:
        """`reason`: which of the reasons."""
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    name: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept, as the value of a field."""

    id: str
    digest: str = ""
    name: str = ""

    @property
    def value(self) -> str:
        """What a field holds."""
        return f"{FILE}{self.id}:{self.digest}:{self.name}"


FILE = "file:"
_STORED = re.compile(r"file:([a-z2-7]{16})(?::([0-9a-f]{64}):(.{1,90}))?")
ACCEPTED = ",".join([media.ending for media in Media] + [".jpeg"])
_SIGNS = (
    (Media.PDF, re.compile(rb"%PDF-")),
    (Media.PNG, re.compile(rb"\x89PNG\r\n\x1a\n")),
    (Media.JPEG, re.compile(rb"\xff\xd8\xff")),
    (Media.WEBP, re.compile(rb"RIFF....WEBP", re.DOTALL)),
)
_OFFICE = (Media.DOCX, Media.PPTX, Media.XLSX)
_ZIP = b"PK\x03\x04"
_TEXTS = (Media.TXT, Media.CSV)
_JOINTS = re.compile(r"[_\W]+|(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[^\W\d])|(?<=[^\W\d_])(?=\d)")


def stored(value: str) -> Stored | None:
    """The kept file that a field holds, None where it holds none."""
    found = _STORED.fullmatch(value)
    return None if found is None else Stored(*found.groups(default=""))


def shown(value: str) -> str:
    """What people see of a field: of a file its name."""
    file = stored(value)
    return value if file is None else file.name


def media_of(upload: Upload) -> Media:
    """The kind by its bytes; the name only tells apart what bytes cannot. Raises Unfit."""
    if not upload.content:
        raise Unfit(Reason.EMPTY)
    if len(upload.content) > LARGEST:
        raise Unfit(Reason.TOO_LARGE)
    for media, sign in _SIGNS:
        if sign.match(upload.content):
            return media
    ending = upload.name[upload.name.rfind(".") :].lower()
    wanted = _OFFICE if upload.content.startswith(_ZIP) else _TEXTS
    for media in wanted:
        if media.ending == ending:
            return media
    raise Unfit(Reason.KIND)


def name_of(upload: Upload, media: Media, known: Known) -> str:
    """The file's own name, or a neutral one where it may name a student."""
    base = re.split(r"[/\\]", upload.name)[-1]
    stem = base[: base.rfind(".")] if "." in base else base
    words = _JOINTS.sub(" ", stem).strip()
    digits = re.sub(r"\D", "", stem)
    if not words or door.find(words, known) or door.find(digits, known):
        return f"file{media.ending}"
    return " ".join(stem.split())[:NAME] + media.ending
